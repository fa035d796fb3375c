// SPDX-License-Identifier: Apache-2.0
#include "date_format.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

std::string refusal(std::string_view format) {
  const auto made = DateFormat::compile(format);
  const auto* text = std::get_if<std::string>(&made);
  return text == nullptr ? std::string() : *text;
}

std::optional<std::int64_t> read(std::string_view format, std::string_view text) {
  const auto made = DateFormat::compile(format);
  const auto* compiled = std::get_if<DateFormat>(&made);
  if (compiled == nullptr) {
    ADD_FAILURE() << format << " " << std::get<std::string>(made);
    return std::nullopt;
  }
  const auto reading = compiled->read(text);
  if (!reading) return std::nullopt;
  return reading->local_us - reading->offset_s.value_or(0) * 1'000'000;
}

constexpr std::int64_t kAt = 1'795'412'738'000'000;  // 2026-11-23T05:45:38Z

TEST(DateFormat, ReadsTheLettersOfStrptime) {
  const std::pair<const char*, const char*> cases[] = {{"%Y-%m-%d %H:%M:%S", "2026-11-23 05:45:38"},
                                                       {"%F %T", "2026-11-23 05:45:38"},
                                                       {"%D %T", "11/23/26 05:45:38"},
                                                       {"%d%m%y%H%M%S", "231126054538"},
                                                       {"%e. %B %Y, %I:%M:%S %p", "23. November 2026, 5:45:38 am"},
                                                       {"%a %b %d %T %Y", "Mon Nov 23 05:45:38 2026"},
                                                       {"%A, %d-%b-%Y %k:%M:%S", "monday, 23-nov-2026  5:45:38"},
                                                       {"%Y%j%H%M%S", "2026327054538"},
                                                       {"%s", "1795412738"},
                                                       {"%FT%T%z", "2026-11-23T11:15:38+0530"},
                                                       {"%FT%T%z", "2026-11-23T05:45:38Z"},
                                                       {"%F%n%T", "2026-11-23   05:45:38"},
                                                       {"%F%t%R:%S%%", "2026-11-23 05:45:38%"}};
  for (const auto& [format, text] : cases) EXPECT_EQ(read(format, text), kAt) << format;
  EXPECT_EQ(read("%F %T", "2026-11-23 05:45:38.25"), kAt + 250'000);
  EXPECT_EQ(read("%F %R", "2026-11-23 05:45"), kAt - 38'000'000);
}

TEST(DateFormat, WhatDoesNotFitIsNoDate) {
  for (const char* text : {"", "2026-11-23", "2026-11-23 05:45:38 ", "2026-13-23 05:45:38", "2026-02-30 05:45:38",
                           "2026-11-23 24:00:00", "x2026-11-23 05:45:38", "2026-11-23 05:4x:38"})
    EXPECT_FALSE(read("%F %T", text)) << text;
  EXPECT_FALSE(read("%F %I:%M %p", "2026-11-23 13:00 PM"));
  EXPECT_FALSE(read("%Y%j%H%M", "20263671200"));
  EXPECT_EQ(read("%F %I:%M %p", "2026-11-23 12:00 AM"), read("%F %R", "2026-11-23 00:00"));
}

// A format that cannot tell a time, or writes what it reads as another one.
TEST(DateFormat, RefusesWhatCannotRoundTrip) {
  EXPECT_EQ(refusal("%d%m%H%M"), "does not say the year; add %Y or %y");
  EXPECT_EQ(refusal("%Y%d%H%M"), "does not say the month; add %m or %b");
  EXPECT_EQ(refusal("%Y%m%H%M"), "does not say the day; add %d");
  EXPECT_EQ(refusal("%F"), "does not say the hour; add %H, or %I and %p");
  EXPECT_EQ(refusal("%F %H"), "does not say the minute; add %M");
  EXPECT_EQ(refusal("%F %I:%M"), "gives 12 hours without saying which half of the day; add %p, or use %H");
  EXPECT_EQ(refusal("%F %T %Z"),
            "holds %Z: a zone's letters do not tell its offset; use %z, or leave it out and set time_zone");
  EXPECT_NE(refusal("%F %Q").find("holds \"%Q\", which is no letter of a date"), std::string::npos);
  EXPECT_NE(refusal("%F %T%").find("holds \"%\""), std::string::npos);
  EXPECT_NE(refusal("%s%F %R"), "") << "seconds run into the year";
}

TEST(DateFormat, Offsets) {
  EXPECT_EQ(read_offset("Z"), 0);
  EXPECT_EQ(read_offset("UTC"), 0);
  EXPECT_EQ(read_offset("+05:30"), 19'800);
  EXPECT_EQ(read_offset("-0330"), -12'600);
  EXPECT_EQ(read_offset("+5"), 18'000);
  for (const char* text : {"", "+", "5", "+15", "+14:01", "+05:60", "+05:3", "+05:300", "+0530x", "IST"})
    EXPECT_FALSE(read_offset(text)) << text;
}

}  // namespace
}  // namespace dlrgw::normalise
