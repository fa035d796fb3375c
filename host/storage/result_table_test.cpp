// SPDX-License-Identifier: Apache-2.0
#include "storage/result_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::string_literals;

ResultTable one_row(const std::vector<std::optional<std::string_view>>& cells) {
  ResultTable table;
  table.reset(static_cast<std::uint32_t>(cells.size()));
  for (const auto& cell : cells) table.add(cell);
  return table;
}

TEST(ResultTable, ConvertsEachType) {
  const ResultTable t =
      one_row({"t", "f", "-9223372036854775808", "1.5", "text", "\\x6100ff", "2026-11-23 05:45:40.123456+00",
               "0123abcd-4567-89ab-cdef-0123456789ab", R"({"a": 1})"});
  EXPECT_EQ(t.rows(), 1U);
  EXPECT_EQ(t.get(0, 0, ColumnType::kBool)->integer, 1);
  EXPECT_EQ(t.get(0, 1, ColumnType::kBool)->integer, 0);
  EXPECT_EQ(t.get(0, 2, ColumnType::kInt)->integer, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(t.get(0, 3, ColumnType::kFloat)->number, 1.5);
  EXPECT_EQ(t.get(0, 2, ColumnType::kFloat)->number, -9223372036854775808.0);
  EXPECT_EQ(t.get(0, 4, ColumnType::kText)->text, "text");
  EXPECT_EQ(t.get(0, 5, ColumnType::kBytes)->text, "a\0\xFF"s);
  EXPECT_EQ(t.get(0, 6, ColumnType::kTime)->integer, 1'795'412'740'123'456);
  EXPECT_EQ(t.get(0, 7, ColumnType::kUuid)->text, "0123abcd-4567-89ab-cdef-0123456789ab");
  EXPECT_EQ(t.get(0, 8, ColumnType::kJson)->text, R"({"a": 1})");
  EXPECT_EQ(t.get(0, 2, ColumnType::kText)->text, "-9223372036854775808");
  EXPECT_EQ(t.get(0, 4, ColumnType::kText)->type, ColumnType::kText);
}

TEST(ResultTable, NullIsNullForEveryType) {
  const ResultTable t = one_row({std::nullopt, ""});
  for (std::uint32_t type = 1; type <= 8; ++type)
    EXPECT_EQ(t.get(0, 0, static_cast<ColumnType>(type))->type, ColumnType::kNull);
  EXPECT_EQ(t.get(0, 1, ColumnType::kText)->type, ColumnType::kText) << "an empty text is not NULL";
}

TEST(ResultTable, BytesStayWhereTheyAre) {
  const ResultTable t = one_row({"\\x61", "\\x62"});
  const std::string_view first = t.get(0, 0, ColumnType::kBytes)->text;
  const std::string_view second = t.get(0, 1, ColumnType::kBytes)->text;
  EXPECT_EQ(first.data(), t.get(0, 0, ColumnType::kBytes)->text.data());
  EXPECT_EQ(first, "a");
  EXPECT_EQ(second, "b");
  EXPECT_EQ(t.get(0, 0, ColumnType::kText)->text, "\\x61");
}

TEST(ResultTable, RefusesWhatDoesNotFitWithoutShowingIt) {
  const ResultTable t = one_row({"49151234567"});
  for (const ColumnType type :
       {ColumnType::kBool, ColumnType::kBytes, ColumnType::kTime, ColumnType::kUuid, ColumnType::kNull}) {
    const Result<Value> value = t.get(0, 0, type);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(value.error().text, testing::Not(testing::HasSubstr("4915")));
  }
  EXPECT_FALSE(one_row({"1x"}).get(0, 0, ColumnType::kInt));
  EXPECT_FALSE(one_row({"1.5"}).get(0, 0, ColumnType::kInt));
  EXPECT_FALSE(one_row({""}).get(0, 0, ColumnType::kInt));
  EXPECT_FALSE(one_row({"infinity"}).get(0, 0, ColumnType::kTime));
  EXPECT_FALSE(one_row({"\\x6"}).get(0, 0, ColumnType::kBytes));
}

TEST(ResultTable, RefusesCellsThatAreNotThere) {
  ResultTable t = one_row({"a"});
  EXPECT_FALSE(t.get(1, 0, ColumnType::kText));
  EXPECT_FALSE(t.get(0, 1, ColumnType::kText));
  t.reset(0);
  EXPECT_EQ(t.rows(), 0U);
  EXPECT_FALSE(t.get(0, 0, ColumnType::kText));
}

}  // namespace
}  // namespace dlrgw::host
