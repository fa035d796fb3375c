// SPDX-License-Identifier: Apache-2.0
#include "posix_zone.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kHour = 3600;

std::int64_t at(int y, unsigned mo, unsigned d, int h = 0, int mi = 0) {
  const auto days = std::chrono::sys_days(
      std::chrono::year_month_day{std::chrono::year{y}, std::chrono::month{mo}, std::chrono::day{d}});
  return ((std::int64_t{days.time_since_epoch().count()} * 24 + h) * 60 + mi) * 60;
}

TEST(PosixZone, WithoutDaylightSavingTime) {
  EXPECT_EQ(PosixZone::parse("UTC0").value().offset_at(0), 0);
  EXPECT_EQ(PosixZone::parse("IST-5:30").value().offset_at(at(2026, 7, 1)), 5 * kHour + 1800);
  EXPECT_EQ(PosixZone::parse("<-03>3").value().offset_at(at(2026, 1, 1)), -3 * kHour);
  EXPECT_EQ(PosixZone::parse("<+1245>-12:45:30").value().offset_at(0), 12 * kHour + 45 * 60 + 30);
}

TEST(PosixZone, NorthernSummer) {
  const PosixZone zone = PosixZone::parse("CET-1CEST,M3.5.0,M10.5.0/3").value();
  EXPECT_EQ(zone.offset_at(at(2026, 3, 29, 0, 59)), kHour);
  EXPECT_EQ(zone.offset_at(at(2026, 3, 29, 1)), 2 * kHour);
  EXPECT_EQ(zone.offset_at(at(2026, 10, 25, 0, 59)), 2 * kHour);
  EXPECT_EQ(zone.offset_at(at(2026, 10, 25, 1)), kHour);
  EXPECT_EQ(zone.offset_at(at(2099, 7, 1)), 2 * kHour);
}

TEST(PosixZone, SouthernSummerSpansTheNewYear) {
  const PosixZone zone = PosixZone::parse("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0").value();
  EXPECT_EQ(zone.offset_at(at(2026, 1, 1)), 11 * kHour);
  EXPECT_EQ(zone.offset_at(at(2026, 12, 31, 23, 59)), 11 * kHour);
  EXPECT_EQ(zone.offset_at(at(2026, 4, 4, 14, 59)), 11 * kHour);
  EXPECT_EQ(zone.offset_at(at(2026, 4, 4, 15)), 10 * kHour + 1800);
  EXPECT_EQ(zone.offset_at(at(2026, 10, 3, 15, 29)), 10 * kHour + 1800);
  EXPECT_EQ(zone.offset_at(at(2026, 10, 3, 15, 30)), 11 * kHour);
}

TEST(PosixZone, ChangesOffTheirDayAndWinterTimeAsTheException) {
  const PosixZone greenland = PosixZone::parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0").value();
  EXPECT_EQ(greenland.offset_at(at(2026, 3, 29, 0, 59)), -2 * kHour);
  EXPECT_EQ(greenland.offset_at(at(2026, 3, 29, 1)), -1 * kHour);
  const PosixZone dublin = PosixZone::parse("IST-1GMT0,M10.5.0,M3.5.0/1").value();
  EXPECT_EQ(dublin.offset_at(at(2026, 1, 1)), 0);
  EXPECT_EQ(dublin.offset_at(at(2026, 7, 1)), kHour);
  const PosixZone gaza = PosixZone::parse("EET-2EEST,M3.4.4/50,M10.4.4/50").value();  // Thursday + 50 h
  EXPECT_EQ(gaza.offset_at(at(2026, 3, 27, 23, 59)), 2 * kHour);
  EXPECT_EQ(gaza.offset_at(at(2026, 3, 28)), 3 * kHour);
}

TEST(PosixZone, DaysOfTheYear) {
  const PosixZone julian = PosixZone::parse("AAA0BBB,J60/0,J300/0").value();  // 1 March in every year
  EXPECT_EQ(julian.offset_at(at(2024, 2, 29, 23, 59)), 0);
  EXPECT_EQ(julian.offset_at(at(2024, 3, 1)), kHour);
  EXPECT_EQ(julian.offset_at(at(2026, 3, 1)), kHour);
  const PosixZone of_year = PosixZone::parse("AAA0BBB,59/0,300/0").value();  // 29 February in leap years
  EXPECT_EQ(of_year.offset_at(at(2024, 2, 29)), kHour);
  EXPECT_EQ(of_year.offset_at(at(2026, 2, 28, 23, 59)), 0);
  const PosixZone all_year = PosixZone::parse("XXX3EDT4,0/0,J365/23").value();
  EXPECT_EQ(all_year.offset_at(at(2026, 1, 1, 2, 59)), -4 * kHour);
  EXPECT_EQ(all_year.offset_at(at(2026, 6, 1)), -4 * kHour);
}

TEST(PosixZone, RefusesWhatIsNoRule) {
  for (const char* text : {"",
                           "CET",
                           "-1",
                           "CE-1",
                           "CET-25",
                           "CET-1:60",
                           "CET-1CEST",
                           "CET-1CEST,",
                           "CET-1CEST,M3.5.0",
                           "CET-1CEST,M3.5.0,",
                           "CET-1CEST,M0.5.0,M10.5.0",
                           "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.0.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0",
                           "CET-1CEST,M3.5.7,M10.5.0",
                           "CET-1CEST,M3.5,M10.5.0",
                           "CET-1CEST,J0,J1",
                           "CET-1CEST,366,1",
                           "CET-1CEST,M3.5.0/168,M10.5.0",
                           "CET-1CEST,M3.5.0,M10.5.0/3x",
                           "CET-1 ",
                           "<CET-1",
                           "<>1",
                           "<C E>1",
                           "CET-",
                           "CET99999999999999999999"}) {
    EXPECT_FALSE(PosixZone::parse(text)) << text;
  }
}

}  // namespace
}  // namespace dlrgw::normalise
