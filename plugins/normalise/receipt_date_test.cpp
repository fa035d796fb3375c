// SPDX-License-Identifier: Apache-2.0
#include "receipt_date.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

std::int64_t at(int y, unsigned mo, unsigned d, int h = 0, int mi = 0, int s = 0) {
  const auto days = std::chrono::sys_days(
      std::chrono::year_month_day{std::chrono::year{y}, std::chrono::month{mo}, std::chrono::day{d}});
  return (((std::int64_t{days.time_since_epoch().count()} * 24 + h) * 60 + mi) * 60 + s) * 1'000'000;
}

TEST(ReceiptDate, TenTwelveFourteenDigits) {
  const std::int64_t near = at(2026, 9, 13, 12);
  const TimeZone utc;
  EXPECT_EQ(read_receipt_date("2609131105", utc, near).us, at(2026, 9, 13, 11, 5));
  EXPECT_EQ(read_receipt_date("260913110507", utc, near).us, at(2026, 9, 13, 11, 5, 7));
  EXPECT_EQ(read_receipt_date("202609131105", utc, near).us, at(2026, 9, 13, 11, 5));
  EXPECT_EQ(read_receipt_date("20260913110507", utc, near).us, at(2026, 9, 13, 11, 5, 7));
}

TEST(ReceiptDate, OperatorsZone) {
  const TimeZone zone = TimeZone::fixed("+05:30").value();
  EXPECT_EQ(read_receipt_date("2609131405", zone, at(2026, 9, 13, 9)).us, at(2026, 9, 13, 8, 35));
}

// 25 October 2026: at 01:00 UTC the clocks in Berlin go from 03:00 back to 02:00, so that 02:30 comes twice.
TEST(ReceiptDate, TheHourThatComesTwiceIsTheOneNearestToTheReceipt) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin").value();
  EXPECT_EQ(read_receipt_date("2610250230", berlin, at(2026, 10, 25, 0, 31)).us, at(2026, 10, 25, 0, 30));
  EXPECT_EQ(read_receipt_date("2610250230", berlin, at(2026, 10, 25, 1, 31)).us, at(2026, 10, 25, 1, 30));
  EXPECT_EQ(read_receipt_date("2610250230", berlin, at(2026, 10, 27)).us, at(2026, 10, 25, 1, 30));
  EXPECT_EQ(read_receipt_date("2610250159", berlin, at(2026, 10, 25, 1, 31)).us, at(2026, 10, 24, 23, 59));
  EXPECT_EQ(read_receipt_date("2610250300", berlin, at(2026, 10, 25, 0, 31)).us, at(2026, 10, 25, 2, 0));
}

// 29 March 2026: at 01:00 UTC the clocks there go from 02:00 on to 03:00; 02:30 was never shown.
TEST(ReceiptDate, TheHourThatNeverWasIsTheReadingNearestToTheReceipt) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin").value();
  EXPECT_EQ(read_receipt_date("2603290230", berlin, at(2026, 3, 29, 1, 31)).us, at(2026, 3, 29, 1, 30));
  EXPECT_EQ(read_receipt_date("2603290230", berlin, at(2026, 3, 29, 0, 31)).us, at(2026, 3, 29, 0, 30));
  EXPECT_EQ(read_receipt_date("2603290159", berlin, at(2026, 3, 29, 1)).us, at(2026, 3, 29, 0, 59));
  EXPECT_EQ(read_receipt_date("2603290300", berlin, at(2026, 3, 29, 1)).us, at(2026, 3, 29, 1, 0));
}

TEST(ReceiptDate, SummerAndWinterOfAZone) {
  const TimeZone berlin = TimeZone::named("Europe/Berlin").value();
  EXPECT_EQ(read_receipt_date("2607011200", berlin, at(2026, 7, 1, 10)).us, at(2026, 7, 1, 10));
  EXPECT_EQ(read_receipt_date("2612011200", berlin, at(2026, 12, 1, 11)).us, at(2026, 12, 1, 11));
}

