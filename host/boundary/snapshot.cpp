// SPDX-License-Identifier: Apache-2.0
#include "boundary/snapshot.hpp"

#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "boundary/plugin_info.hpp"

namespace dlrgw::host {
namespace {

std::string where(std::string_view kind, std::string_view name, std::uint32_t lane, std::string_view hook) {
  return std::string(kind) + " " + std::string(name) + ", lane " + std::to_string(lane) + ": " + std::string(hook);
}

CallSite site(const PluginIdentity& plugin, std::string_view what, std::uint32_t lane) {
  return {CallKind::kControl, plugin.id, plugin.version, what, lane};
}

template <class Slot>
void call_void(const Slot& slot, std::string_view kind, std::uint32_t lane, void* self, void (*hook)(void*),
               std::string_view name) {
  if (hook == nullptr || self == nullptr) return;
  const std::string what = where(kind, slot.name, lane, name);
  const PluginCall mark(site(*slot.plugin, what, lane));
  // A failing end of life cannot be undone; the guard keeps it from taking the host down.
  (void)call_guarded(slot.plugin->id, what, [&] { hook(self); });
}

// create + activate of one stage or quirk.
template <class Slot>
Result<void*> start_one(const Slot& slot, std::string_view kind, std::uint32_t lane) {
  const std::string label = plugin_label(slot.plugin->id, slot.plugin->path);
  void* self = nullptr;
  const auto call = [&](std::string_view hook, auto&& fn) {
    const std::string what = where(kind, slot.name, lane, hook);
    const PluginCall mark(site(*slot.plugin, what, lane));
    return call_guarded(label + what, fn);
  };
  const Status created = call("create", [&](dlrgw_error* e) { return slot.table.create(slot.user, lane, &self, e); });
  if (!created) return created.error();
  if (self == nullptr) {
    return Error{ErrorCode::kInvalid,
                 label + where(kind, slot.name, lane, "create") + " succeeded without an instance; fix the plugin"};
  }
  if (slot.table.activate == nullptr) return self;
  const Status active = call("activate", [&](dlrgw_error* e) { return slot.table.activate(self, e); });
  if (active) return self;
  call_void(slot, kind, lane, self, slot.table.destroy, "destroy");
  return active.error();
}

template <class Slot>
void stop_one(const Slot& slot, std::string_view kind, std::uint32_t lane, void* self) {
  call_void(slot, kind, lane, self, slot.table.deactivate, "deactivate");
  call_void(slot, kind, lane, self, slot.table.destroy, "destroy");
}

void stop_lane(const Snapshot& s, const LaneInstances& lane) {
  for (std::size_t i = lane.stages.size(); i-- > 0;) stop_one(s.stages[i], "stage", lane.lane, lane.stages[i]);
  for (std::size_t i = lane.quirks.size(); i-- > 0;) stop_one(s.quirks[i], "quirk", lane.lane, lane.quirks[i]);
}

void stop_lanes(Snapshot& s) {
  for (const auto& lane : s.lanes) stop_lane(s, *lane);
  s.lanes.clear();
}

// What was started before a failure is in `instances`.
Status start_lane(const Snapshot& s, LaneInstances& instances) {
  const std::uint32_t lane = instances.lane;
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
    snapshot.lanes.push_back(std::make_unique<LaneInstances>(LaneInstances{lane, {}, {}}));
    if (Status started = start_lane(snapshot, *snapshot.lanes.back()); !started) {
      stop_lanes(snapshot);
      return started;
    }
  }
  return {};
}

Status renew_lane(Snapshot& snapshot, std::uint32_t lane) {
  auto fresh = std::make_unique<LaneInstances>(LaneInstances{lane, {}, {}});
  if (Status started = start_lane(snapshot, *fresh); !started) {
    stop_lane(snapshot, *fresh);
    return started;
  }
  std::swap(snapshot.lanes[lane], fresh);
  snapshot.lost.push_back(std::move(fresh));
  return {};
}

}  // namespace dlrgw::host
