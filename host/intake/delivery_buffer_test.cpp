// SPDX-License-Identifier: Apache-2.0
#include "intake/delivery_buffer.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
constexpr std::int64_t kSecondUs = 1'000'000;

class Recorder final : public Replies {
 public:
  void send(const Delivery& delivery, std::string_view verb) override {
    const MutexLock lock(mutex_);
    sent_.push_back(std::to_string(delivery.stream_seq) + " " + std::string(verb));
  }
  std::vector<std::string> sent() const {
    const MutexLock lock(mutex_);
    return sent_;
  }
  void forget() {
    const MutexLock lock(mutex_);
    sent_.clear();
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> sent_ DLRGW_GUARDED_BY(mutex_);
};

class DeliveryBufferTest : public ::testing::Test {
 protected:
  Delivery delivery(std::uint64_t seq) const {
    Delivery d;
    d.stream_seq = seq;
    d.delivered_monotonic_us = clock.monotonic_us();
    return d;
  }
  std::vector<Delivery> deliveries(std::uint64_t from, std::uint64_t to) const {
    std::vector<Delivery> list;
    for (std::uint64_t seq = from; seq <= to; ++seq) list.push_back(delivery(seq));
    return list;
  }
  Delivery retried(std::uint64_t seq) const {
    Delivery d = delivery(seq);
    d.retries.increment("correlate");
    return d;
  }
  std::vector<std::uint64_t> take() {
    std::vector<std::uint64_t> seqs;
    for (const Delivery& d : buffer.take(stop.get_token())) seqs.push_back(d.stream_seq);
    return seqs;
  }
  using Seqs = std::vector<std::uint64_t>;
  using Sent = std::vector<std::string>;

