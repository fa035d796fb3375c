// SPDX-License-Identifier: Apache-2.0
// What became of everything, read from the outside: tables, metrics, captured events, the log. A value.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/scenario.hpp"

namespace dlrgw::demo {

struct Event {
  std::string subject;
  std::string message_id;
  std::string status;  // dlrStatus, or status of the aggregated event
  std::string final;   // "true", "false" or empty
  std::string sequence;
  std::string event_id;
  std::string msg_id;
  std::string data;
  std::string reason = {};  // of the aggregated event
};

struct MessageRow {
  std::string status;
  std::string dlr_status;
};

struct Observation {
  std::multimap<std::string, std::string> applied;  // event id → DlrStatus
  std::multimap<std::string, std::string> late;
  std::multimap<std::string, std::string> quarantined;
  std::multimap<std::string, std::string> orphans;
  std::multiset<std::uint64_t> invalid;  // stream sequences
  std::map<std::string, MessageRow> messages;
  std::vector<Event> events;
  test::Metrics metrics;
  std::map<std::string, std::int64_t> late_kinds;
  std::int64_t partial_audits = 0;
  std::int64_t outbox_events = 0;
  std::int64_t resolved_orphans = 0;
  std::vector<std::string> log;
};

[[nodiscard]] Observation observe(test::Scenario& scenario);

}  // namespace dlrgw::demo
