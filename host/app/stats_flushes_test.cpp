// SPDX-License-Identifier: Apache-2.0
#include "app/stats_flushes.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

class StatsFlushesTest : public testing::Test {
 protected:
  void count(std::int64_t receipts, const std::string& outcome = "applied") {
    IngestTally tally;
    for (std::int64_t i = 0; i < receipts; ++i) tally.add("mno-a", 120'000'000, outcome);
    stats_.add(tally);
  }
  static std::int64_t sum(const StatsFlushes::Flush& flush) {
    std::int64_t out = 0;
    for (const auto& [key, n] : flush.counts) out += n;
    return out;
  }

  IngestStats stats_;
  StatsFlushes flushes_{"gateway-0/17"};
};

TEST_F(StatsFlushesTest, EachFlushHasAKeyOfItsOwn) {
  EXPECT_EQ(flushes_.next(stats_), nullptr) << "nothing was counted";
  count(3);
  const StatsFlushes::Flush* flush = flushes_.next(stats_);
  ASSERT_NE(flush, nullptr);
  const std::string first = flush->instance;
  EXPECT_TRUE(first.starts_with("gateway-0/17#")) << first;
  EXPECT_EQ(sum(*flush), 3);
  flushes_.stored();
  EXPECT_FALSE(flushes_.is_left_over());
  count(1);
  flush = flushes_.next(stats_);
  ASSERT_NE(flush, nullptr);
  EXPECT_NE(flush->instance, first);
}

TEST_F(StatsFlushesTest, OneThatWasNotStoredComesAgainUnchanged) {
  count(3);
  const StatsFlushes::Flush before = *flushes_.next(stats_);
  count(2, "duplicate");
  EXPECT_TRUE(flushes_.is_left_over());
  const StatsFlushes::Flush* again = flushes_.next(stats_);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->instance, before.instance) << "under the same key, in case the answer alone was lost";
  EXPECT_EQ(again->counts, before.counts);
  flushes_.stored();
  const StatsFlushes::Flush* then = flushes_.next(stats_);
  ASSERT_NE(then, nullptr);
  EXPECT_EQ(sum(*then), 2);
}

TEST_F(StatsFlushesTest, WhatIsGivenUpIsCountedOnce) {
  count(3);
  static_cast<void>(flushes_.next(stats_));
  count(2);
  EXPECT_EQ(flushes_.give_up(stats_), 5);
  EXPECT_EQ(flushes_.give_up(stats_), 0);
  EXPECT_EQ(flushes_.next(stats_), nullptr);
}

}  // namespace
}  // namespace dlrgw::host
