// SPDX-License-Identifier: Apache-2.0
// US-007 the correlation is looked up again without holding a lane, US-005 orphans, US-006 who hears of them.
#include <algorithm>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kUnknown = 2'000;
constexpr std::size_t kKnown = 500;

std::vector<Message> strangers(Scenario& s, std::size_t count) {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) messages.push_back(random_message(s.rng(), "mno-test"));
  return messages;
}

std::int64_t known_rows(Scenario& s) { return s.count_rows("dlr.delivery_receipts"); }

TEST(Us007Received, AReceiptThatWaitsIsToldAsReceivedOnce) {
  ScenarioOptions options;
  options.gateway.env["LOG_LEVEL"] = "debug";
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(strangers(s, 2), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.gateway().logs("dlr.correlation_retry").size(), 4U);
  EXPECT_EQ(s.gateway().logs("dlr.received").size(), 2U);
}

// Thousands that wait must not slow the others, wherever they wait: in the park, or back in the stream.
class Us007Waiting : public testing::TestWithParam<const char*> {};

TEST_P(Us007Waiting, TwoThousandUnknownDoNotSlowFiveHundredKnown) {
  ScenarioOptions options;
  // The known ones arrive while the unknown ones wait, on the busiest machine too.
  options.gateway.config_text =
      shipped_config({{"max_parked = 10000", GetParam()}, {"retry_delay = \"3s\"", "retry_delay = \"9s\""}});
  Scenario s(std::move(options));
  const auto known = s.add_messages(kKnown);
  const auto unknown = strangers(s, kUnknown);
  Terminations given_back(s.nats(), Terminations::Kind::kGivenBack);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(unknown, "DELIVRD"));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_correlation_retry_total", {}, kUnknown));
  const auto consumer = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(consumer);
  EXPECT_EQ(consumer->ack_pending, static_cast<std::int64_t>(kUnknown)) << "all of them wait, none is settled";

  s.publish(s.receipts_for(known, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return known_rows(s) == static_cast<std::int64_t>(kKnown); }));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 0) << "the unknown ones still wait";
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_lanes_busy") == 0; })) << "waiting holds no lane";

  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), static_cast<std::int64_t>(kUnknown));
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_correlation_retry_total"), 2.0 * kUnknown);
  EXPECT_EQ(metrics.sum("dlr_stage_receipts_total", {{"stage", "correlate"}, {"verdict", "retry"}}), 2.0 * kUnknown);
  // With room for all, only a receipt whose AckWait would pass meanwhile is given back.
  const bool room_for_all = std::string_view(GetParam()) == "max_parked = 10000";
  EXPECT_TRUE(room_for_all || !given_back.so_far().empty()) << "what finds no room to wait here";
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.orphan_dlrs WHERE attempts = 3"),
            static_cast<std::int64_t>(kUnknown));
  EXPECT_EQ(s.count_by_outcome(),
            (std::map<std::string, std::int64_t>{{"applied", static_cast<std::int64_t>(kKnown)},
                                                 {"orphan", static_cast<std::int64_t>(kUnknown)}}));
}

INSTANTIATE_TEST_SUITE_P(Park, Us007Waiting, testing::Values("max_parked = 10000", "max_parked = 100"),
                         [](const auto& place) { return place.index == 0 ? "Parked" : "ParkFull"; });

TEST(Us007Retry, TwiceAfterThreeSecondsEachThenNoMore) {
  Scenario s;
  const auto message = strangers(s, 1)[0];
  ASSERT_TRUE(started(s));
  s.publish({s.receipt_for(message, "DELIVRD")});
  ASSERT_TRUE(eventually([&] { return s.gateway().logs("dlr.correlation_retry").size() >= 1; }));
  ASSERT_TRUE(eventually([&] { return s.gateway().logs("dlr.correlation_retry").size() >= 2; }));
  ASSERT_TRUE(eventually([&] { return s.gateway().logs("dlr.orphaned").size() == 1; }));
  ASSERT_TRUE(settles(s));
  const auto lines = s.gateway().logs("dlr.correlation_retry");
  ASSERT_EQ(lines.size(), 2U);
  for (const std::string& line : lines) {
    EXPECT_EQ(json_field(line, "operatorMessageId"), message.operator_message_id);
    EXPECT_EQ(json_field(line, "reason"), "no_correlation");
    EXPECT_EQ(json_field(line, "retryAfterMs"), "3000");
  }
  EXPECT_EQ(json_field(lines[0], "attempt"), "1");
  EXPECT_EQ(json_field(lines[1], "attempt"), "2");
  EXPECT_LT(s.gateway().metrics().sum("dlr_processing_duration_seconds_sum"), 2 * 3.0) << "waiting is not working time";
}

