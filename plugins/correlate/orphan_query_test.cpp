// SPDX-License-Identifier: Apache-2.0
#include "orphan_query.hpp"

#include <gtest/gtest.h>

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kNov1 = 1'793'491'200 * kSecond;  // 2026-11-01T00:00:00Z
constexpr const char* kId = "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13";

TEST(OrphanQuery, Uuids) {
  EXPECT_TRUE(is_uuid(kId));
  EXPECT_TRUE(is_uuid("6F1C8A52-3D0E-5B7A-9C41-D2F7E85B0A13"));
  for (const char* bad :
       {"", "6f1c8a52", "6f1c8a523d0e-5b7a-9c41-d2f7e85b0a13-", "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a1g",
        "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a133", "6f1c8a52-3d0e-5b7a-9c41_d2f7e85b0a13"})
    EXPECT_FALSE(is_uuid(bad)) << bad;
}

TEST(OrphanQuery, Times) {
  EXPECT_EQ(parse_time_us("2026-11-01"), kNov1);
  EXPECT_EQ(parse_time_us("2026-11-01T00:00:00Z"), kNov1);
  EXPECT_EQ(parse_time_us("2026-11-01T01:30:00+01:30"), kNov1);
  EXPECT_EQ(parse_time_us("2026-10-31T19:00:00-05:00"), kNov1);
  EXPECT_EQ(parse_time_us("2026-11-01T00:00:00.25Z"), kNov1 + kSecond / 4);
  EXPECT_EQ(parse_time_us("2026-11-01T00:00:00.000001Z"), kNov1 + 1);
  EXPECT_EQ(parse_time_us("2024-02-29"), 1'709'164'800 * kSecond);
  for (const char* bad : {"",
                          "2026",
                          "2026-11",
                          "2026-11-1",
                          "2026-13-01",
                          "2025-02-29",
                          "2026-11-01T",
                          "2026-11-01T00:00Z",
                          "2026-11-01T24:00:00Z",
                          "2026-11-01T00:60:00Z",
                          "2026-11-01T00:00:60Z",
                          "2026-11-01T00:00:00",
                          "2026-11-01T00:00:00.Z",
                          "2026-11-01T00:00:00 01:00",
                          "2026-11-01T00:00:00+1:00",
                          "2026-11-01T00:00:00Zx",
                          "2026-11-01 00:00:00Z",
                          "1793491200",
                          "yesterday",
                          "2026-11-01T00:00:00+24:00",
                          "0001-01-01",
                          "1969-12-31T23:59:59Z",
                          "9999-12-31T23:59:59-01:00",
                          "-026-11-01"})
    EXPECT_FALSE(parse_time_us(bad)) << bad;
}

std::string refusal(std::string_view from, std::string_view to, std::string_view format = {}) {
  const auto parsed = parse_export_query(from, to, format, kNov1 + 400 * kDay);
  const auto* text = std::get_if<std::string>(&parsed);
  return text == nullptr ? "taken" : *text;
}

TEST(OrphanQuery, ExportTakesAHalfOpenRange) {
  const auto parsed = parse_export_query("2026-11-01", "2026-12-01", "csv", kNov1);
  const auto& query = std::get<ExportQuery>(parsed);
  EXPECT_EQ(query.range.from_us, kNov1);
  EXPECT_EQ(query.range.to_us, kNov1 + 30 * kDay);
  EXPECT_EQ(query.format, ExportFormat::kCsv);
  EXPECT_EQ(std::get<ExportQuery>(parse_export_query("2026-11-01", "2026-12-01", "", kNov1)).format,
            ExportFormat::kNdjson);
}

TEST(OrphanQuery, ExportRefusesInSentences) {
  EXPECT_EQ(refusal("2026-11-01", "2026-11-02", "ndjson"), "taken");
  EXPECT_EQ(refusal("", "2026-11-01"), "give \"from\" and \"to\"; write it as 2026-11-01 or 2026-11-01T00:00:00Z");
  EXPECT_EQ(refusal("2026-11-01", ""), refusal("", "2026-11-01"));
  EXPECT_EQ(refusal("now", "2026-11-01"), "\"from\" is no time; write it as 2026-11-01 or 2026-11-01T00:00:00Z");
  EXPECT_EQ(refusal("2026-11-01", "+15550100001").find("1555"), std::string::npos) << "quotes nothing";
  EXPECT_EQ(refusal("2026-11-02", "2026-11-01"), "\"from\" must be before \"to\", which is excluded");
  EXPECT_EQ(refusal("2026-11-01", "2026-11-01"), refusal("2026-11-02", "2026-11-01"));
  EXPECT_EQ(refusal("2028-11-01", "2028-11-02"), "\"from\" lies in the future; nothing is stored from then");
  EXPECT_EQ(refusal("2016-11-01", "2026-11-01"),
            "from \"from\" to \"to\" are more than 366 days; ask for a part at a time");
  EXPECT_EQ(refusal("2026-11-01", "2027-11-02"), "taken");
  EXPECT_EQ(refusal("2026-11-01", "2026-11-02", "xml"), "\"format\" is neither ndjson nor csv");
}

TEST(OrphanQuery, ListHasDefaultsAndBounds) {
  const auto all = std::get<ListQuery>(parse_list_query({}, kNov1));
  EXPECT_EQ(all.from_us, 0);
  EXPECT_EQ(all.to_us, kNov1 + kDay);
  EXPECT_EQ(all.limit, 50);
  EXPECT_FALSE(all.beyond);
  const auto limit = [](std::string_view text) { return parse_list_query({.limit = text}, kNov1); };
  EXPECT_EQ(std::get<ListQuery>(limit("200")).limit, 200);
  for (const char* bad : {"0", "201", "-1", "ten", "1x", "99999999999999999999"})
    EXPECT_TRUE(std::holds_alternative<std::string>(limit(bad))) << bad;
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_list_query({.from = "x"}, kNov1)));
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_list_query({.to = "x"}, kNov1)));
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_list_query({.from = "2027-01-01"}, kNov1)));
}

TEST(OrphanQuery, ACursorComesBackAsItWent) {
  const OrphanPlace place{kNov1 + 7, kId};
  const auto query = std::get<ListQuery>(parse_list_query({.cursor = cursor_text(place)}, kNov1));
  ASSERT_TRUE(query.beyond);
  EXPECT_EQ(query.beyond->received_at_us, place.received_at_us);
  EXPECT_EQ(query.beyond->orphan_id, place.orphan_id);
  for (const char* bad : {"x", "999999999999999999.6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13", "1.",
                          ".6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13", "1.6f1c8a52", "1-2.3"})
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_list_query({.cursor = bad}, kNov1))) << bad;
}

}  // namespace
}  // namespace dlrgw::correlate
