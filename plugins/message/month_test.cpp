// SPDX-License-Identifier: Apache-2.0
#include "message/month.hpp"

#include <gtest/gtest.h>

namespace dlrgw::message {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

std::int64_t us(sys_seconds time) { return microseconds(time.time_since_epoch()).count(); }
std::int64_t at(year_month_day day, seconds time = 0s) { return us(sys_days(day) + time); }

TEST(Month, BordersAreThoseOfUtc) {
  EXPECT_EQ(month_of(at(2026y / 1 / 31, 24h - 1s)), 2026y / 1);
  EXPECT_EQ(month_of(at(2026y / 1 / 31, 24h) - 1), 2026y / 1) << "a microsecond before";
  EXPECT_EQ(month_of(at(2026y / 2 / 1)), 2026y / 2);
  EXPECT_EQ(first_us(2024y / 2), at(2024y / 2 / 1));
  EXPECT_EQ(month_text(2026y / 1), "2026-01");
  EXPECT_EQ(month_date(2026y / 12), "2026-12-01");
}

TEST(Month, NamesOfPartitions) {
  EXPECT_EQ(month_of_partition("orphan_dlrs", "orphan_dlrs_2026_01"), 2026y / 1);
  for (const char* other : {"orphan_dlrs_default", "orphan_dlrs_2026_13", "orphan_dlrs_2026_00", "orphan_dlrs_2026_1",
                            "orphan_dlrs_2026-01", "orphan_dlrs_2026_011", "orphan_dlrs_", "late_dlrs_2026_01",
                            "orphan_dlrs_x026_01", "orphan_dlrs_2026_+1"})
    EXPECT_FALSE(month_of_partition("orphan_dlrs", other)) << other;
}

TEST(Month, PartitionsFromTheOldestReceiptToThreeMonthsAhead) {
  const auto plan = [](std::int64_t now) { return partitions_needed(now); };
  EXPECT_EQ(plan(at(2026y / 11 / 23)).first, 2026y / 11);
  EXPECT_EQ(plan(at(2026y / 11 / 23)).count, 4U) << "this month and three ahead";
  // Early in a month receipts of the month before still come.
  EXPECT_EQ(plan(at(2026y / 11 / 10, 12h)).first, 2026y / 10);
  EXPECT_EQ(plan(at(2026y / 11 / 10, 12h)).count, 5U);
  EXPECT_EQ(plan(at(2026y / 11 / 11)).first, 2026y / 11);
  EXPECT_EQ(plan(at(2026y / 12 / 31, 24h - 1s)).first, 2026y / 12);
  EXPECT_EQ(plan(at(2027y / 1 / 1)).first, 2026y / 12);
  EXPECT_EQ(plan(at(2027y / 1 / 1)).count, 5U) << "over the end of the year";
}

// A clock that is behind or ahead by less than the margin names no month that others lack or have archived.
TEST(Month, ASkewedClockStillCoversTheMonthOfTheOthers) {
  const std::int64_t border = at(2026y / 12 / 1);
  for (const seconds skew : {-300s, 300s, -86400s, 86400s}) {
    const PartitionPlan plan = partitions_needed(border + microseconds(skew).count());
    EXPECT_LE(plan.first, 2026y / 11) << skew.count();
    EXPECT_GE(plan.first + months(plan.count - 1), 2027y / 2) << skew.count();
  }
}

TEST(Month, IsOldWhenItsLastDayIs) {
  EXPECT_FALSE(older_than(2026y / 1, days(30), at(2026y / 3 / 3) - 1));
  EXPECT_TRUE(older_than(2026y / 1, days(30), at(2026y / 3 / 3)));
  EXPECT_FALSE(older_than(2026y / 3, days(0), at(2026y / 3 / 31)));
  EXPECT_TRUE(older_than(2026y / 3, days(0), at(2026y / 4 / 1)));
}

}  // namespace
}  // namespace dlrgw::message
