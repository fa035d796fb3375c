// SPDX-License-Identifier: Apache-2.0
// US-018 and US-019: the segments of a message, and its one end. Which mix ends how, the decision table says; here is
// what is stored and told, and what input that contradicts itself does.
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

std::string event_of(Scenario& s, const std::string& subject, const std::string& message_id) {
  std::string data;
  for (const CapturedEvent& event : s.events(subject))
    if (event.message_id == message_id) data += event.data;
  return data;
}

std::string segment_json(int index, const std::string& status, const std::string& error,
                         const std::string& received_at) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? "null" : json_quote(text); };
  return "{\"index\":" + std::to_string(index) + ",\"status\":\"" + status + "\",\"errorCode\":" + text_or_null(error) +
         ",\"networkErrorCode\":null" + ",\"receivedAt\":" + text_or_null(received_at) + "}";
}

TEST(Us018Segments, EachIsStoredAndTheWebhookListsThem) {
  Scenario s;
  const auto messages = add_long_messages(s, 1, 3);
  const std::string& id = messages[0].message.message_id;
  std::vector<Receipt> receipts;
  for (const auto& [segment, stat, error] : {std::tuple{3, "DELIVRD", ""}, {1, "EXPIRED", "27"}, {2, "DELIVRD", ""}}) {
    receipts.push_back(segment_receipt(s, messages[0], segment, stat));
    receipts.back().error_code = error;
    receipts.back().dlr_timestamp = rfc3339_now(-std::chrono::seconds(10 * segment));
  }
  ASSERT_TRUE(started(s));
  s.publish({receipts[0], receipts[1]});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events().size(), 0U) << "nothing before the last one";
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", id), "SUBMITTED");
  s.publish({receipts[2]});
  ASSERT_TRUE(settles(s));

  const auto rows = s.postgres().rows(
      "SELECT segment_index, state_key, total_segments, account_id, status, error_code, late FROM dlr.segment_dlrs "
      "ORDER BY 1");
  ASSERT_EQ(rows.size(), 3U);
  const std::string& account = messages[0].message.account_id;
  EXPECT_EQ(rows[0], (Row{"1", "T", "3", account, "EXPIRED", "27", "f"}));
  EXPECT_EQ(rows[2], (Row{"3", "T", "3", account, "DELIVERED", "", "f"}));
  EXPECT_EQ(s.postgres().rows("SELECT message_id, account_id, status, expected, received, delivered, reason FROM "
                              "dlr.message_aggregates")[0],
            (Row{id, account, "PARTIAL", "3", "3", "2", "complete"}));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", id), "PARTIAL");

  const std::string segments = "[" + segment_json(1, "EXPIRED", "27", receipts[1].received_at) + "," +
                               segment_json(2, "DELIVERED", "", receipts[2].received_at) + "," +
                               segment_json(3, "DELIVERED", "", receipts[0].received_at) + "]";
  const std::string webhook = event_of(s, "webhook.dispatch", id);
  EXPECT_EQ(json_field(webhook, "segments"), segments);
  EXPECT_EQ(json_field(webhook, "sequence"), "1");
  EXPECT_EQ(json_field(webhook, "final"), "true");
  EXPECT_EQ(json_field(webhook, "errorCode"), "27");
  EXPECT_EQ(json_field(webhook, "occurredAt"), receipts[1].dlr_timestamp) << "the latest of the segments";
  const std::string aggregated = event_of(s, "sms.dlr.aggregated.v1", id);
  EXPECT_EQ(json_field(aggregated, "segments"), segments);
  EXPECT_EQ(json_field(aggregated, "firstReceivedAt"), receipts[0].received_at);
  const std::string billing = event_of(s, "billing.events", id);
  EXPECT_EQ(json_field(billing, "segmentCount"), "3");
  EXPECT_EQ(json_field(billing, "deliveredSegments"), "2");
  EXPECT_EQ(json_field(billing, "dlrStatus"), "PARTIAL");
  EXPECT_EQ(s.gateway().metrics().sum("dlr_aggregates_total", {{"status", "PARTIAL"}, {"reason", "complete"}}), 1);
  EXPECT_EQ(lines_with(s.gateway(), "dlr.aggregated", "messageId", id).size(), 1U);
}

