// SPDX-License-Identifier: Apache-2.0
#include "record_list.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::admin_http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'793'491'200LL * 1'000'000;  // 2026-11-01T00:00:00Z
using Given = std::map<std::string, std::string, std::less<>>;

const RecordList& list_of(std::string_view name) {
  for (const RecordList& list : record_lists())
    if (list.name == name) return list;
  throw std::out_of_range(std::string(name));
}
Parameter from(const Given& given) {
  return [&given](std::string_view name) -> std::string_view {
    const auto found = given.find(name);
    return found == given.end() ? std::string_view() : found->second;
  };
}
std::string refusal(const std::variant<RecordQuery, std::string>& parsed) {
  const auto* text = std::get_if<std::string>(&parsed);
  return text == nullptr ? "taken" : *text;
}
std::string page(std::string_view list, const Given& given) {
  return refusal(parse_page(list_of(list), from(given), kNow));
}
std::string exported(std::string_view list, const Given& given) {
  return refusal(parse_export(list_of(list), from(given), kNow));
}

TEST(RecordList, EachNamesWhatItsQueryMayHold) {
  EXPECT_EQ(page_pattern(list_of("late")), "/v1/admin/dlr/late?from&to&operatorId&accountId&kind&limit&cursor");
  EXPECT_EQ(export_pattern(list_of("receipts")), "/v1/admin/receipts/export?from&to&operatorId&accountId&format");
  for (const RecordList& list : record_lists()) EXPECT_LE(list.filters.size(), kMaxFilters) << list.name;
}

TEST(RecordList, APageGoesOnWhereTheCursorStands) {
  for (const RecordPlace& place : {RecordPlace{kNow, 7, "SMS_DLR.with.dots/and more"}, RecordPlace{0, 0, ""}}) {
    const std::string cursor = cursor_text(place);
    const Given given{{"cursor", cursor}, {"limit", "200"}};
    const auto parsed = parse_page(list_of("invalid"), from(given), kNow);
    const auto& query = std::get<RecordQuery>(parsed);
    EXPECT_EQ(cursor_text(query.beyond.value()), cursor);
    EXPECT_EQ(query.limit, 200);
  }
  for (const char* bad : {"x", "1", "1.2", "-1.2.6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13", "1.0.6f1c8a52",
                          "99999999999999999999.0.6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13"})
    EXPECT_THAT(page("late", {{"cursor", bad}}), HasSubstr("\"cursor\" is what")) << bad;
}

TEST(RecordList, WrongRangesAndFiltersAreRefusedInSentences) {
  EXPECT_EQ(page("late", {}), "taken");
  EXPECT_THAT(page("late", {{"from", "2026-10-02"}, {"to", "2026-10-01"}}), HasSubstr("must be before"));
  EXPECT_THAT(page("late", {{"from", "2036-10-02"}}), HasSubstr("in the future"));
  EXPECT_THAT(page("late", {{"to", "+15550100001"}}), AllOf(HasSubstr("\"to\" is no time"), Not(HasSubstr("5550"))));
  for (const char* limit : {"0", "201", "-1", "x", "1x"})
    EXPECT_THAT(page("audit", {{"limit", limit}}), HasSubstr("from 1 to 200")) << limit;
  EXPECT_EQ(page("late", {{"accountId", "4711"}}), "\"accountId\" is a UUID");
  EXPECT_THAT(page("late", {{"operatorId", std::string(256, 'x')}}), HasSubstr("at most 255"));

  const Given day{{"from", "2026-10-01"}, {"to", "2026-10-02"}};
  EXPECT_EQ(exported("audit", day), "taken");
  EXPECT_THAT(exported("audit", {}), HasSubstr("give \"from\" and \"to\""));
  EXPECT_THAT(exported("audit", {{"from", "2016-10-01"}, {"to", "2026-10-01"}}), HasSubstr("more than 366 days"));
  EXPECT_THAT(exported("audit", {{"from", "2027-10-01"}, {"to", "2027-10-02"}}), HasSubstr("in the future"));
  EXPECT_THAT(exported("audit", {{"from", "2026-10-01"}, {"to", "2026-10-02"}, {"format", "xml"}}),
              HasSubstr("neither ndjson nor csv"));
  EXPECT_EQ(exported("receipts", day), "name \"operatorId\" or \"accountId\": all of it at once is too much");
}

TEST(RecordList, ARowAsJsonAndAsCsv) {
  const RecordList& list = list_of("audit");
  const Record record{
      {kNow, 7, ""}, {"7", "2026-11-01T00:00:00.000Z", "=cmd", "a\"b", "e", std::nullopt, R"({"x":1})"}, {}};
  EXPECT_EQ(record_json(list, record), R"({"id":7,"at":"2026-11-01T00:00:00.000Z","actor":"=cmd","action":"a\"b",)"
                                       R"("entity":"e","entityId":null,"details":{"x":1}})");
  EXPECT_EQ(record_csv_header(list), "\"id\",\"at\",\"actor\",\"action\",\"entity\",\"entityId\",\"details\"\r\n");
  EXPECT_EQ(record_csv(record),
            "\"7\",\"2026-11-01T00:00:00.000Z\",\"'=cmd\",\"a\"\"b\",\"e\",\"\",\"{\"\"x\"\":1}\"\r\n");
}

}  // namespace
}  // namespace dlrgw::admin_http
