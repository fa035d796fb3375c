// SPDX-License-Identifier: Apache-2.0
// Sink outbox: stores the events of a unit of work in its transaction and wakes the relay after its commit. Owned by
// the plugin; called by lanes and jobs at the same time.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::outbox {

inline constexpr std::string_view kRelayJob = "outbox.relay";

class EventSink : public Sink {
 public:
  explicit EventSink(Host host);
  void persist(dlrgw_uow* uow, const EventList& events) override;
  void committed(std::uint32_t) override { jobs_.wake(kRelayJob); }

 private:
  Clock clock_;
  Sql sql_;
  Jobs jobs_;
  SqlStatement insert_;
};

}  // namespace dlrgw::outbox
