// SPDX-License-Identifier: Apache-2.0
#include "boundary/quirk_breaker.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using Change = QuirkBreaker::Change;

std::shared_ptr<std::atomic<std::size_t>> counter() { return std::make_shared<std::atomic<std::size_t>>(0); }

void open(QuirkBreaker& breaker, std::int64_t now_us) {
  for (std::uint32_t i = 1; i < kQuirkFailuresToOpen; ++i) EXPECT_EQ(breaker.failed(now_us, "broken"), Change::kNone);
  EXPECT_EQ(breaker.failed(now_us, "broken at last"), Change::kOpened);
}

TEST(QuirkBreaker, OpensAfterFailuresInARowOnly) {
  QuirkBreaker breaker(counter());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(breaker.failed(0, "x"), Change::kNone);
    EXPECT_EQ(breaker.worked(), Change::kNone);
  }
  open(breaker, 0);
  EXPECT_TRUE(breaker.state().open);
  EXPECT_EQ(breaker.state().last_error, "broken at last");
}

TEST(QuirkBreaker, ProbesOnceAtATimeAndClosesWhenItWorks) {
  QuirkBreaker breaker(counter());
  open(breaker, 0);
  EXPECT_FALSE(breaker.admit(kQuirkProbeEveryUs - 1));
  EXPECT_TRUE(breaker.admit(kQuirkProbeEveryUs));
  EXPECT_FALSE(breaker.admit(kQuirkProbeEveryUs)) << "one probe";
  EXPECT_EQ(breaker.failed(kQuirkProbeEveryUs, "still"), Change::kNone);
  EXPECT_FALSE(breaker.admit(2 * kQuirkProbeEveryUs - 1));
  EXPECT_TRUE(breaker.admit(2 * kQuirkProbeEveryUs));
  EXPECT_EQ(breaker.worked(), Change::kClosed);
  EXPECT_TRUE(breaker.admit(2 * kQuirkProbeEveryUs));
}

TEST(QuirkBreaker, ResetByHand) {
  QuirkBreaker breaker(counter());
  open(breaker, 0);
  breaker.reset();
  EXPECT_TRUE(breaker.admit(0));
  EXPECT_FALSE(breaker.state().open);
  EXPECT_EQ(breaker.worked(), Change::kClosed) << "told once it has worked";
  EXPECT_EQ(breaker.worked(), Change::kNone);
}

TEST(QuirkBreaker, HoldsWhileThereIsRoomForAllQuirksAndCountsEachReceiptOnce) {
  const auto all = counter();
  QuirkBreaker other(all);
  EXPECT_TRUE(other.hold(7, 0, true));
  QuirkBreaker breaker(all);
  EXPECT_TRUE(breaker.hold(1, 0, true));
  EXPECT_TRUE(breaker.hold(1, 1, true));
  EXPECT_TRUE(breaker.hold(2, 0, true));
  EXPECT_FALSE(breaker.hold(3, 0, false));
  EXPECT_TRUE(breaker.hold(1, 2, false)) << "it is held already";
  breaker.release(2);
  EXPECT_TRUE(breaker.hold(3, 2, true));
  EXPECT_TRUE(breaker.hold(4, 3 + kQuirkHoldForgottenUs, false)) << "the others were not seen for a minute";
  EXPECT_EQ(breaker.state().held, 1U);
  EXPECT_EQ(breaker.held_by_all(), 2U) << "the other quirk's one";
}

}  // namespace
}  // namespace dlrgw::host
