// SPDX-License-Identifier: Apache-2.0
#include "bench/ceiling.hpp"

#include <array>

#include <gtest/gtest.h>

namespace dlrgw::bench {
namespace {

// 100 receipts in one second and 100 in three are 50 per second, not the mean of 100 and 33.
TEST(BenchCeiling, MeanIsAllReceiptsOverAllTheTime) {
  const Ceiling both = mean(std::array{Ceiling{100, 80}, Ceiling{100.0 / 3, 120}});
  EXPECT_DOUBLE_EQ(both.receipts_per_s, 50);
  EXPECT_DOUBLE_EQ(both.postgres_cpu_us, 100);
}

}  // namespace
}  // namespace dlrgw::bench
