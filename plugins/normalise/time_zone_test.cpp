#include "time_zone.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

TEST(TimeZone, Offsets) {
  const auto shift = [](std::string_view name) { return TimeZone::parse(name).value().to_utc_s(0); };
  EXPECT_EQ(shift("UTC"), 0);
  EXPECT_EQ(shift("GMT"), 0);
  EXPECT_EQ(shift("Z"), 0);
  EXPECT_EQ(shift("+05:30"), -19800);
  EXPECT_EQ(shift("+0530"), -19800);
  EXPECT_EQ(shift("UTC+05:30"), -19800);
  EXPECT_EQ(shift("-3"), 10800);
  EXPECT_EQ(shift("-03:30"), 12600);
  EXPECT_EQ(shift("+14"), -50400);
  EXPECT_EQ(TimeZone().to_utc_s(7), 7);
}

TEST(TimeZone, RefusesWhatItCannotKnow) {
  for (const char* name : {"", "Asia/Kolkata", "CET", "5", "+", "+:", "+5:3", "+05:60", "+15", "+14:30", "+053",
                           "+05300", "UTC5", "utc", "+5x"}) {
    EXPECT_FALSE(TimeZone::parse(name)) << name;
  }
}

}  // namespace
}  // namespace dlrgw::normalise
