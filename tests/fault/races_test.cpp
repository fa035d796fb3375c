// SPDX-License-Identifier: Apache-2.0
// Two lanes on one message, and a stream that is delivered a second time.
#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "fault/long_messages.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPairs = 500;
constexpr std::size_t kSingles = 8'000;
constexpr std::size_t kPairsOfSegments = 1'000;
constexpr std::size_t kSettledBefore = kSingles + 2 * kPairsOfSegments;

TEST(TwoOfAMessage, OnTwoLanesOneIsFinalAndOneIsLate) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"batch_max = 256", "batch_max = 1"}});  // neighbours on other lanes
  Scenario s(std::move(options));
  const auto messages = s.add_messages(kPairs);
  std::vector<Receipt> receipts;
  for (const Message& message : messages) {
    receipts.push_back(s.receipt_for(message, "UNDELIV"));
    receipts.push_back(s.receipt_for(message, "DELIVRD"));
  }
  publish_once(s.nats(), receipts, 0, receipts.size());  // waiting: every pair is in work at the same time
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());

  const auto pairs = static_cast<std::int64_t>(kPairs);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", pairs}, {"late", pairs}}));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), pairs);
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), pairs);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages m JOIN dlr.delivery_receipts r USING "
                               "(message_id) JOIN dlr.late_dlrs l USING (message_id) WHERE m.status = r.dlr_status AND "
                               "l.dlr_status <> r.dlr_status AND l.prior_status = r.dlr_status AND l.kind = "
                               "'terminal_conflict'"),
            pairs);
  for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"}) {
    const auto events = s.events_by_message(subject);
    EXPECT_EQ(events.size(), kPairs) << subject;
    for (const auto& [message_id, count] : events) EXPECT_EQ(count, 1) << subject << " of " << message_id;
  }
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// What must not change when everything is delivered again. ingest_stats is not part of it: it counts redeliveries too.
struct Effects {
  std::map<std::string, std::int64_t> rows;
  std::int64_t events = 0;
  std::map<std::string, double> counters;
  bool operator==(const Effects&) const = default;
};

Effects effects_of(Scenario& s) {
  Effects effects;
  for (const Row& row :
       s.postgres().rows("SELECT relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) "
                         "AS n FROM dlr.%I', relname), false, true, '')))[1]::text FROM pg_class "
                         "WHERE relnamespace = 'dlr'::regnamespace AND relkind IN ('r', 'p') AND relname NOT IN "
                         "('ingest_stats', 'intake_clock')"))
    effects.rows[row[0]] = std::stoll(row[1]);
  effects.events = static_cast<std::int64_t>(s.events().size());
  const Metrics metrics = s.gateway().metrics();
  for (const char* name :
       {"dlr_billing_events_total", "dlr_webhook_events_total", "dlr_aggregates_total", "dlr_duplicates_total",
        "dlr_dedup_total", "dlr_late_total", "dlr_orphans_total", "dlr_orphan_total", "dlr_quarantined_total",
        "dlr_invalid_total", "dlr_correlation_retry_total", "dlr_outbox_published_total", "dlr_unknown_stat_total"})
    effects.counters[name] = metrics.sum(name);
  effects.counters["applied"] = metrics.sum("dlr_processed_total", {{"outcome", "applied"}});
  return effects;
}

std::string print(const Effects& effects) {
  std::string text = "events " + std::to_string(effects.events);
  for (const auto& [name, count] : effects.rows) text += ", " + name + " " + std::to_string(count);
  for (const auto& [name, value] : effects.counters) text += ", " + name + " " + std::to_string(value);
  return text;
}

// What other services see of the messages.
std::string messages_of(Scenario& s) {
  return s.postgres().value(
      "SELECT md5(string_agg(concat_ws(' ', message_id, status, dlr_status, dlr_received_at, processed_at), ',' "
      "ORDER BY message_id)) FROM orch.sms_messages");
}

// Every receipt is old enough for quarantine, and so is the end of every message: only that they are known saves them.
TEST(RecreatedConsumer, ADayLaterEverythingComesAgainAndNothingChanges) {
  Scenario s;
  const auto messages = s.add_messages(kSingles);
  const auto long_messages = add_long_messages(s, kPairsOfSegments, 2);
  auto receipts = final_receipts(s, messages);
  for (const LongMessage& message : long_messages)
    for (int segment = 1; segment <= 2; ++segment) receipts.push_back(segment_receipt(s, message, segment, "DELIVRD"));
  for (Receipt& receipt : receipts) receipt.dlr_timestamp = rfc3339_now(-10min);
  ASSERT_EQ(receipts.size(), kSettledBefore);
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  publish_once(s.nats(), receipts, 0, kSettledBefore);
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  s.postgres().exec(
      "UPDATE orch.sms_messages SET processed_at = processed_at - interval '25 hours', dlr_received_at = "
      "dlr_received_at "
      "- interval '25 hours'");
  const Effects before = effects_of(s);
  const std::string messages_before = messages_of(s);
  EXPECT_EQ(before.rows.at("delivery_receipts"), static_cast<std::int64_t>(kSettledBefore));
  EXPECT_EQ(before.counters.at("dlr_billing_events_total"), static_cast<double>(kSingles + kPairsOfSegments));

  s.nats().delete_consumer(kInboundStream, kInboundConsumer);
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503)) << "without a consumer nothing is ready";
  s.gateway().provision();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200)) << log_summary(s.gateway());
  const auto redelivered = [&] {
    return s.gateway().metrics().sum("dlr_processed_total", {{"outcome", "redelivered"}});
  };
  EXPECT_TRUE(eventually([&] { return redelivered() >= kSettledBefore; })) << log_summary(s.gateway());
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  EXPECT_EQ(redelivered(), kSettledBefore);
  const Effects after = effects_of(s);
  EXPECT_TRUE(after == before) << print(before) << "\n" << print(after);
  EXPECT_EQ(messages_of(s), messages_before);
  expect_no_batch_failed(s.gateway());

  Receipt replay = receipts.front();  // the same by any other event id
  replay.event_id = random_uuid(s.rng());
  replay.received_at = rfc3339_now(2min);
  s.publish({replay});
  ASSERT_TRUE(s.wait_settled()) << log_summary(s.gateway());
  EXPECT_EQ(s.count_rows("dlr.quarantined_dlrs"), 1) << "or the test shows nothing";
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
