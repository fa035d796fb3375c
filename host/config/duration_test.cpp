// SPDX-License-Identifier: Apache-2.0
#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration_us("500ms"), 500'000);
  EXPECT_EQ(parse_duration_us("3s"), 3'000'000);
  EXPECT_EQ(parse_duration_us("5m"), 300'000'000);
  EXPECT_EQ(parse_duration_us("24h"), 86'400'000'000);
  EXPECT_EQ(parse_duration_us("30d"), 2'592'000'000'000);
  EXPECT_EQ(parse_duration_us("0s"), 0);
}

TEST(Duration, RefusesTheRest) {
  for (const char* text : {"", "3", "s", "3 s", " 3s", "3S", "-3s", "-0s", "1.5s", "3sec", "1h30m",
                           "99999999999999999999s", "36501d", "9223372036854775807d"})
    EXPECT_EQ(parse_duration_us(text), std::nullopt) << text;
}

}  // namespace
}  // namespace dlrgw::host
