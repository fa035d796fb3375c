// SPDX-License-Identifier: Apache-2.0
#include "pipeline/turns.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

class TurnsTest : public ::testing::Test {
 protected:
  ManualClock clock{1'000'000};
  Turns turns{clock, 4, 2};
};

TEST_F(TurnsTest, SoManyLookAtOnce) {
  EXPECT_TRUE(turns.try_take(0));
  EXPECT_TRUE(turns.try_take(1));
  EXPECT_FALSE(turns.try_take(2));
  turns.begin(0);
  EXPECT_FALSE(turns.try_take(2)) << "it works on a batch, and not for long";
}

TEST_F(TurnsTest, ALaneThatEndsInTimeKeepsItsTurn) {
  ASSERT_TRUE(turns.try_take(0));
  ASSERT_TRUE(turns.try_take(1));
  turns.begin(0);
  clock.advance_us(Turns::kPatienceUs - 1);
  EXPECT_TRUE(turns.try_take(0));
  EXPECT_FALSE(turns.try_take(2));
}

TEST_F(TurnsTest, ASlowLaneCountsNoMoreAndWaitsAfterwards) {
  ASSERT_TRUE(turns.try_take(0));
  ASSERT_TRUE(turns.try_take(1));
  turns.begin(0);
  clock.advance_us(Turns::kPatienceUs);
  EXPECT_TRUE(turns.try_take(2));
  EXPECT_FALSE(turns.try_take(3));
  EXPECT_FALSE(turns.try_take(0)) << "its turn is another's";
}

TEST_F(TurnsTest, AnIdleLaneKeepsItsTurnForEver) {
  ASSERT_TRUE(turns.try_take(0));
  ASSERT_TRUE(turns.try_take(1));
  clock.advance_us(100 * Turns::kPatienceUs);
  EXPECT_FALSE(turns.try_take(2)) << "it looks already; another one would find nothing either";
}

TEST_F(TurnsTest, WhenAllAreSlowAllLanesAreInUse) {
  for (std::uint32_t lane = 0; lane < 4; ++lane) {
    ASSERT_TRUE(turns.try_take(lane)) << lane;
    turns.begin(lane);
    clock.advance_us(Turns::kPatienceUs);
  }
}

TEST_F(TurnsTest, StopEndsTheWait) {
  ASSERT_TRUE(turns.try_take(0));
  ASSERT_TRUE(turns.try_take(1));
  std::jthread waiting([this](const std::stop_token& stop) { turns.await(stop, 2); });
  waiting.request_stop();
  waiting.join();
}

TEST_F(TurnsTest, AWaitingLaneNoticesASlowOne) {
  ASSERT_TRUE(turns.try_take(0));
  ASSERT_TRUE(turns.try_take(1));
  turns.begin(0);
  clock.advance_us(Turns::kPatienceUs);
  turns.await(std::stop_token(), 2);
  EXPECT_FALSE(turns.try_take(3));
}

// Half of the patience passes from look to look.
class PassingClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_us() const override { return 0; }
  [[nodiscard]] std::int64_t monotonic_us() const override { return looked_ += Turns::kPatienceUs / 2; }

 private:
  mutable std::int64_t looked_ = 0;
};

TEST(Turns, ALaneThatWaitsLooksAgain) {
  const PassingClock clock;
  Turns turns(clock, 4, 2);
  ASSERT_TRUE(turns.try_take(0));
  ASSERT_TRUE(turns.try_take(1));
  turns.begin(0);
  turns.await(std::stop_token(), 2);
  EXPECT_FALSE(turns.try_take(3)) << "the slow lane's turn is that of the one that waited";
}

}  // namespace
}  // namespace dlrgw::host