TEST(Us007Retry, AnEarlyReceiptIsAppliedWhenItsCorrelationAppears) {
  ScenarioOptions options;  // the rest is inserted between two look-ups, on a busy machine too
  options.gateway.config_text = shipped_config({{"retry_delay = \"3s\"", "retry_delay = \"9s\""}});
  Scenario s(std::move(options));
  const auto early = strangers(s, 30);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(early, "UNDELIV"));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_correlation_retry_total", {}, 30));
  insert_messages(s.postgres(), {early.begin(), early.begin() + 15});
  ASSERT_TRUE(reaches(s.gateway(), "dlr_correlation_retry_total", {}, 45));
  EXPECT_TRUE(eventually([&] { return known_rows(s) == 15; }));      // their batch may end behind that of the others
  insert_messages(s.postgres(), {early.begin() + 15, early.end()});  // before the last look-up
  ASSERT_TRUE(settles(s));
  expect_each_once(s, early);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_orphans_total"), 0);
  EXPECT_EQ(metrics.sum("dlr_correlation_wait_seconds_count"), 30);
  EXPECT_EQ(s.count_rows("dlr.orphan_resolutions"), 0);
}

TEST(Us005Orphan, OneRowWithEverythingThatIsKnown) {
  Scenario s;
  auto lost = strangers(s, 3);
  // Too old a submit, a message that is gone, and nothing at all.
  lost[0].age = std::chrono::hours(97);
  insert_messages(s.postgres(), {lost[0]});
  insert_correlations(s.postgres(), {correlation_of(lost[1])});
  const auto receipts = s.receipts_for(lost, "DELIVRD");
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  const std::vector<std::string> reasons = {"no_correlation", "message_missing", "no_correlation"};
  for (std::size_t i = 0; i < lost.size(); ++i) {
    const auto rows = s.postgres().rows(
        "SELECT reason, attempts, operator_id, operator_message_id, dlr_status, raw_stat, id_candidates::text, "
        "to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), "
        "convert_from(raw_payload, 'UTF8'), length(fingerprint) FROM dlr.orphan_dlrs WHERE event_id = " +
        s.postgres().quote(receipts[i].event_id));
    ASSERT_EQ(rows.size(), 1U);
    const std::string& id = lost[i].operator_message_id;
    EXPECT_EQ(rows[0], (Row{reasons[i], "3", "mno-test", id, "DELIVERED", "DELIVRD", "[\"" + id + "\"]",
                            receipts[i].received_at, receipts[i].json(), "32"}));
  }
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.orphaned_receipts"), 3);
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_default"), 0) << "each month has its partition";
  EXPECT_EQ(known_rows(s), 0);
  EXPECT_TRUE(eventually([&] { return s.redis().key_count() == 3; })) << "a copy of an orphan is none itself";
}

// Parked, not given back: the server delivers it once and hears one answer.
TEST(Us005Orphan, IsAcknowledgedAndNeitherGivenBackNorTerminated) {
  Scenario s;
  Terminations given_back(s.nats(), Terminations::Kind::kGivenBack);
  Terminations terminated(s.nats());
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(strangers(s, 3), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 3);
  const auto consumer = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(consumer);
  EXPECT_EQ(consumer->ack_floor, 3U);
  EXPECT_EQ(consumer->ack_pending, 0);
  EXPECT_TRUE(given_back.so_far().empty());
  EXPECT_TRUE(terminated.so_far().empty());
}

// The pair of operator and id finds a message, neither of them alone.
TEST(Us021Burial, AnIdOfAnotherOperatorIsNoCorrelation) {
  Scenario s;
  const auto messages = s.add_messages(1, "mno-other");
  Receipt receipt = s.receipt_for(messages[0], "DELIVRD");
  receipt.operator_id = "mno-test";
  Receipt other_id = s.receipt_for(messages[0], "DELIVRD");
  other_id.operator_message_id += "0";
  ASSERT_TRUE(started(s));
  s.publish({receipt, other_id});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().rows("SELECT operator_id, operator_message_id, reason FROM dlr.orphan_dlrs "
                              "ORDER BY operator_id"),
            (std::vector<Row>{{"mno-other", other_id.operator_message_id, "no_correlation"},
                              {"mno-test", receipt.operator_message_id, "no_correlation"}}));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[0].message_id), messages[0].status);
  EXPECT_EQ(known_rows(s), 0);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"orphan", 2}}));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_orphan_total"), 2);
  EXPECT_TRUE(s.events("billing.events").empty());
  EXPECT_TRUE(s.events("webhook.dispatch").empty());
}