TEST(Us019Aggregate, ADayWithoutTheLastSegmentMakesItPartial) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"sweep_every = \"5m\"", "sweep_every = \"1s\""}});
  Scenario s(std::move(options));
  const auto messages = add_long_messages(s, 1, 2);
  const std::string& id = messages[0].message.message_id;
  Receipt first = segment_receipt(s, messages[0], 1, "DELIVRD");
  ASSERT_TRUE(started(s));
  s.publish({first});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().value("SELECT deadline = timestamptz '" + first.received_at +
                               "' + interval '24 hours' FROM "
                               "dlr.aggregation_open"),
            "t");
  s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now()");
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.aggregation_open") == 0; }));
  ASSERT_TRUE(settles(s));

  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", id), "PARTIAL");
  EXPECT_EQ(
      s.postgres().rows("SELECT actor, action, entity, entity_id, details->>'received', details->>'expected' FROM "
                        "dlr.audit_log")[0],
      (Row{"segments.sweep", "aggregation.partial", "message", id, "1", "2"}));
  const std::string webhook = event_of(s, "webhook.dispatch", id);
  EXPECT_EQ(json_field(webhook, "segments"),
            "[" + segment_json(1, "DELIVERED", "", first.received_at) + "," + segment_json(2, "PENDING", "", "") + "]");
  EXPECT_EQ(json_field(webhook, "received"), "1");
  const std::string aggregated = event_of(s, "sms.dlr.aggregated.v1", id);
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"status", "PARTIAL"}, {"received", "1"}, {"expected", "2"}, {"reason", "grace_expired"}})
    EXPECT_EQ(json_field(aggregated, name), value) << name;
  EXPECT_EQ(s.gateway().logs("dlr.aggregation.partial").size(), 1U);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_aggregates_total", {{"status", "PARTIAL"}, {"reason", "grace_expired"}}), 1);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_billing_events_total", {{"status", "PARTIAL"}}), 1);

  const auto events = s.events().size();
  s.publish({segment_receipt(s, messages[0], 2, "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().value("SELECT kind || ' ' || prior_status FROM dlr.late_dlrs"), "after_partial PARTIAL");
  EXPECT_EQ(s.postgres().value("SELECT status FROM dlr.segment_dlrs WHERE segment_index = 2 AND late"), "DELIVERED");
  EXPECT_EQ(s.events().size(), events) << "shown, not told again";
}

TEST(Us018Aggregate, WithoutLegacySubjectsOnlyTheAggregateIsTold) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"legacy_subjects = true", "legacy_subjects = false"}});
  Scenario s(std::move(options));
  const auto messages = add_long_messages(s, 1, 2);
  const auto singles = s.add_messages(1);
  ASSERT_TRUE(started(s));
  s.publish({segment_receipt(s, messages[0], 1, "DELIVRD"), segment_receipt(s, messages[0], 2, "DELIVRD"),
             s.receipt_for(singles[0], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events().size(), 2U);
  EXPECT_EQ(s.events("sms.dlr.aggregated.v1").size(), 2U);
}

TEST(Us018BadInput, ACorrelationRowWinsOverWhatTheEventSaysOfItsSegment) {
  Scenario s;
  const auto messages = add_long_messages(s, 1, 2);
  const auto singles = s.add_messages(1);
  const auto with_segment = [](Receipt receipt, const char* json) {
    receipt.more.emplace_back("segment", json);
    return receipt;
  };
  ASSERT_TRUE(started(s));
  s.publish({with_segment(segment_receipt(s, messages[0], 1, "DELIVRD"), R"({"index": 2, "total": 9, "ref": 7})")});
  s.publish({with_segment(segment_receipt(s, messages[0], 2, "DELIVRD"), R"({"index": 1, "total": 5, "ref": 7})")});
  s.publish({with_segment(s.receipt_for(singles[0], "DELIVRD"), R"({"index": 5, "total": 8, "ref": 1})")});
  // That contradicts itself, not only the row: invalid, and kept as such.
  s.publish({with_segment(s.receipt_for(singles[0], "UNDELIV"), R"({"index": 2, "total": 1, "ref": 1})")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[0].message.message_id), "DELIVERED");
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", singles[0].message_id), "DELIVERED");
  EXPECT_EQ(s.postgres().value("SELECT string_agg(segment_index || '/' || total_segments, ' ' ORDER BY segment_index) "
                               "FROM dlr.segment_dlrs"),
            "1/2 2/2");
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 3}, {"invalid", 1}}));
  expect_no_batch_failed(s.gateway());
}

