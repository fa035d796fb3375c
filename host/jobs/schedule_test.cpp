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
  EXPECT_EQ(daily.wait_us(kMidnight), 7200 * kSecond);
  EXPECT_EQ(daily.wait_us(kMidnight + 7200 * kSecond), 86'400 * kSecond);
  EXPECT_EQ(daily.wait_us(kMidnight + 7201 * kSecond), 86'399 * kSecond);
}

}  // namespace
}  // namespace dlrgw::host
