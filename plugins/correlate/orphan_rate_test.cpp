// SPDX-License-Identifier: Apache-2.0
#include "orphan_rate.hpp"

#include <gtest/gtest.h>

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kMinute = 60'000'000;

TEST(OrphanRate, ShareOfTheWindow) {
  OrphanRate rate;
  EXPECT_DOUBLE_EQ(rate.add(0, 0, 0), 0.0);
  EXPECT_DOUBLE_EQ(rate.add(1, 3, 1), 1.0 / 3);
  EXPECT_DOUBLE_EQ(rate.add(kMinute, 7, 0), 0.1);
}

TEST(OrphanRate, ForgetsAfterFiveMinutes) {
  OrphanRate rate;
  rate.add(0, 10, 10);
  EXPECT_DOUBLE_EQ(rate.add(5 * kMinute - 1, 10, 0), 0.5);
  EXPECT_DOUBLE_EQ(rate.add(5 * kMinute, 10, 0), 0.0);
  EXPECT_DOUBLE_EQ(rate.add(60 * kMinute, 0, 0), 0.0);
}

TEST(OrphanRate, ASlotIsReusedForItsNewStep) {
  OrphanRate rate;
  rate.add(0, 1, 1);
  EXPECT_DOUBLE_EQ(rate.add(5 * kMinute, 1, 0), 0.0);
  EXPECT_DOUBLE_EQ(rate.add(5 * kMinute + 1, 1, 1), 0.5);
}

}  // namespace
}  // namespace dlrgw::correlate