TEST(Us006Unmatched, RowAndEventAreOneTransaction) {
  Scenario s;
  s.postgres().exec("REVOKE DELETE ON dlr.outbox FROM dlr_relay");  // so that the event can be looked at
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(strangers(s, 2), "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.outbox_events") == 2; }));
  EXPECT_EQ(s.postgres().count(
                "SELECT count(*) FROM dlr.orphan_dlrs r JOIN dlr.outbox_events e ON e.event_id = r.orphan_id::text "
                "JOIN dlr.outbox o ON o.id = e.outbox_id AND o.xmin = r.xmin "
                "WHERE e.subject = 'sms.dlr.unmatched'"),
            2);
  s.postgres().exec("GRANT DELETE ON dlr.outbox TO dlr_relay");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events("sms.dlr.unmatched").size(), 2U);
}

TEST(Us006Unmatched, EventWarningAndCounters) {
  Scenario s;
  const auto lost = strangers(s, 2)[0];
  Receipt receipt = s.receipt_for(lost, "REJECTD");
  receipt.more = {{"sourceAddr", "\"+15550107777\""}, {"destAddr", "\"+15550108888\""}};
  receipt.raw_receipt = "id:" + lost.operator_message_id + " stat:REJECTD text:secret +15550109999";
  ASSERT_TRUE(started(s));
  s.publish({receipt});
  ASSERT_TRUE(settles(s));
  const auto events = s.events();
  ASSERT_EQ(events.size(), 1U);
  const CapturedEvent& event = events[0];
  const std::string orphan_id = lookup(s, "orphan_id", "dlr.orphan_dlrs", "event_id", receipt.event_id);
  EXPECT_EQ(event.subject, "sms.dlr.unmatched");
  EXPECT_EQ(event.msg_id, orphan_id);
  for (const auto& [name, value] : std::map<std::string, std::string>{{"eventId", orphan_id},
                                                                      {"orphanId", orphan_id},
                                                                      {"operatorId", "mno-test"},
                                                                      {"operatorMessageId", lost.operator_message_id},
                                                                      {"rawStat", "REJECTD"},
                                                                      {"dlrStatus", "REJECTED"},
                                                                      {"reason", "no_correlation"},
                                                                      {"attempts", "3"},
                                                                      {"receivedAt", receipt.received_at}})
    EXPECT_EQ(json_field(event.data, name), value) << name;
  const auto lines = s.gateway().logs("dlr.orphaned");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(json_field(lines[0], "level"), "warn");
  EXPECT_EQ(json_field(lines[0], "operatorMessageId"), lost.operator_message_id);
  EXPECT_EQ(json_field(lines[0], "operatorId"), "mno-test");
  EXPECT_EQ(json_field(lines[0], "orphanId"), orphan_id);
  EXPECT_EQ(json_field(lines[0], "reason"), "no_correlation");
  for (const char* number : {"15550107777", "15550108888", "15550109999", "secret"}) {
    EXPECT_EQ(event.data.find(number), std::string::npos) << number;
    for (const std::string& line : s.gateway().logs()) EXPECT_EQ(line.find(number), std::string::npos) << line;
  }
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_orphans_total"), 1);
  EXPECT_EQ(metrics.sum("dlr_orphan_total"), 1);
  EXPECT_EQ(metrics.sum("dlr_correlation_retry_total"), 2);
  EXPECT_EQ(metrics.sum("dlr_orphan_rate"), 1) << "one of one";
}

TEST(Us005Orphan, TheSameEventAgainIsRedeliveredAndAFoundOneResolvesIt) {
  Scenario s;
  const auto lost = strangers(s, 2);
  const auto receipts = s.receipts_for(lost, "DELIVRD");
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  insert_messages(s.postgres(), {lost[1]});
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 2);
  EXPECT_EQ(s.events("sms.dlr.unmatched").size(), 2U);
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(receipts[0].event_id), (std::vector<std::string>{"orphan", "redelivered"}));
  EXPECT_EQ(outcomes.at(receipts[1].event_id), (std::vector<std::string>{"orphan", "applied"}));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.orphan_resolutions WHERE method = 'redelivered'"), 1);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_orphans_total"), 2);
}

}  // namespace
}  // namespace dlrgw::test