TEST(ReceiptDate, AmbiguousTwelveDigitsTakeTheNearest) {
  const TimeZone utc;
  EXPECT_EQ(read_receipt_date("200101010030", utc, at(2020, 1, 2)).us, at(2020, 1, 1, 1, 0, 30));
  EXPECT_EQ(read_receipt_date("200101010030", utc, at(2001, 1, 2)).us, at(2001, 1, 1, 0, 30));
  EXPECT_EQ(read_receipt_date("200101010030", utc, at(2026, 1, 2)).us, std::nullopt);
  // Both readings lie within the year: 2020-08-19 05:05 and 2020-08-19 is not YYMMDD "20-20-08".
  EXPECT_EQ(read_receipt_date("202008190505", utc, at(2020, 8, 19, 6)).us, at(2020, 8, 19, 5, 5));
}

TEST(ReceiptDate, CalendarIsChecked) {
  const TimeZone utc;
  for (const char* text : {"9902310000", "2602290000", "2613010000", "2600010000", "2601000000", "2601012400",
                           "2601010060", "260101000060"}) {
    const ReceiptDate date = read_receipt_date(text, utc, at(2026, 3, 1));
    EXPECT_FALSE(date.us) << text;
    EXPECT_TRUE(date.dropped) << text;
  }
  EXPECT_EQ(read_receipt_date("2402290000", utc, at(2024, 3, 1)).us, at(2024, 2, 29));
}

TEST(ReceiptDate, ImplausibleIsDropped) {
  const TimeZone utc;
  const std::int64_t now = at(2026, 11, 23);
  EXPECT_TRUE(read_receipt_date("7001010000", utc, now).dropped);
  EXPECT_TRUE(read_receipt_date("2611250000", utc, now).dropped);   // two days ahead
  EXPECT_FALSE(read_receipt_date("2611232359", utc, now).dropped);  // within a day: a zone mistake
  EXPECT_TRUE(read_receipt_date("2511210000", utc, now).dropped);
  EXPECT_FALSE(read_receipt_date("2511240000", utc, now).dropped);
}

TEST(ReceiptDate, UnixTimeWithAFraction) {
  const TimeZone utc;
  const std::int64_t when = at(2026, 11, 23, 5, 45, 30);
  for (const auto& [text, us] : {std::pair{"1795412730", 0},
                                 {"1795412730.25", 250'000},
                                 {"1795412730250", 250'000},
                                 {"1795412730250001", 250'001},
                                 {"1795412730250001999", 250'001}})
    EXPECT_EQ(read_receipt_date(text, utc, when).us, when + us) << text;
  for (const char* text : {"1795412730250.5", "179541273025", "17954127302500019990"})
    EXPECT_TRUE(read_receipt_date(text, utc, when).dropped) << text;
}

TEST(ReceiptDate, TheYearFirstWhateverPartsTheFields) {
  const TimeZone utc;
  const std::int64_t when = at(2026, 11, 23, 5, 45, 30);
  for (const auto& [text, us] : {std::pair{"2026/11/23 05:45:30", 0},
                                 {"2026.11.23 05:45:30", 0},
                                 {"2026-11-23-05.45.30.250000", 250'000},
                                 {"2026-11-23_05:45:30", 0},
                                 {"2026-11-23, 05:45:30", 0},
                                 {"20261123054530250", 250'000},
                                 {"2026-11-23 11:15:30 GMT+05:30", 0},
                                 {"2026-11-23 00:45:30 UTC-0500", 0}})
    EXPECT_EQ(read_receipt_date(text, utc, when).us, when + us) << text;
  for (const char* text :
       {"2026-11/23 05:45:30", "2026-11-23,05:45:30", "2026-11-23 05:45.30", "2026-11-23 05:45:30 GMT+"})
    EXPECT_TRUE(read_receipt_date(text, utc, when).dropped) << text;
}

TEST(ReceiptDate, NotGiven) {
  const TimeZone utc;
  for (const char* text : {"", "0000000000", "000000000000", "0000-00-00 00:00:00", "00/00/0000"}) {
    const ReceiptDate date = read_receipt_date(text, utc, at(2026, 1, 1));
    EXPECT_FALSE(date.us) << text;
    EXPECT_FALSE(date.dropped) << text;
  }
}

TEST(ReceiptDate, NotADate) {
  const TimeZone utc;
  for (const char* text :
       {"x", "null", "...", "26091311", "260913110", "2026-09-13", "260913110507123", "+609131105"}) {
    EXPECT_TRUE(read_receipt_date(text, utc, at(2026, 9, 13)).dropped) << text;
  }
}

}  // namespace
}  // namespace dlrgw::normalise