// Indices and totals that cannot be, in rows that others write: cut to 1..255, and the receipt is not lost.
TEST(Us018BadInput, RowsThatCannotBeAreCutToWhatCan) {
  Scenario s;
  const auto messages = s.add_messages(4);
  for (const auto& [i, what] : {std::pair{0, "segment_index = 0, total_segments = 0"},
                                {1, "segment_index = -3, total_segments = -1"},
                                {2, "segment_index = 300, total_segments = 2"},
                                {3, "segment_index = 1, total_segments = 400"}})
    s.postgres().exec(std::string("UPDATE smpp.message_correlations SET ") + what +
                      " WHERE message_id = " + s.postgres().quote(messages[static_cast<std::size_t>(i)].message_id));
  s.postgres().exec("UPDATE orch.sms_messages SET segment_count = 0 WHERE message_id = " +
                    s.postgres().quote(messages[0].message_id));
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "UNDELIV"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 4}}));
  const char* statuses[] = {"UNDELIVERED", "UNDELIVERED", "SUBMITTED", "SUBMITTED"};
  for (std::size_t i = 0; i < messages.size(); ++i)
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[i].message_id), statuses[i]) << i;
  EXPECT_EQ(
      s.postgres().value("SELECT string_agg(segment_index || '/' || total_segments, ' ' ORDER BY segment_index) FROM "
                         "dlr.segment_dlrs"),
      "1/255 255/2");
  expect_no_batch_failed(s.gateway());
}

// The connector's clock is a day behind, or far off: what it says is old by then, but nothing ends because of it.
TEST(Us019Clocks, AReceiptThatIsOldWhenItComesDoesNotEndItsMessage) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"sweep_every = \"5m\"", "sweep_every = \"24h\""}});
  Scenario s(std::move(options));
  auto messages = add_long_messages(s, 2, 2);
  s.postgres().exec("UPDATE smpp.message_correlations SET submitted_at = submitted_at - interval '31 hours'");
  std::vector<Receipt> first;
  std::vector<Receipt> second;
  for (const LongMessage& message : messages) {
    first.push_back(segment_receipt(s, message, 1, "DELIVRD"));
    second.push_back(segment_receipt(s, message, 2, "DELIVRD"));
  }
  first[0].received_at = second[0].received_at = rfc3339_now(-30h);   // accepted; its deadline is in the past
  first[1].received_at = second[1].received_at = rfc3339_now(-100h);  // replaced by the stream's time
  ASSERT_TRUE(started(s));
  s.publish(first);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(
      s.postgres().value("SELECT string_agg(CASE WHEN deadline < now() THEN 'passed' WHEN deadline > now() + interval "
                         "'23 hours' THEN 'tomorrow' END, ' ' ORDER BY deadline) FROM dlr.aggregation_open"),
      "passed tomorrow");
  s.publish(second);
  ASSERT_TRUE(settles(s));
  expect_each_aggregated_once(s, messages, {"DELIVERED", "DELIVERED"});
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE flags LIKE '%received_at_replaced%'"),
            2);
}

// The operator's times lie in the future or before the message: nothing is quarantined, and the end is told as of when
// it came.
TEST(Us016Clocks, TimesOfTheOperatorThatCannotBe) {
  Scenario s;
  const auto messages = s.add_messages(3);
  auto receipts = s.receipts_for(messages, "DELIVRD");
  receipts[0].dlr_timestamp = rfc3339_now(48h);
  receipts[1].dlr_timestamp = "1970-01-01T00:00:00Z";
  receipts[2].dlr_timestamp = rfc3339_now(-30h);  // plausible, though before the submission
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  for (std::size_t i = 0; i < messages.size(); ++i)
    EXPECT_EQ(json_field(event_of(s, "billing.events", messages[i].message_id), "occurredAt"),
              i < 2 ? receipts[i].received_at : receipts[i].dlr_timestamp)
        << i;
}

}  // namespace
}  // namespace dlrgw::test
