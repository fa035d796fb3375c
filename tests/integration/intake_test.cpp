// SPDX-License-Identifier: Apache-2.0
// The intake while server and stream are well: each receipt once, in batches, answered, put off, held, drained.
#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/intake_fixture.hpp"
#include "support/silent_subject.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(IntakeTest, LanesGetEveryReceiptOnceInNaturalBatchesAndAcksStay) {
  constexpr int kCount = 100'000;
  provision();
  publish_inbound(kCount);
  start_intake();
  ASSERT_TRUE(active()) << intake->status().problem;
  EXPECT_EQ(started, 1);
  std::mutex mutex;
  std::set<std::uint64_t> seen;
  std::size_t largest = 0;
  {
    std::vector<std::jthread> lanes;
    for (int lane = 0; lane < 4; ++lane)
      lanes.emplace_back([&](const std::stop_token& stop) {
        while (true) {
          auto batch = intake->take(stop);
          if (batch.empty()) return;
          const std::lock_guard guard(mutex);
          largest = std::max(largest, batch.size());
          for (Delivery& delivery : batch) {
            EXPECT_TRUE(seen.insert(delivery.stream_seq).second);
            EXPECT_EQ(delivery.payload, std::to_string(delivery.stream_seq));
            EXPECT_EQ(delivery.delivery_count, 1U);
            EXPECT_EQ(*delivery.stream_identity, intake->stream_identity());
            intake->ack(std::move(delivery));
          }
        }
      });
    EXPECT_TRUE(eventually([&] {
      const std::lock_guard guard(mutex);
      return seen.size() == kCount;
    }));
    for (auto& lane : lanes) lane.request_stop();
  }
  EXPECT_LE(largest, 256U);
  EXPECT_GT(largest, 1U) << "what waits is taken together";
  EXPECT_TRUE(settled(kCount));
  EXPECT_EQ(connection->permission_errors(), 0U);
}

TEST_F(IntakeTest, TheDeliveryTellsWhatJetStreamKnows) {
  provision();
  server.publish(std::vector<NatsMessage>{{kInboundSubject, "x", "", {{"traceparent", "00-11-22-01"}}, 0}});
  start_intake();
  auto batch = take();
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].traceparent, "00-11-22-01");
  EXPECT_EQ(batch[0].stream_seq, 1U);
  EXPECT_NEAR(static_cast<double>(batch[0].stream_time_us), static_cast<double>(clock.now_us()), 10e6);
  EXPECT_THAT(intake->stream_identity(), testing::StartsWith("SMS_DLR@20"));
}

TEST_F(IntakeTest, AtMostOneBatchIsFetchedAhead) {
  provision();
  publish_inbound(5'000);
  start_intake();
  ASSERT_TRUE(eventually([&] { return intake->status().queued == 256; }));
  EXPECT_TRUE(stays([&] { return intake->status().queued <= 256 && intake->status().ack_pending <= 256; }, 2'500ms));
}

TEST_F(IntakeTest, ANakComesBackAfterItsDelayWithItsRetries) {
  provision();
  publish_inbound(1);
  start_intake();
  auto batch = take();
  ASSERT_EQ(batch.size(), 1U);
  batch[0].retries.increment("correlate");
  SilentSubject answers(server.admin_url(), "$JS.ACK.SMS_DLR.dlr-processor.>");
  intake->nak(std::move(batch[0]), 700);
  ASSERT_EQ(answers.received(1), 1U);
  EXPECT_EQ(answers.text(0), R"(-NAK {"delay":700000000})") << "the delay is the server's to keep, in nanoseconds";
  auto again = take();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].delivery_count, 2U);
  EXPECT_EQ(again[0].retries.of("correlate"), 1U);
  intake->ack(std::move(again[0]));
  EXPECT_TRUE(settled(1));
}

TEST_F(IntakeTest, AParkedReceiptComesBackWithoutTheServer) {
  provision();
  publish_inbound(1);
  start_intake();
  auto batch = take();
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_TRUE(intake->park(std::move(batch[0]), 300));
  EXPECT_EQ(intake->status().parked, 1U);
  auto again = take();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].delivery_count, 1U);
}

TEST_F(IntakeTest, ATermIsFinal) {
  provision();
  publish_inbound(1);
  start_intake();
  auto batch = take();
  ASSERT_EQ(batch.size(), 1U);
  intake->term(std::move(batch[0]));
  EXPECT_TRUE(settled(1));
  EXPECT_EQ(intake->status().termed, 1U);
}

