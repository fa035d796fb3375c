// SPDX-License-Identifier: Apache-2.0
#include "demo/observe.hpp"

#include "support/json.hpp"

namespace dlrgw::demo {
namespace {

std::multimap<std::string, std::string> status_by_event(test::TestPostgres& postgres, const std::string& table) {
  std::multimap<std::string, std::string> result;
  for (const auto& row : postgres.rows("SELECT event_id, dlr_status FROM " + table)) result.emplace(row[0], row[1]);
  return result;
}

}  // namespace

Observation observe(test::Scenario& scenario) {
  auto& postgres = scenario.postgres();
  Observation seen;
  seen.applied = status_by_event(postgres, "dlr.delivery_receipts");
  seen.late = status_by_event(postgres, "dlr.late_dlrs");
  seen.quarantined = status_by_event(postgres, "dlr.quarantined_dlrs");
  seen.orphans = status_by_event(postgres, "dlr.orphan_dlrs");
  for (const auto& row : postgres.rows("SELECT stream_seq FROM dlr.invalid_dlrs WHERE kind = 'invalid'"))
    seen.invalid.insert(std::stoull(row[0]));
  for (const auto& row : postgres.rows("SELECT message_id, status, dlr_status FROM orch.sms_messages"))
    seen.messages[row[0]] = {row[1], row[2]};
  for (const auto& row : postgres.rows("SELECT kind, count(*) FROM dlr.late_dlrs GROUP BY 1"))
    seen.late_kinds[row[0]] = std::stoll(row[1]);
  seen.partial_audits = postgres.count("SELECT count(*) FROM dlr.audit_log WHERE action = 'aggregation.partial'");
  seen.outbox_events = postgres.count("SELECT coalesce(sum(event_count), 0) FROM dlr.outbox");
  seen.resolved_orphans = postgres.count("SELECT count(*) FROM dlr.orphan_resolutions");
  for (const auto& captured : scenario.events()) {
    Event event;
    event.subject = captured.subject;
    event.message_id = captured.message_id;
    event.status = test::json_field(captured.data, event.subject == "sms.dlr.aggregated.v1" ? "status" : "dlrStatus");
    event.final = test::json_field(captured.data, "final");
    event.sequence = test::json_field(captured.data, "sequence");
    event.reason = test::json_field(captured.data, "reason");
    event.event_id = test::json_field(captured.data, "eventId");
    event.msg_id = captured.msg_id;
    event.data = captured.data;
    seen.events.push_back(std::move(event));
  }
  seen.metrics = scenario.gateway().metrics();
  seen.log = scenario.gateway().logs();
  return seen;
}

}  // namespace dlrgw::demo
