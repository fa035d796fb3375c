// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log_limit.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(LogLimit, OneLinePerKeyAndSecondThatCountsTheOthers) {
  LogLimit limit;
  EXPECT_EQ(limit.admit("a", 1'000'000), 0U);
  EXPECT_EQ(limit.admit("a", 1'500'000), std::nullopt);
  EXPECT_EQ(limit.admit("a", 1'999'999), std::nullopt);
  EXPECT_EQ(limit.admit("b", 1'500'000), 0U);
  EXPECT_EQ(limit.admit("a", 2'000'000), 2U);
  EXPECT_EQ(limit.admit("a", 3'000'000), 0U);
}

}  // namespace
}  // namespace dlrgw::host
