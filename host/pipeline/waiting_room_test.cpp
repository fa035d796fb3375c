// SPDX-License-Identifier: Apache-2.0
#include "pipeline/waiting_room.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

WaitingLimits limits() {
  return {.put_away_after_us = 3'600 * kSecond, .max_ack_pending = 100, .hold_share = 0.5, .quirk_share = 0.1};
}

TEST(WaitingRoom, PausesGrowToAMinute) {
  WaitingRoom room(limits());
  for (const std::uint32_t expected : {1'000U, 2'000U, 4'000U, 8'000U, 16'000U, 32'000U, 60'000U, 60'000U})
    EXPECT_EQ(room.stay(7, "environment", 0).pause_ms, expected);
  EXPECT_TRUE(room.knows(7));
  room.leave(7);
  EXPECT_FALSE(room.knows(7));
  EXPECT_EQ(room.stay(7, "environment", 0).pause_ms, 1'000U);
}

TEST(WaitingRoom, AfterAnHourItIsPutAway) {
  WaitingRoom room(limits());
  for (std::int64_t at = 0; at < 3'600 * kSecond; at += 60 * kSecond) EXPECT_FALSE(room.stay(7, "x", at).put_away);
  EXPECT_TRUE(room.stay(7, "x", 3'600 * kSecond).put_away);
}

TEST(WaitingRoom, WhoIsNotSeenAnyMoreIsForgotten) {
  WaitingRoom room(limits());
  EXPECT_FALSE(room.stay(7, "x", 0).put_away);
  EXPECT_FALSE(room.stay(8, "y", 302 * kSecond).put_away);
  EXPECT_FALSE(room.knows(7));
  EXPECT_EQ(room.by_reason(), (std::map<std::string, std::size_t>{{"y", 1}}));
  EXPECT_EQ(room.size(), 1U);
}

TEST(WaitingRoom, WhoFillsItsShareIsPutAway) {
  WaitingRoom room(limits());
  for (std::uint64_t seq = 1; seq < 50; ++seq) EXPECT_FALSE(room.stay(seq, "x", 0).put_away) << seq;
  EXPECT_TRUE(room.stay(50, "x", 0).put_away);
}

// All gateways together, for some seconds: a burst alone fills nothing.
TEST(WaitingRoom, TheConsumersFiguresCountTheOtherGateways) {
  WaitingRoom room(limits());
  room.consumer_says(90, 0);
  EXPECT_FALSE(room.stay(1, "x", 0).put_away) << "looked at once";
  room.consumer_says(5, 1 * kSecond);
  room.consumer_says(90, 3 * kSecond);
  EXPECT_FALSE(room.stay(1, "x", 3 * kSecond).put_away) << "it went down in between";
  EXPECT_TRUE(room.has_room_for_held(9));
  room.consumer_says(60, 5 * kSecond);
  room.consumer_says(70, 7 * kSecond);
  EXPECT_TRUE(room.stay(1, "x", 7 * kSecond).put_away);
  EXPECT_FALSE(room.has_room_for_held(0));
}

TEST(WaitingRoom, QuirksHaveAShareOfTheirOwn) {
  const WaitingRoom room(limits());
  EXPECT_TRUE(room.has_room_for_held(9));
  EXPECT_FALSE(room.has_room_for_held(10));
}

TEST(CommonTrouble, CountsDifferentReceiptsUntilOneGetsThroughTheSame) {
  CommonTrouble trouble;
  EXPECT_EQ(trouble.failed_alone("statement a", 1), 1U);
  EXPECT_EQ(trouble.failed_alone("statement a", 1), 1U);
  EXPECT_EQ(trouble.failed_alone("statement b", 2), 1U);
  EXPECT_EQ(trouble.failed_alone("statement a", 2), 2U);
  trouble.committed({"statement b"});
  EXPECT_EQ(trouble.failed_alone("statement a", 3), 3U);
  trouble.committed({"statement a"});
  EXPECT_EQ(trouble.failed_alone("statement a", 4), 1U);
}

TEST(CommonTrouble, AHoldEndsWhenABatchGetsThroughWhatFailed) {
  CommonTrouble trouble;
  EXPECT_TRUE(trouble.is_over());
  trouble.holds("statement a", false);
  trouble.committed({"statement b"});
  EXPECT_FALSE(trouble.is_over()) << "who does not need it, commits";
  trouble.committed({"statement a"});
  EXPECT_TRUE(trouble.is_over());
  trouble.holds("statement a", true);
  EXPECT_FALSE(trouble.is_over());
  trouble.committed({});
  EXPECT_TRUE(trouble.is_over()) << "a time-out may be of any statement";
}

TEST(CommonTrouble, ForgetsRatherThanGrows) {
  CommonTrouble trouble;
  for (int i = 0; i < 64; ++i) EXPECT_EQ(trouble.failed_alone("cause " + std::to_string(i), 1), 1U);
  EXPECT_EQ(trouble.failed_alone("one more", 1), 1U);
  EXPECT_EQ(trouble.failed_alone("cause 0", 2), 1U);
  for (std::uint64_t seq = 0; seq < 100; ++seq) (void)trouble.failed_alone("cause 0", seq);
  EXPECT_EQ(trouble.failed_alone("cause 0", 1'000), 64U);
}

}  // namespace
}  // namespace dlrgw::host
