// SPDX-License-Identifier: Apache-2.0
// US-016 and US-017: replays are kept back, what comes too late is kept and changes nothing. Which receipt is which,
// the decision table says; here is what is stored and told about it.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using Outcomes = std::vector<std::string>;

void let_a_day_pass(Scenario& s) {
  s.redis().flush();
  s.postgres().exec(
      "UPDATE orch.sms_messages SET processed_at = processed_at - interval '25 hours', dlr_received_at = "
      "dlr_received_at - "
      "interval '25 hours'");
}

TEST(Us016Quarantine, AStaleReplayIsKeptWithItsBytesAndChangesNothing) {
  Scenario s;
  const auto messages = add_old_messages(s, 1);
  const std::string& id = messages[0].message_id;
  const Receipt first = s.receipt_for(messages[0], "DELIVRD");
  ASSERT_TRUE(started(s));
  s.publish({first});
  ASSERT_TRUE(settles(s));
  let_a_day_pass(s);
  const std::string status =
      "SELECT concat_ws(' ', status, dlr_status, dlr_received_at, processed_at) FROM orch.sms_messages";
  const std::string before = s.postgres().value(status);
  const auto events = s.events().size();

  Receipt replay = s.receipt_for(messages[0], "DELIVRD");
  replay.dlr_timestamp = rfc3339_now(-26h);
  replay.more.emplace_back("sourceAddr", json_quote("+15550100001"));
  replay.more.emplace_back("rawReceipt", R"("id:1 stat:DELIVRD text:\u0000")");  // jsonb refuses a NUL
  Receipt almost = s.receipt_for(messages[0], "DELIVRD");
  almost.received_at = rfc3339_now(-30min);  // another minute, so that no fingerprint decides
  almost.dlr_timestamp = rfc3339_now(-4min);
  s.publish({replay, almost});
  ASSERT_TRUE(settles(s));
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(replay.event_id), Outcomes{"quarantined"});
  EXPECT_EQ(outcomes.at(almost.event_id), Outcomes{"duplicate"}) << "not yet five minutes old";

  const auto row = s.postgres().rows(
      "SELECT message_id, account_id, operator_id, operator_message_id, dlr_status, convert_from(payload_raw, 'UTF8'), "
      "payload->>'eventId', terminal_at = (SELECT processed_at FROM orch.sms_messages), dlr_timestamp < now() - "
      "interval "
      "'25 hours', received_at = " +
      s.postgres().quote(replay.received_at) +
      "::timestamptz, encode(fingerprint, 'hex') = (SELECT encode(sha256(convert_to(concat_ws(chr(31), operator_id, "
      "operator_message_id, dlr_status, floor(extract(epoch FROM received_at) / 60)), 'UTF8')), 'hex')) "
      "FROM dlr.quarantined_dlrs");
  ASSERT_EQ(row.size(), 1U);
  EXPECT_EQ(row[0], (Row{id, messages[0].account_id, "mno-test", messages[0].operator_message_id, "DELIVERED",
                         replay.json(), replay.event_id, "t", "t", "t", "t"}));
  EXPECT_EQ(s.postgres().value(status), before);
  EXPECT_EQ(s.events().size(), events) << "nothing is told";
  EXPECT_EQ(s.gateway().metrics().sum("dlr_quarantined_total", {{"operatorId", "mno-test"}}), 1);
  const auto lines = s.gateway().logs("dlr.quarantined");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(json_field(lines[0], "messageId"), id);
  EXPECT_EQ(lines[0].find("15550100001"), std::string::npos);
  EXPECT_EQ(s.count_rows("dlr.quarantine_actions"), 0);
}

TEST(Us017Late, TheRowSaysWhatStoodThereBefore) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const Receipt first = s.receipt_for(messages[0], "UNDELIV");
  ASSERT_TRUE(started(s));
  s.publish({first});
  ASSERT_TRUE(settles(s));
  const auto events = s.events().size();
  const Receipt second = s.receipt_for(messages[0], "DELIVRD");
  const Receipt accepted = s.receipt_for(messages[0], "ACCEPTD");
  s.publish({second, accepted});
  ASSERT_TRUE(settles(s));

  const auto rows = s.postgres().rows(
      "SELECT kind, message_id, account_id, segment_index, prior_status, prior_at = (SELECT processed_at FROM "
      "orch.sms_messages), dlr_status, raw_stat, event_id, convert_from(raw_payload, 'UTF8') FROM dlr.late_dlrs ORDER "
      "BY kind");
  ASSERT_EQ(rows.size(), 2U);
  const std::string& id = messages[0].message_id;
  const std::string& account = messages[0].account_id;
  EXPECT_EQ(rows[0], (Row{"terminal_conflict", id, account, "1", "UNDELIVERED", "t", "DELIVERED", "DELIVRD",
                          second.event_id, second.json()}));
  EXPECT_EQ(rows[1], (Row{"transient", id, account, "1", "UNDELIVERED", "t", "UNKNOWN", "ACCEPTD", accepted.event_id,
                          accepted.json()}));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", id), "UNDELIVERED");
  EXPECT_EQ(s.events().size(), events) << "billing is closed";
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_late_total", {{"kind", "terminal_conflict"}}), 1);
  EXPECT_EQ(metrics.sum("dlr_late_total", {{"kind", "transient"}}), 1);
  EXPECT_EQ(lines_with(s.gateway(), "dlr.late", "kind", "terminal_conflict").size(), 1U);
}

// The table belongs to others, and so does its index.
TEST(Us017Late, WithoutAnIndexByMessageTheRulesHoldAndOneWarningSaysSo) {
  Scenario s;
  s.postgres().exec("DROP INDEX smpp.message_correlations_message");
  auto messages = s.add_messages(2);
  Message newer = messages[0];
  newer.operator_message_id = "op-newer";
  Correlation row = correlation_of(newer);
  row.age = 10s;
  Correlation silent = correlation_of(messages[1]);
  silent.operator_message_id = "op-silent";
  silent.segment_index = silent.total_segments = 2;
  silent.dlr_requested = false;
  insert_correlations(s.postgres(), {row, silent});
  s.postgres().exec("UPDATE orch.sms_messages SET segment_count = 2 WHERE message_id = " +
                    s.postgres().quote(messages[1].message_id));
  ASSERT_TRUE(started(s));
  s.publish({s.receipt_for(messages[1], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  s.publish({s.receipt_for(messages[0], "UNDELIV")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().value("SELECT string_agg(kind, ',') FROM dlr.late_dlrs"), "superseded_attempt");
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[0].message_id), "SUBMITTED");
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[1].message_id), "DELIVERED");
  s.publish({s.receipt_for(newer, "UNDELIV")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[0].message_id), "UNDELIVERED");
  const auto warnings = s.gateway().logs("dlr.correlations.no_index");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(json_field(warnings[0], "level"), "warn");
}

TEST(Us017Late, WithTheIndexNothingIsWarnedOf) {
  Scenario s;
  const auto messages = s.add_messages(1);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "UNDELIV"));
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(s.gateway().logs("dlr.correlations.no_index").empty());
}

}  // namespace
}  // namespace dlrgw::test
