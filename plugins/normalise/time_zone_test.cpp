// SPDX-License-Identifier: Apache-2.0
#include "time_zone.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

TEST(TimeZone, Offsets) {
  const auto shift = [](std::string_view name) { return TimeZone::fixed(name).value().to_utc(0).first_s; };
  EXPECT_EQ(shift("UTC"), 0);
  EXPECT_EQ(shift("GMT"), 0);
  EXPECT_EQ(shift("Z"), 0);
  EXPECT_EQ(shift("+05:30"), -19800);
  EXPECT_EQ(shift("+0530"), -19800);
  EXPECT_EQ(shift("UTC+05:30"), -19800);
  EXPECT_EQ(shift("-3"), 10800);
  EXPECT_EQ(shift("-03:30"), 12600);
  EXPECT_EQ(shift("+14"), -50400);
  EXPECT_EQ(TimeZone().to_utc(7).first_s, 7);
}

TEST(TimeZone, RefusesWhatIsNoOffset) {
  for (const char* name : {"", "Asia/Kolkata", "CET", "5", "+", "+:", "+5:3", "+05:60", "+15", "+14:30", "+053",
                           "+05300", "UTC5", "utc", "+5x"}) {
    EXPECT_FALSE(TimeZone::fixed(name)) << name;
  }
}

TEST(TimeZone, OfTheDatabase) {
  EXPECT_EQ(TimeZone::of("Asia/Kolkata").value().to_utc(19800).first_s, 0);
  EXPECT_EQ(TimeZone::of("Etc/GMT-5").value().to_utc(5 * 3600).first_s, 0);
  EXPECT_EQ(TimeZone::of("+05:30").value().to_utc(19800).first_s, 0);
  EXPECT_EQ(TimeZone::of("UTC").value().to_utc(1).first_s, 1);
}

TEST(TimeZone, RefusesNamesThatAreNotInTheDatabase) {
  for (const char* name :
       {"", "Mars/Olympus", "Europe", "Europe/", "europe/berlin", "/usr/share/zoneinfo/Europe/Berlin",
        "../zoneinfo/Europe/Berlin", "Europe/Berlin ", "zone.tab", "tzdata.zi", "right/Europe/Berlin"}) {
    EXPECT_FALSE(TimeZone::named(name)) << name;
  }
  EXPECT_FALSE(TimeZone::named(std::string(65, 'a')));
  EXPECT_FALSE(TimeZone::named("Europe/Berlin", "/nonexistent"));
}

// Seconds of local and UTC time around the changes of 2026 in Berlin: 29 March and 25 October, 01:00 UTC.
constexpr std::int64_t kForward = 1'774'746'000;
constexpr std::int64_t kBack = 1'792'890'000;

TEST(TimeZone, WhenTheClocksGoBackAnHourIsTwoMoments) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin").value();
  const auto twice = berlin.to_utc(kBack + 3600 + 1800);  // 02:30
  EXPECT_EQ(twice.first_s, kBack - 1800);
  EXPECT_EQ(twice.other_s, kBack + 1800);
  for (const std::int64_t local_s : {kBack + 3600 - 1, kBack + 7200}) {  // 01:59:59 and 03:00
    const auto once = berlin.to_utc(local_s);
    EXPECT_EQ(once.first_s, local_s < kBack + 7200 ? local_s - 7200 : local_s - 3600);
    EXPECT_FALSE(once.other_s);
  }
}

TEST(TimeZone, WhenTheClocksGoForwardAnHourIsReadEitherWay) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin").value();
  const auto never = berlin.to_utc(kForward + 3600 + 1800);  // 02:30
  EXPECT_EQ(never.first_s, kForward - 1800);
  EXPECT_EQ(never.other_s, kForward + 1800);
  EXPECT_EQ(berlin.to_utc(kForward + 3599).first_s, kForward - 1);
  EXPECT_FALSE(berlin.to_utc(kForward + 3599).other_s);
  EXPECT_EQ(berlin.to_utc(kForward + 7200).first_s, kForward);
  EXPECT_FALSE(berlin.to_utc(kForward + 7200).other_s);
}

TEST(TimeZone, ADayThatNeverWas) {  // Samoa went from 29 to 31 December 2011
  const TimeZone apia = TimeZone::named("Pacific/Apia").value();
  const std::int64_t noon_30 = 1'325'246'400;
  const auto moments = apia.to_utc(noon_30);
  EXPECT_EQ(moments.first_s, noon_30 - 14 * 3600);
  EXPECT_EQ(moments.other_s, noon_30 + 10 * 3600);
}

}  // namespace
}  // namespace dlrgw::normalise