TEST_F(IntakeTest, HoldGivesBackAndResumeFetchesAgain) {
  provision();
  publish_inbound(20);
  start_intake();
  ASSERT_TRUE(eventually([&] { return intake->status().queued == 20; }));
  intake->hold("PostgreSQL is away");
  EXPECT_EQ(intake->status().queued, 0U);
  EXPECT_THAT(intake->status().problem, HasSubstr("PostgreSQL is away"));
  EXPECT_FALSE(intake->status().active) << "nothing is asked for";
  EXPECT_TRUE(take(1'500ms).empty());
  EXPECT_TRUE(eventually([&] { return server.consumer_state(kInboundStream, kInboundConsumer)->ack_pending == 20; }));
  intake->resume();
  EXPECT_EQ(take_count(*intake, 20).size(), 20U);
}

TEST_F(IntakeTest, AnIdleStreamIsAskedAndOneWhoseReceiptsNobodyTakesIsNot) {
  provision();
  IntakeOptions quick;
  quick.pull_expires = 200ms;
  quick.fresh_for = 5s;
  start_intake(quick);
  ASSERT_TRUE(active()) << intake->status().problem;
  EXPECT_TRUE(stays([&] { return intake->status().active; }, 6s)) << intake->status().problem;
  publish_inbound(1'000);  // more than fit, and no lane runs
  EXPECT_TRUE(eventually([&] { return !intake->status().active; }));
  EXPECT_THAT(intake->status().problem, HasSubstr("the lanes have taken none"));
  for (Delivery& delivery : take_count(*intake, 1'000)) intake->ack(std::move(delivery));
  EXPECT_TRUE(active()) << intake->status().problem;
}

// At once: what waited for its AckWait would not come within the test's patience.
TEST_F(IntakeTest, ADrainingHostLeavesEverythingToTheOthersAtOnce) {
  IntakeOptions patient;
  patient.ack_wait = 10min;
  server.create_inbound(patient.ack_wait);
  publish_inbound(600);
  start_intake(patient);
  ASSERT_TRUE(eventually([&] { return intake->status().queued == 256; }));
  auto batch = take();
  ASSERT_TRUE(eventually([&] { return intake->status().queued == 256; }));

  auto other_connection = connect(server.url());
  IntakeOptions second = patient;
  second.replica = 1;
  Intake other(second, *other_connection, clock, log);
  other.start();
  intake->drain();
  EXPECT_TRUE(take().empty());
  EXPECT_FALSE(intake->status().active);
  for (Delivery& delivery : batch) intake->ack(std::move(delivery));
  std::set<std::uint64_t> seen;
  for (Delivery& delivery : take_count(other, 344)) {
    seen.insert(delivery.stream_seq);
    other.ack(std::move(delivery));
  }
  EXPECT_EQ(seen.size(), 344U);
  intake->stop();
  EXPECT_TRUE(settled(600));
  other.stop();
}

// What a drain leaves behind is delivered at once to the next gateway that asks. The AckWait is far beyond the test's
// patience: what was delivered into an inbox that is about to close, or given back and not heard, would not come.
TEST_F(IntakeTest, ADrainLeavesNothingThatWaitsForItsAckWait) {
  constexpr int kRounds = 8;
  constexpr std::size_t kCount = 40;
  IntakeOptions patient;
  patient.ack_wait = 10min;
  server.create_inbound(patient.ack_wait);
  for (int round = 0; round < kRounds; ++round) {
    publish_inbound(kCount);
    start_intake(patient);
    auto batch = take_count(*intake, kCount);
    ASSERT_TRUE(intake->park(std::move(batch.back()), 5'000));
    batch.pop_back();
    intake->drain();
    for (Delivery& delivery : batch) intake->nak(std::move(delivery), 0);  // lanes finish while the pull ends
    stop_intake();

    start_intake(patient);
    for (Delivery& delivery : take_count(*intake, kCount)) intake->ack(std::move(delivery));
    stop_intake();
    ASSERT_TRUE(settled(kCount * static_cast<std::size_t>(round + 1))) << "round " << round;
  }
}

TEST_F(IntakeTest, StopLetsTheLastAcksLeave) {
  provision();
  publish_inbound(256);
  start_intake();
  auto batch = take_count(*intake, 256);
  intake->drain();
  for (Delivery& delivery : batch) intake->ack(std::move(delivery));
  stop_intake();
  EXPECT_TRUE(settled(256));
}

}  // namespace
}  // namespace dlrgw::test