  ManualClock clock{1'000 * kSecondUs};
  Recorder replies;
  BufferLimits limits{.batch_max = 4, .max_parked = 3};
  DeliveryBuffer buffer{limits, clock, replies};
  std::stop_source stop;
};

TEST_F(DeliveryBufferTest, ABatchIsWhatIsThereUpToItsLimit) {
  buffer.push(deliveries(1, 6));
  EXPECT_EQ(take(), (Seqs{1, 2, 3, 4}));
  EXPECT_EQ(take(), (Seqs{5, 6}));
}

TEST_F(DeliveryBufferTest, RoomIsWhatIsMissingToOneBatch) {
  EXPECT_EQ(buffer.room(), 4U);
  buffer.push(deliveries(1, 3));
  EXPECT_EQ(buffer.room(), 1U);
  buffer.push(deliveries(4, 6));  // a request of an earlier connection may bring more than was asked
  EXPECT_EQ(buffer.room(), 0U);
}

TEST_F(DeliveryBufferTest, DueParkedOnesComeFirst) {
  ASSERT_TRUE(buffer.park(delivery(9), 3'000));
  buffer.push(deliveries(1, 2));
  EXPECT_EQ(take(), (Seqs{1, 2}));
  clock.advance_us(3 * kSecondUs);
  buffer.push(deliveries(3, 3));
  EXPECT_EQ(take(), (Seqs{9, 3}));
  EXPECT_TRUE(replies.sent().empty());
}

TEST_F(DeliveryBufferTest, AWaitingLaneWakesForAPushAndForADueOne) {
  auto lane = std::async(std::launch::async, [this] { return take(); });
  EXPECT_EQ(lane.wait_for(20ms), std::future_status::timeout);
  buffer.push(deliveries(1, 1));
  EXPECT_EQ(lane.get(), (Seqs{1}));
  lane = std::async(std::launch::async, [this] { return take(); });
  ASSERT_TRUE(buffer.park(delivery(2), 3'000));
  EXPECT_EQ(lane.wait_for(20ms), std::future_status::timeout);
  clock.advance_us(3 * kSecondUs);
  EXPECT_EQ(lane.get(), (Seqs{2}));
}

TEST_F(DeliveryBufferTest, EveryWaitingLaneLearnsOfAnEarlierDue) {
  std::vector<std::future<Seqs>> lanes;
  for (int i = 0; i < 3; ++i) lanes.push_back(std::async(std::launch::async, [this] { return take(); }));
  for (auto& lane : lanes) EXPECT_EQ(lane.wait_for(20ms), std::future_status::timeout);  // all wait for ever
  ASSERT_TRUE(buffer.park(delivery(1), 9'000));
  ASSERT_TRUE(buffer.park(delivery(2), 1'000));
  clock.advance_us(kSecondUs);
  while (buffer.parked() == 2) lanes[0].wait_for(10ms);
  EXPECT_EQ(buffer.parked(), 1U);
  buffer.start_draining();
}

TEST_F(DeliveryBufferTest, StopAndDrainWakeALaneWithNothing) {
  auto lane = std::async(std::launch::async, [this] { return take(); });
  EXPECT_EQ(lane.wait_for(20ms), std::future_status::timeout);
  stop.request_stop();
  EXPECT_EQ(lane.get(), Seqs{});
  stop = std::stop_source();
  lane = std::async(std::launch::async, [this] { return take(); });
  buffer.start_draining();
  EXPECT_EQ(lane.get(), Seqs{});
}

TEST_F(DeliveryBufferTest, ALongDelayGoesBackToTheServer) {
  EXPECT_TRUE(buffer.park(delivery(1), 10'000));
  EXPECT_FALSE(buffer.park(delivery(2), 10'001));
  EXPECT_EQ(replies.sent(), (Sent{"2 -NAK {\"delay\":10001000000}"}));
}

TEST_F(DeliveryBufferTest, AFullParkGivesBack) {
  for (std::uint64_t seq = 1; seq <= 3; ++seq) EXPECT_TRUE(buffer.park(delivery(seq), 1'000));
  EXPECT_FALSE(buffer.park(delivery(4), 1'000));
  EXPECT_EQ(replies.sent(), (Sent{"4 -NAK {\"delay\":1000000000}"}));
}

TEST_F(DeliveryBufferTest, WhatWouldOutliveItsAckWaitIsNotParked) {
  Delivery old = delivery(1);
  clock.advance_us(7 * kSecondUs);
  EXPECT_FALSE(buffer.park(std::move(old), 3'001));
  Delivery older = delivery(2);
  older.delivered_monotonic_us -= 7 * kSecondUs;
  EXPECT_TRUE(buffer.park(std::move(older), 3'000));
  EXPECT_EQ(replies.sent().size(), 1U);
}

TEST_F(DeliveryBufferTest, WhatWaitedTooLongInTheQueueIsFetchedAnew) {
  buffer.push(deliveries(1, 2));
  clock.advance_us(10 * kSecondUs + 1);
  buffer.push(deliveries(3, 3));
  EXPECT_EQ(take(), (Seqs{3}));
  EXPECT_EQ(replies.sent(), (Sent{"1 -NAK", "2 -NAK"}));
}

TEST_F(DeliveryBufferTest, AnswersAreTheThreeVerbs) {
  buffer.ack(delivery(1));
  buffer.nak(delivery(2), 0);
  buffer.nak(delivery(3), 1'500);
  buffer.term(delivery(4));
  EXPECT_EQ(replies.sent(), (Sent{"1 +ACK", "2 -NAK", "3 -NAK {\"delay\":1500000000}", "4 +TERM"}));
}

TEST_F(DeliveryBufferTest, RetriesSurviveANak) {
  buffer.nak(retried(1), 15'000);
  buffer.push(deliveries(1, 2));
  const auto batch = buffer.take(stop.get_token());
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch[0].retries.of("correlate"), 1U);
  EXPECT_EQ(batch[1].retries.of("correlate"), 0U);
}

TEST_F(DeliveryBufferTest, RetriesSurviveAParkThatGaveBack) {
  EXPECT_FALSE(buffer.park(retried(1), 60'000));
  buffer.push(deliveries(1, 1));
  EXPECT_EQ(buffer.take(stop.get_token())[0].retries.of("correlate"), 1U);
}

TEST_F(DeliveryBufferTest, HoldGivesBackWhatWaitsAndForgetsItsRetries) {
  buffer.push(deliveries(1, 1));
  ASSERT_TRUE(buffer.park(retried(2), 3'000));
  buffer.nak(retried(3), 15'000);
  replies.forget();
  buffer.hold("PostgreSQL is away");
  EXPECT_TRUE(buffer.held());
  EXPECT_EQ(buffer.why_held(), "PostgreSQL is away");
  EXPECT_EQ(replies.sent(), (Sent{"2 -NAK {\"delay\":1000000000}", "1 -NAK {\"delay\":1000000000}"}));
  EXPECT_EQ(buffer.queued() + buffer.parked(), 0U);
  EXPECT_EQ(buffer.room(), 0U);
  buffer.resume();
  buffer.push(deliveries(1, 3));
  const std::vector<Delivery> taken = buffer.take(stop.get_token());
  ASSERT_EQ(taken.size(), 3U);
  for (const Delivery& d : taken) EXPECT_EQ(d.retries.of("correlate"), 0U) << d.stream_seq;
}

TEST_F(DeliveryBufferTest, WhileHeldNothingIsTakenInHandedOutOrRemembered) {
  buffer.hold("why");
  buffer.push(deliveries(1, 1));
  EXPECT_FALSE(buffer.park(retried(2), 1'000));
  buffer.nak(retried(3), 1'000);
  EXPECT_EQ(replies.sent().size(), 3U);
  auto lane = std::async(std::launch::async, [this] { return take(); });
  EXPECT_EQ(lane.wait_for(20ms), std::future_status::timeout);
  buffer.resume();
  buffer.push(deliveries(2, 2));
  EXPECT_EQ(lane.get(), (Seqs{2}));
  buffer.push(deliveries(3, 3));
  EXPECT_EQ(buffer.take(stop.get_token())[0].retries.of("correlate"), 0U);
}

TEST_F(DeliveryBufferTest, ALostConnectionEmptiesQueueAndParkWithoutAWord) {
  buffer.push(deliveries(1, 2));
  ASSERT_TRUE(buffer.park(delivery(3), 3'000));
  buffer.drop_all();
  EXPECT_EQ(buffer.queued() + buffer.parked(), 0U);
  EXPECT_TRUE(replies.sent().empty());
}

TEST_F(DeliveryBufferTest, ADrainGivesNothingBackBeforeThePullHasEnded) {
  buffer.push(deliveries(1, 1));
  ASSERT_TRUE(buffer.park(delivery(2), 3'000));
  buffer.start_draining();
  EXPECT_EQ(take(), Seqs{});
  buffer.nak(delivery(3), 0);
  buffer.push(deliveries(4, 4));
  EXPECT_FALSE(buffer.park(delivery(5), 3'000));
  buffer.ack(delivery(6));
  EXPECT_EQ(replies.sent(), Sent{"6 +ACK"}) << "given back now it would come into an inbox that is about to close";
  buffer.pull_ended();
  EXPECT_EQ(replies.sent(),
            (Sent{"6 +ACK", "2 -NAK {\"delay\":250000000}", "1 -NAK {\"delay\":250000000}",
                  "3 -NAK {\"delay\":250000000}", "4 -NAK {\"delay\":1000000000}", "5 -NAK {\"delay\":3000000000}"}));
  buffer.nak(delivery(7), 0);
  EXPECT_EQ(replies.sent().back(), "7 -NAK");
}

TEST_F(DeliveryBufferTest, WaitRoomEndsWhenALaneTakes) {
  buffer.push(deliveries(1, 4));
  auto waiting = std::async(std::launch::async, [this] { buffer.wait_room(stop.get_token(), 1h); });
  EXPECT_EQ(waiting.wait_for(20ms), std::future_status::timeout);
  EXPECT_EQ(take().size(), 4U);
  waiting.get();
}

TEST_F(DeliveryBufferTest, ManyLanesShareManyDeliveriesWithoutLossOrRepeat) {
  constexpr std::uint64_t kCount = 20'000;
  std::vector<std::future<Seqs>> lanes;
  for (int lane = 0; lane < 4; ++lane)
    lanes.push_back(std::async(std::launch::async, [this] {
      Seqs all;
      for (Seqs some = take(); !some.empty(); some = take()) all.insert(all.end(), some.begin(), some.end());
      return all;
    }));
  for (std::uint64_t seq = 1; seq <= kCount; seq += 2) {
    while (buffer.room() == 0) buffer.wait_room(stop.get_token(), 10ms);
    buffer.push(deliveries(seq, seq + 1));
  }
  while (buffer.queued() > 0) buffer.wait_room(stop.get_token(), 10ms);
  buffer.start_draining();
  std::vector<int> seen(kCount + 1, 0);
  for (auto& lane : lanes)
    for (const std::uint64_t seq : lane.get()) ++seen[seq];
  for (std::uint64_t seq = 1; seq <= kCount; ++seq) ASSERT_EQ(seen[seq], 1) << seq;
}

}  // namespace
}  // namespace dlrgw::host
