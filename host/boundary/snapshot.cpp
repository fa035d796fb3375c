// SPDX-License-Identifier: Apache-2.0
#include "boundary/snapshot.hpp"

#include "boundary/guard.hpp"
#include "boundary/plugin_info.hpp"

namespace dlrgw::host {
namespace {

std::string where(std::string_view kind, std::string_view name, std::uint32_t lane, std::string_view hook) {
  return std::string(kind) + " " + std::string(name) + ", lane " + std::to_string(lane) + ": " + std::string(hook);
}

template <class Slot>
void call_void(const Slot& slot, void* self, void (*hook)(void*), std::string_view what) {
  // A failing end of life cannot be undone; the guard keeps it from taking the host down.
  if (hook != nullptr && self != nullptr) (void)call_guarded(slot.plugin->id, what, [&] { hook(self); });
}

// create + activate of one stage or quirk.
template <class Slot>
Result<void*> start_one(const Slot& slot, std::string_view kind, std::uint32_t lane) {
  const std::string label = plugin_label(slot.plugin->id, slot.plugin->path);
  void* self = nullptr;
  const Status created = call_guarded(label + where(kind, slot.name, lane, "create"),
                                      [&](dlrgw_error* e) { return slot.table.create(slot.user, lane, &self, e); });
  if (!created) return created.error();
  if (self == nullptr) {
    return Error{ErrorCode::kInvalid,
                 label + where(kind, slot.name, lane, "create") + " succeeded without an instance; fix the plugin"};
  }
  if (slot.table.activate == nullptr) return self;
  const Status active = call_guarded(label + where(kind, slot.name, lane, "activate"),
                                     [&](dlrgw_error* e) { return slot.table.activate(self, e); });
  if (active) return self;
  call_void(slot, self, slot.table.destroy, "destroy");
  return active.error();
}

template <class Slot>
void stop_one(const Slot& slot, void* self) {
  call_void(slot, self, slot.table.deactivate, "deactivate");
  call_void(slot, self, slot.table.destroy, "destroy");
}

void stop_lanes(Snapshot& s) {
  for (LaneInstances& lane : s.lanes) {
    for (std::size_t i = lane.stages.size(); i-- > 0;) stop_one(s.stages[i], lane.stages[i]);
    for (std::size_t i = lane.quirks.size(); i-- > 0;) stop_one(s.quirks[i], lane.quirks[i]);
  }
  s.lanes.clear();
}

Status start_lane(Snapshot& s, std::uint32_t lane) {
  LaneInstances& instances = s.lanes.emplace_back();
  for (const QuirkSlot& slot : s.quirks) {
    Result<void*> self = start_one(slot, "quirk", lane);
    if (!self) return self.error();
    instances.quirks.push_back(*self);
  }
  for (const StageSlot& slot : s.stages) {
    Result<void*> self = start_one(slot, "stage", lane);
    if (!self) return self.error();
    instances.stages.push_back(*self);
  }
  return {};
}

}  // namespace

Snapshot::~Snapshot() { stop_lanes(*this); }

Status start_lanes(Snapshot& snapshot, std::uint32_t lane_count) {
  for (std::uint32_t lane = 0; lane < lane_count; ++lane) {
    if (Status started = start_lane(snapshot, lane); !started) {
      stop_lanes(snapshot);
      return started;
    }
  }
  return {};
}

}  // namespace dlrgw::host
