// SPDX-License-Identifier: Apache-2.0
#include "daily_report.hpp"

#include <gtest/gtest.h>

namespace dlrgw::admin_http {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

TEST(DailyReport, ADayBeginsAndEndsInUtc) {
  const auto day = parse_report_day("2024-02-29");
  ASSERT_TRUE(day);
  EXPECT_EQ(day->date, "2024-02-29");
  EXPECT_EQ(day->begins_us, 1'709'164'800'000'000);
  EXPECT_EQ(day->ends_us, day->begins_us + kDay);
  EXPECT_EQ(report_day(day->begins_us, 0).date, "2024-02-29");
  EXPECT_EQ(report_day(day->ends_us - 1, 0).date, "2024-02-29");
  EXPECT_EQ(report_day(day->ends_us, 0).date, "2024-03-01");
  EXPECT_EQ(report_day(day->ends_us, 1).date, "2024-02-29");
}

TEST(DailyReport, OnlyDaysOfTheCalendar) {
  for (const char* bad :
       {"", "2026", "2026-11", "2026-11-31", "2025-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-11-2022",
        "2026/11/22", "2026-11-22T00:00:00Z", "2026-11--1", "-026-11-01", "0000-01-01", "2026-11-2x", " 2026-11-2"})
    EXPECT_FALSE(parse_report_day(bad)) << bad;
}

TEST(DailyReport, IsToldWithItsRate) {
  const DailyReport report{"2026-11-22", std::nullopt, {{"2026-11-22", "mno-a", 200, 3, 4, 5, 6, "0.015000", true}}};
  EXPECT_EQ(
      report_json(report),
      R"({"date":"2026-11-22","createdAt":null,"operators":[{"operatorId":"mno-a","received":200,"quarantined":3,)"
      R"("late":4,"orphaned":5,"duplicates":6,"replayRate":0.015000,"flagged":true}]})");
  EXPECT_EQ(report_json({"2026-11-22", 0, {}}),
            R"({"date":"2026-11-22","createdAt":"1970-01-01T00:00:00.000Z","operators":[]})");
}

}  // namespace
}  // namespace dlrgw::admin_http
