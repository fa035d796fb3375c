// SPDX-License-Identifier: Apache-2.0
// US-001: the durable consumer. Ten lanes and never eleven, ready only while active, resume after a restart, an orderly
// end that loses nothing.
#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLanes = 10;
constexpr std::size_t kBatchMax = 256;
constexpr const char* kLockMessages = "SELECT 1 FROM orch.sms_messages FOR UPDATE";

double lanes_busy(Scenario& s) { return s.gateway().metrics().sum("dlr_lanes_busy"); }

TEST(Us001Lanes, TenAreBusyAndNeverEleven) {
  Scenario s;
  const auto messages = s.add_messages(20 * kBatchMax);
  HeldLock lock(s.postgres(), kLockMessages);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_lanes_busy", {}, kLanes)) << log_summary(s.gateway());
  double most = kLanes;
  EXPECT_TRUE(stays([&] { return lanes_busy(s) <= kLanes; }, 2s));
  const auto consumer = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(consumer);
  EXPECT_LE(consumer->ack_pending, static_cast<std::int64_t>((kLanes + 1) * kBatchMax)) << "at most one prefetched";
  EXPECT_GT(consumer->pending, 0U) << "what no lane can take stays in the stream";
  lock.release();
  while (!s.settled() && s.gateway().running()) most = std::max(most, lanes_busy(s));
  EXPECT_EQ(most, kLanes);
  EXPECT_EQ(lanes_busy(s), 0);
  expect_each_once(s, messages);
}

TEST(Us001Consumer, IsTheOneThatTheServerListsAndBelongsToNoConnection) {
  Scenario s;
  EXPECT_EQ(s.nats().consumer_names(kInboundStream), std::vector<std::string>{"dlr-processor"}) << "as provisioned";
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(s.add_messages(3), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.nats().consumer_names(kInboundStream), std::vector<std::string>{"dlr-processor"}) << "no second one";
  EXPECT_EQ(s.gateway().terminate(), 0);
  s.nats().restart();
  EXPECT_EQ(s.nats().consumer_names(kInboundStream), std::vector<std::string>{"dlr-processor"})
      << "it is durable: gateway and server may go";
  const auto consumer = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(consumer);
  EXPECT_EQ(consumer->ack_floor, 3U);
}

TEST(Us001Ready, OnlyWhileTheConsumerIsActive) {
  Scenario s;
  s.nats().delete_consumer(kInboundStream, kInboundConsumer);
  EXPECT_EQ(s.gateway().get("/ready").status, 0) << "nobody listens before the start";
  s.gateway().start();
  ASSERT_TRUE(eventually([&] { return s.gateway().get("/live").status == 200; }));
  EXPECT_TRUE(stays([&] { return s.gateway().get("/ready").status == 503; }, 1'500ms)) << "no consumer";
  EXPECT_EQ(s.gateway().metrics().sum("dlr_nats_consumer_status"), 0);

  s.gateway().provision();
  ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  EXPECT_TRUE(reaches(s.gateway(), "dlr_nats_consumer_status", {}, 1));
  EXPECT_FALSE(s.gateway().logs("dlr.consumer.started").empty());

  s.nats().delete_consumer(kInboundStream, kInboundConsumer);
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503));
  s.gateway().provision();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200));

  s.postgres().stop();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503));
  s.postgres().start();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200));

  s.nats().stop();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503));
  EXPECT_EQ(s.gateway().get("/live").status, 200);
  s.nats().start();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200));
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_EQ(s.gateway().get("/ready").status, 0);
}

TEST(Us001Drain, SigtermFinishesWhatIsInWorkAndIsNotReadyMeanwhile) {
  Scenario s;
  const auto messages = s.add_messages(100);
  HeldLock lock(s.postgres(), kLockMessages);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  const auto all_taken = [&] {
    const auto state = s.nats().consumer_state(kInboundStream, kInboundConsumer);
    return state && state->ack_pending == 100 && lanes_busy(s) >= 1;
  };
  ASSERT_TRUE(eventually(all_taken));
  s.gateway().signal(SIGTERM);
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503));
  EXPECT_NE(s.gateway().get("/ready").body.find("draining"), std::string::npos);
  EXPECT_TRUE(s.gateway().running()) << "a lane still works";
  lock.release();
  EXPECT_EQ(s.gateway().wait_exit(), 0) << log_summary(s.gateway());
  const std::int64_t stored = s.count_rows("dlr.delivery_receipts");
  EXPECT_GT(stored, 0);
  const auto state = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->ack_pending + static_cast<std::int64_t>(state->pending), 100 - stored)
      << "acknowledged what is stored";

  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  const auto all = outcomes_by_event(s.gateway());
  EXPECT_FALSE(all.empty());
  for (const auto& [event_id, outcomes] : all) EXPECT_EQ(outcomes, std::vector<std::string>{"applied"}) << event_id;
}

TEST(Us001Drain, SigtermUnderLoadWithParkedReceiptsLosesNothing) {
  Scenario s;
  auto messages = s.add_messages(5'000);
  auto early = messages;
  for (int i = 0; i < 200; ++i) early[static_cast<std::size_t>(i)] = random_message(s.rng(), "mno-test");
  early.resize(200);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(early, "DELIVRD"));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_correlation_retry_total", {}, 200));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_batches_total", {}, 3));
  EXPECT_EQ(s.gateway().terminate(), 0) << log_summary(s.gateway());
  EXPECT_FALSE(s.gateway().logs("dlr.consumer.stopped").empty());
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 0);

  insert_messages(s.postgres(), early);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  messages.insert(messages.end(), early.begin(), early.end());
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_processed_total", {{"outcome", "redelivered"}}), 0)
      << "an orderly end acknowledges what it committed";
}

TEST(Us001Resume, AfterAnOrderlyEndNothingComesTwice) {
  Scenario s;
  auto messages = s.add_messages(1'500);
  const std::vector<Message> first(messages.begin(), messages.begin() + 500);
  const std::vector<Message> second(messages.begin() + 500, messages.begin() + 1'000);
  const std::vector<Message> third(messages.begin() + 1'000, messages.end());
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(first, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.gateway().terminate(), 0);
  s.publish(s.receipts_for(second, "UNDELIV"));  // while nobody listens
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(third, "EXPIRED"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  const auto outcomes = s.count_by_outcome();
  EXPECT_EQ(outcomes, (std::map<std::string, std::int64_t>{{"applied", 1'000}})) << "the first 500 did not come again";
}

TEST(Us001Resume, AfterKillNineEachReceiptIsStoredOnce) {
  Scenario s;
  const auto messages = s.add_messages(6'000);
  ASSERT_TRUE(started(s));
  publish_once(s.nats(), final_receipts(s, messages), 0, messages.size());
  ASSERT_TRUE(reaches(s.gateway(), "dlr_batches_total", {}, 4));
  s.gateway().kill9();
  EXPECT_LT(s.count_rows("dlr.delivery_receipts"), 6'000) << "killed in the middle";
  expire_ack_wait(s.nats());
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_received_total"), metrics.sum("dlr_processed_total"));
}

}  // namespace
}  // namespace dlrgw::test
