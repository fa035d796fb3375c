// SPDX-License-Identifier: Apache-2.0
// Segments that race: across lanes and hosts, in one batch, with the sweep. However it goes, a message ends once.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "fault/load.hpp"
#include "fault/long_messages.hpp"
#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kStats[] = {"DELIVRD", "DELIVRD", "DELIVRD", "DELIVRD",
                                  "UNDELIV", "EXPIRED", "DELETED", "REJECTD"};

// The table of the contract for final segments, by the words of the receipts.
std::string aggregate_of(const std::vector<std::string>& stats) {
  const auto count = [&](const char* stat) { return static_cast<std::size_t>(std::ranges::count(stats, stat)); };
  if (count("DELETED") > 0) return "FAILED";
  if (count("DELIVRD") == stats.size()) return "DELIVERED";
  if (count("UNDELIV") == stats.size()) return "UNDELIVERED";
  if (count("EXPIRED") == stats.size()) return "EXPIRED";
  if (count("REJECTD") == stats.size()) return "REJECTED";
  return count("DELIVRD") > 0 ? "PARTIAL" : "FAILED";
}

TEST(Us018Race, AThousandMessagesOfThreeOnTwoHostsOneOfThemKilledTwice) {
  constexpr std::size_t kMessages = 1'000;
  constexpr std::size_t kPublishers = 4;
  Scenario s;
  GatewayOptions second;
  second.replica = 1;
  GatewayProcess other(s.servers(), second);
  const auto messages = add_long_messages(s, kMessages, 3);
  std::vector<Receipt> receipts;
  std::vector<std::string> statuses;
  for (const LongMessage& message : messages) {
    std::vector<std::string> stats;
    for (int segment = 1; segment <= 3; ++segment) {
      stats.emplace_back(kStats[s.rng()() % std::size(kStats)]);
      receipts.push_back(segment_receipt(s, message, segment, stats.back()));
    }
    statuses.push_back(aggregate_of(stats));
  }
  std::ranges::shuffle(receipts, s.rng());

  ASSERT_TRUE(started(s));
  other.start();
  ASSERT_TRUE(other.wait_ready()) << log_summary(other);
  std::vector<std::unique_ptr<Publisher>> publishers;
  const auto publish_next_part = [&] {
    const std::size_t i = publishers.size();
    const auto first = receipts.begin() + static_cast<std::ptrdiff_t>(i * receipts.size() / kPublishers);
    const auto last = receipts.begin() + static_cast<std::ptrdiff_t>((i + 1) * receipts.size() / kPublishers);
    publishers.push_back(std::make_unique<Publisher>(s.nats(), std::vector<Receipt>(first, last), 200));
  };
  while (publishers.size() < kPublishers - 1) publish_next_part();
  for (const std::int64_t rows : {600, 1'500}) {
    ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.segment_dlrs") >= rows; })) << log_summary(other);
    other.kill9();
    expire_ack_wait(s.nats());
    other.start();
  }
  ASSERT_TRUE(other.wait_ready()) << log_summary(other);
  publish_next_part();  // most messages become complete by it, on either host
  for (const auto& publisher : publishers) ASSERT_TRUE(publisher->wait());
  expire_ack_wait(s.nats());  // what the second kill left behind
  ASSERT_TRUE(settles(s)) << log_summary(other);
  EXPECT_GT(other.logs("dlr.aggregated").size(), 0U) << "the other host took its part";
  EXPECT_GT(s.gateway().logs("dlr.aggregated").size(), 0U);
  expect_each_aggregated_once(s, messages, statuses);
  EXPECT_EQ(other.terminate(), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Us018Race, BothFinishingSegmentsInOneBatch) {
  constexpr std::size_t kMessages = 100;
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"max_concurrency = 10", "max_concurrency = 1"}});
  Scenario s(std::move(options));
  const auto messages = add_long_messages(s, kMessages, 2);
  std::vector<Receipt> receipts;
  for (const LongMessage& message : messages)
    for (int segment = 1; segment <= 2; ++segment) receipts.push_back(segment_receipt(s, message, segment, "DELIVRD"));
  s.publish(receipts);  // all waiting when the only lane comes
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  EXPECT_LE(s.gateway().metrics().sum("dlr_batches_total"), 5) << "not in one batch, so this proves nothing";
  expect_each_aggregated_once(s, messages, std::vector<std::string>(kMessages, "DELIVERED"));
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Us018Race, SegmentsOfAMessageOnTenLanes) {
  constexpr std::size_t kMessages = 300;
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"batch_max = 256", "batch_max = 1"}});  // neighbours on other lanes
  Scenario s(std::move(options));
  const auto messages = add_long_messages(s, kMessages, 3);
  std::vector<Receipt> receipts;
  for (const LongMessage& message : messages)
    for (int segment = 1; segment <= 3; ++segment) receipts.push_back(segment_receipt(s, message, segment, "DELIVRD"));
  s.publish(receipts);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  expect_each_aggregated_once(s, messages, std::vector<std::string>(kMessages, "DELIVERED"));
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Us019Sweep, EndsMoreMessagesThanOnePageHoldsOnTwoHosts) {
  constexpr std::size_t kMessages = 600;  // a page holds 256
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"sweep_every = \"5m\"", "sweep_every = \"1s\""}});
  GatewayOptions second = options.gateway;
  second.replica = 1;
  Scenario s(std::move(options));
  GatewayProcess other(s.servers(), second);
  const auto messages = add_long_messages(s, kMessages, 2);
  std::vector<Receipt> receipts;
  for (const LongMessage& message : messages) receipts.push_back(segment_receipt(s, message, 2, "DELIVRD"));
  ASSERT_TRUE(started(s));
  other.start();
  ASSERT_TRUE(other.wait_ready()) << log_summary(other);
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now() - interval '1 minute'");
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.aggregation_open") == 0; })) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  const auto wanted = static_cast<std::int64_t>(kMessages);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'PARTIAL'"), wanted);
  EXPECT_EQ(s.count_rows("dlr.message_aggregates"), wanted);
  EXPECT_EQ(s.count_rows("dlr.audit_log"), wanted);
  for (const char* subject : {"sms.dlr.aggregated.v1", "billing.events", "webhook.dispatch"}) {
    const auto events = s.events_by_message(subject);
    EXPECT_EQ(events.size(), kMessages) << subject;
    for (const auto& [message_id, count] : events) EXPECT_EQ(count, 1) << subject;
  }
  EXPECT_EQ(other.terminate(), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// Both wait for the same locks; the parameter says who came first.
class SegmentAndSweep : public testing::TestWithParam<bool> {};

TEST_P(SegmentAndSweep, AtTheSameInstantOneOfThemDecides) {
  constexpr std::size_t kMessages = 100;
  const bool sweep_first = GetParam();
  ScenarioOptions options;
  options.gateway.config_text = shipped_config(
      {{"max_concurrency = 10", "max_concurrency = 1"}, {"sweep_every = \"5m\"", "sweep_every = \"1s\""}});
  Scenario s(std::move(options));
  auto messages = add_long_messages(s, kMessages, 2);
  // The first receipt may be a batch alone: so that it queues for the row that the sweep wants first too.
  std::ranges::sort(messages, {}, [](const LongMessage& message) { return message.message.message_id; });
  std::vector<Receipt> first;
  std::vector<Receipt> last;
  for (const LongMessage& message : messages) {
    first.push_back(segment_receipt(s, message, 1, "DELIVRD"));
    last.push_back(segment_receipt(s, message, 2, "DELIVRD"));
  }
  ASSERT_TRUE(started(s));
  s.publish(first);
  ASSERT_TRUE(settles(s));

  const auto waits = [&](const char* statement) {
    return eventually([&] {
      return s.postgres().count(
                 "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '/* " +
                 std::string(statement) + " */%'") > 0;
    });
  };
  const auto sweep = [&] {
    s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now() - interval '1 minute'");
    return waits("segments.lock_messages");
  };
  const auto segments = [&] {
    s.publish(last);
    return waits("dedup.lock_messages");
  };
  HeldLock lock(s.postgres(), "SELECT 1 FROM orch.sms_messages FOR UPDATE");
  if (sweep_first) {
    ASSERT_TRUE(sweep());
    ASSERT_TRUE(segments());
  } else {
    ASSERT_TRUE(segments());
    ASSERT_TRUE(sweep());
  }
  lock.release();
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.aggregation_open") == 0; })) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));

  // The order in which a lane's batches come is its own affair; that each message has one end is not.
  const auto partial = s.postgres().count(
      "SELECT count(*) FROM dlr.message_aggregates WHERE status = 'PARTIAL' AND "
      "received = 1 AND expected = 2 AND reason = 'grace_expired'");
  const auto complete = s.postgres().count(
      "SELECT count(*) FROM dlr.message_aggregates WHERE status = 'DELIVERED' AND "
      "received = 2 AND reason = 'complete'");
  EXPECT_EQ(partial + complete, static_cast<std::int64_t>(kMessages));
  EXPECT_GT(sweep_first ? partial : complete, 0) << "whoever came first decided something";
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), partial);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.late_dlrs WHERE kind = 'after_partial'"), partial);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.segment_dlrs WHERE late"), partial);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.audit_log WHERE action = 'aggregation.partial'"), partial);
  EXPECT_EQ(s.gateway().logs("dlr.aggregation.partial").size(), static_cast<std::size_t>(partial));
  for (const char* subject : {"sms.dlr.aggregated.v1", "billing.events", "webhook.dispatch"}) {
    const auto events = s.events_by_message(subject);
    EXPECT_EQ(events.size(), kMessages) << subject;
    for (const auto& [message_id, count] : events) EXPECT_EQ(count, 1) << subject;
  }
  expect_no_batch_failed(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(Us018Race, SegmentAndSweep, testing::Bool(),
                         [](const auto& sweep_first) { return sweep_first.param ? "SweepFirst" : "SegmentFirst"; });

}  // namespace
}  // namespace dlrgw::test
