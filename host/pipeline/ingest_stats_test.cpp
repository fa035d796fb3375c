// SPDX-License-Identifier: Apache-2.0
#include "pipeline/ingest_stats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::int64_t kMinute = 60'000'000;

TEST(IngestStats, CountsByMinuteOperatorAndOutcome) {
  IngestTally first;
  first.add("a", kMinute, "applied");
  first.add("a", 2 * kMinute - 1, "applied");
  first.add("a", 2 * kMinute, "applied");
  first.add("b", kMinute, "applied");
  IngestTally second;
  second.add("a", kMinute + 7, "applied");
  second.add("a", kMinute, "duplicate");
  IngestStats stats;
  stats.add(first);
  stats.add(second);
  EXPECT_THAT(
      stats.take(),
      ElementsAre(Pair(IngestKey{kMinute, "a", "applied"}, 3), Pair(IngestKey{kMinute, "a", "duplicate"}, 1),
                  Pair(IngestKey{kMinute, "b", "applied"}, 1), Pair(IngestKey{2 * kMinute, "a", "applied"}, 1)));
  EXPECT_THAT(stats.take(), IsEmpty());
}

TEST(IngestStats, ATimeBefore1970HasItsMinuteToo) {
  IngestTally tally;
  tally.add("a", -1, "applied");
  tally.add("a", -kMinute, "applied");
  IngestStats stats;
  stats.add(tally);
  EXPECT_THAT(stats.take(), ElementsAre(Pair(IngestKey{-kMinute, "a", "applied"}, 2)));
}

}  // namespace
}  // namespace dlrgw::host
