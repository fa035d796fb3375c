// SPDX-License-Identifier: Apache-2.0
// Emitting events into the unit of work, and publishing what a sink has stored.
#pragma once
#include <span>

#include <dlrgw/abi/events.h>
#include <dlrgw/abi/publish.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

struct EventDraft {
  std::uint64_t receipt = 0;  // 0 in jobs and routes
  std::string_view event_id;
  std::string_view subject;
  std::string_view key;
  std::string_view schema;
  std::string_view payload;  // JSON object
};

class Events {
 public:
  explicit Events(Host host) : events_(host.require<dlrgw_events_service>(DLRGW_SERVICE_EVENTS)) {}
  void emit(dlrgw_uow* uow, const EventDraft& draft) const {
    dlrgw_event event{};
    event.struct_size = sizeof event;
    event.receipt = draft.receipt;
    event.event_id = str(draft.event_id);
    event.subject = str(draft.subject);
    event.key = str(draft.key);
    event.schema = str(draft.schema);
    event.payload = str(draft.payload);
    dlrgw_error error = make_error();
    check(events_->emit(events_->self, uow, &event, &error), error);
  }

 private:
  const dlrgw_events_service* events_;
};

class Publish {
 public:
  explicit Publish(Host host) : publish_(host.require<dlrgw_publish>(DLRGW_SERVICE_PUBLISH)) {}
  // Fills each item's result; returns when all have one or the time is over.
  void publish(std::span<dlrgw_publish_item> items, std::uint32_t timeout_ms) const {
    dlrgw_error error = make_error();
    check(publish_->publish(publish_->self, items.data(), static_cast<std::uint32_t>(items.size()),
                            sizeof(dlrgw_publish_item), timeout_ms, &error),
          error);
  }

 private:
  const dlrgw_publish* publish_;
};

}  // namespace dlrgw
