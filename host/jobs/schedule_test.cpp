// SPDX-License-Identifier: Apache-2.0
#include "jobs/schedule.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMidnight = 1'795'392'000 * kSecond;  // 2026-11-23T00:00:00Z

TEST(Schedule, ReadsTheThreeForms) {
  EXPECT_EQ(Schedule::parse("continuous")->kind, Schedule::Kind::kContinuous);
  EXPECT_EQ(Schedule::parse("every 5m")->period_us, 300 * kSecond);
  EXPECT_EQ(Schedule::parse("daily 02:30")->time_of_day_us, 9000 * kSecond);
}

TEST(Schedule, RefusesEverythingElse) {
  for (const char* text : {"", "hourly", "every", "every 5", "every 10ms", "every -5m", "daily 2:00", "daily 24:00",
                           "daily 02:60", "daily 0a:00", "Daily 02:00"}) {
    EXPECT_FALSE(Schedule::parse(text)) << text;
  }
}

TEST(Schedule, DailyWaitsForTheNextOccurrence) {
  const Schedule daily = *Schedule::parse("daily 02:00");
  EXPECT_EQ(daily.first_wait_us(kMidnight), 7200 * kSecond);
  EXPECT_EQ(daily.first_wait_us(kMidnight + 7200 * kSecond), 86'400 * kSecond);
  EXPECT_EQ(daily.next_wait_us(900 * kSecond, kMidnight + 8100 * kSecond), 85'500 * kSecond);
}

TEST(Schedule, ARunThatTookLongerThanItsPeriodLeavesTurnsOutAndKeepsTheRhythm) {
  const Schedule every = *Schedule::parse("every 10s");
  EXPECT_EQ(every.first_wait_us(kMidnight), 10 * kSecond);
  EXPECT_EQ(every.next_wait_us(2 * kSecond, kMidnight), 8 * kSecond);
  EXPECT_EQ(every.next_wait_us(10 * kSecond, kMidnight), 10 * kSecond);
  EXPECT_EQ(every.next_wait_us(33 * kSecond, kMidnight), 7 * kSecond);
  EXPECT_FALSE(every.overruns(10 * kSecond));
  EXPECT_TRUE(every.overruns(11 * kSecond));
  const Schedule continuous = *Schedule::parse("continuous");
  EXPECT_EQ(continuous.first_wait_us(kMidnight), 0);
  EXPECT_EQ(continuous.next_wait_us(500 * kSecond, kMidnight), kSecond);
  EXPECT_FALSE(continuous.overruns(500 * kSecond));
}

TEST(Schedule, AfterATakeoverADailyTurnIsRunAgainForAnHour) {
  const Schedule daily = *Schedule::parse("daily 02:00");
  const std::int64_t two = kMidnight + 7200 * kSecond;
  EXPECT_TRUE(daily.again_after_takeover(two));
  EXPECT_TRUE(daily.again_after_takeover(two + 3599 * kSecond));
  EXPECT_FALSE(daily.again_after_takeover(two + 3600 * kSecond));
  EXPECT_FALSE(daily.again_after_takeover(two - kSecond));
  EXPECT_TRUE(Schedule::parse("every 5m")->again_after_takeover(two));
  EXPECT_TRUE(Schedule::parse("continuous")->again_after_takeover(two));
}

}  // namespace
}  // namespace dlrgw::host
