// SPDX-License-Identifier: Apache-2.0
#include "storage/row_set.hpp"

#include <limits>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

Statement statement(std::vector<Column> columns, std::uint32_t key_count) {
  StatementDef def;
  def.owner = "acme";
  def.name = "t";
  def.text = "SELECT * FROM dlrgw_rows";
  def.columns = std::move(columns);
  def.key_count = key_count;
  Result<Statement> compiled = Statement::compile(std::move(def), 1);
  if (!compiled) throw std::invalid_argument(compiled.error().text);
  return *compiled;
}

Status add(RowSet& rows, std::uint64_t tag, const std::vector<Value>& values) { return rows.append(tag, values); }

// Elements of one column's array, as PostgreSQL's array_recv reads them; nullopt is NULL.
struct Array {
  std::uint32_t oid = 0;
  std::vector<std::optional<std::string>> elements;
};

std::uint32_t take_u32(std::string_view& bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<std::uint8_t>(bytes.at(i));
  bytes.remove_prefix(4);
  return value;
}

Array parse(std::string_view bytes) {
  Array out;
  EXPECT_EQ(take_u32(bytes), 1U) << "dimensions";
  EXPECT_LE(take_u32(bytes), 1U) << "flags";
  out.oid = take_u32(bytes);
  const std::uint32_t count = take_u32(bytes);
  EXPECT_EQ(take_u32(bytes), 1U) << "first index";
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t length = take_u32(bytes);
    if (length == 0xFFFF'FFFF) {
      out.elements.emplace_back();
    } else {
      out.elements.emplace_back(bytes.substr(0, length));
      bytes.remove_prefix(length);
    }
  }
  EXPECT_TRUE(bytes.empty());
  return out;
}

// The elements of each column, in the order of the columns.
std::vector<Array> sent(const RowSet& rows, const KeepRow& keep = {}) {
  std::vector<Array> out;
  for (const std::string& array : rows.arrays(rows.select(keep))) out.push_back(parse(array));
  return out;
}

std::vector<int> last_bytes(const Array& array) {
  std::vector<int> out;
  for (const auto& element : array.elements) out.push_back(static_cast<signed char>(element.value().back()));
  return out;
}

constexpr const char* kUuid = "0123abcd-4567-89ab-cdef-0123456789ab";

TEST(RowSet, WritesEachTypeInBinary) {
  const Statement s = statement({{"b", ColumnType::kBool},
                                 {"i", ColumnType::kInt},
                                 {"f", ColumnType::kFloat},
                                 {"t", ColumnType::kText},
                                 {"y", ColumnType::kBytes},
                                 {"at", ColumnType::kTime},
                                 {"u", ColumnType::kUuid},
                                 {"j", ColumnType::kJson}},
                                0);
  RowSet rows(s);
  ASSERT_TRUE(add(rows, 1,
                  {Value::boolean(true), Value::int64(std::numeric_limits<std::int64_t>::min()), Value::float64(0.1),
                   Value::string("a\"b"), Value::bytes("\x00\x01"s), Value::time_us(1'000'001), Value::uuid(kUuid),
                   Value::json(R"({"k":[1]})")}));
  const std::vector<std::pair<std::uint32_t, std::string>> expected{
      {16, "\1"},
      {20, "\x80\0\0\0\0\0\0\0"s},
      {701, "\x3F\xB9\x99\x99\x99\x99\x99\x9A"},
      {25, "a\"b"},
      {17, "\x00\x01"s},
      {1184, "\xFF\xFC\xA2\xFE\xC4\xD7\x62\x41"},  // 1 s and 1 µs after 1970, counted from 2000
      {2950, "\x01\x23\xAB\xCD\x45\x67\x89\xAB\xCD\xEF\x01\x23\x45\x67\x89\xAB"},
      {114, R"({"k":[1]})"}};
  const std::vector<Array> arrays = sent(rows);
  ASSERT_EQ(arrays.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(arrays[i].oid, expected[i].first) << i;
    EXPECT_THAT(arrays[i].elements, testing::ElementsAre(expected[i].second)) << i;
  }
}

TEST(RowSet, NullsAndTheAbsentTime) {
  const Statement s = statement({{"t", ColumnType::kText}, {"at", ColumnType::kTime}, {"j", ColumnType::kJson}}, 0);
  RowSet rows(s);
  ASSERT_TRUE(add(rows, 1, {Value::null(), Value::time_us(kNoTime), Value::json(" null ")}));
  const std::vector<Array> arrays = sent(rows);
  ASSERT_EQ(arrays.size(), 3U);
  for (const Array& array : arrays) EXPECT_THAT(array.elements, testing::ElementsAre(std::nullopt));
}

TEST(RowSet, KeepsByTagAndSortsByKey) {
  const Statement s = statement({{"k", ColumnType::kInt}}, 1);
  RowSet rows(s);
  for (const auto& [tag, key] : {std::pair{7U, 3}, {8U, -1}, {9U, 2}, {10U, 0}})
    ASSERT_TRUE(add(rows, tag, {Value::int64(key)}));
  EXPECT_THAT(last_bytes(sent(rows, [](std::uint64_t tag) { return tag != 9; })[0]), testing::ElementsAre(-1, 0, 3));
  EXPECT_TRUE(rows.select([](std::uint64_t) { return false; }).empty());
}

TEST(RowSet, WithoutKeyTheOrderOfAppendStays) {
  const Statement s = statement({{"k", ColumnType::kInt}}, 0);
  RowSet rows(s);
  for (const int key : {3, 1, 2}) ASSERT_TRUE(add(rows, 0, {Value::int64(key)}));
  EXPECT_THAT(last_bytes(sent(rows)[0]), testing::ElementsAre(3, 1, 2));
}

// PostgreSQL's order (text in collation "C"), pair by pair ascending.
TEST(RowSet, KeyOrderOfEachType) {
  const auto ascending = [](ColumnType type, const std::vector<Value>& values) {
    const Statement s = statement({{"k", type}, {"n", ColumnType::kInt}}, 1);
    RowSet rows(s);
    for (std::size_t i = values.size(); i-- > 0;)
      ASSERT_TRUE(add(rows, i, {values[i], Value::int64(static_cast<std::int64_t>(i))}));
    std::vector<std::uint32_t> expected;
    for (std::size_t i = values.size(); i-- > 0;) expected.push_back(static_cast<std::uint32_t>(i));
    EXPECT_EQ(rows.select({}), expected) << "type " << static_cast<int>(type);
    EXPECT_FALSE(rows.has_equal_keys(rows.select({})));
  };
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  ascending(ColumnType::kBool, {Value::boolean(false), Value::boolean(true), Value::null()});
  ascending(ColumnType::kInt, {Value::int64(kMin), Value::int64(-1), Value::int64(0), Value::int64(1), Value::null()});
  ascending(ColumnType::kFloat, {Value::float64(-1e300), Value::float64(-0.5), Value::float64(0), Value::float64(1e-9),
                                 Value::float64(2), Value::null()});
  ascending(ColumnType::kText, {Value::string(""), Value::string("A"), Value::string("AB"), Value::string("a"),
                                Value::string("é"), Value::null()});
  ascending(ColumnType::kBytes, {Value::bytes(""), Value::bytes("\0"s), Value::bytes("\0\0"s), Value::bytes("\0\1"s),
                                 Value::bytes("\1"), Value::bytes("\xFF"), Value::null()});
  ascending(ColumnType::kTime, {Value::time_us(0), Value::time_us(5), Value::time_us(kNoTime)});
  ascending(ColumnType::kUuid,
            {Value::uuid("00000000-0000-0000-0000-000000000001"), Value::uuid("0A000000-0000-0000-0000-000000000000"),
             Value::uuid("b0000000-0000-0000-0000-000000000000"), Value::null()});
}

TEST(RowSet, CompositeKeysDoNotRunTogether) {
  const Statement s = statement({{"a", ColumnType::kText}, {"b", ColumnType::kText}}, 2);
  RowSet rows(s);
  ASSERT_TRUE(add(rows, 0, {Value::string("ab"), Value::string("")}));
  ASSERT_TRUE(add(rows, 0, {Value::string("a"), Value::string("b")}));
  EXPECT_FALSE(rows.has_equal_keys(rows.select({})));
  EXPECT_THAT(sent(rows)[0].elements, testing::ElementsAre("a", "ab"));
  EXPECT_THAT(sent(rows)[1].elements, testing::ElementsAre("b", ""));
}

TEST(RowSet, FindsEqualKeysAmongTheKept) {
  const Statement s = statement({{"u", ColumnType::kUuid}}, 1);
  RowSet rows(s);
  ASSERT_TRUE(add(rows, 1, {Value::uuid("AAAAAAAA-0000-0000-0000-000000000000")}));
  ASSERT_TRUE(add(rows, 2, {Value::uuid("aaaaaaaa-0000-0000-0000-000000000000")}));
  EXPECT_TRUE(rows.has_equal_keys(rows.select({})));
  EXPECT_FALSE(rows.has_equal_keys(rows.select([](std::uint64_t tag) { return tag == 1; })));
}

TEST(RowSet, RefusesBadDataWithoutShowingIt) {
  const auto refused = [](ColumnType type, const Value& value, ErrorCode code) {
    const Statement s = statement({{"first", ColumnType::kInt}, {"secret", type}}, 2);
    RowSet rows(s);
    ASSERT_TRUE(add(rows, 1, {Value::int64(1), Value::null()}));
    const std::vector<std::string> before = rows.arrays(rows.select({}));
    const Status status = add(rows, 2, {Value::int64(2), value});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, code);
    EXPECT_THAT(status.error().text, HasSubstr("statement acme.t, column secret: "));
    EXPECT_THAT(status.error().text, Not(HasSubstr("4915")));
    EXPECT_EQ(rows.arrays(rows.select({})), before);
  };
  refused(ColumnType::kText, Value::string("4915\xFF"), ErrorCode::kData);
  refused(ColumnType::kText, Value::string("4915\0"s), ErrorCode::kData);
  refused(ColumnType::kUuid, Value::uuid("4915"), ErrorCode::kData);
  refused(ColumnType::kFloat, Value::float64(std::numeric_limits<double>::infinity()), ErrorCode::kData);
  refused(ColumnType::kFloat, Value::float64(std::numeric_limits<double>::quiet_NaN()), ErrorCode::kData);
  refused(ColumnType::kTime, Value::time_us(-1), ErrorCode::kData);
  refused(ColumnType::kTime, Value::time_us(253'402'300'800'000'000), ErrorCode::kData);
  refused(ColumnType::kText, Value::int64(4915), ErrorCode::kInvalid);
  refused(ColumnType::kInt, Value::string("4915"), ErrorCode::kInvalid);
  refused(ColumnType::kBool, Value{ColumnType::kBool, 2, 0, {}}, ErrorCode::kInvalid);
}

TEST(RowSet, RefusesBadJson) {
  const Statement s = statement({{"j", ColumnType::kJson}}, 0);
  RowSet rows(s);
  const Status status = add(rows, 1, {Value::json(R"({}},{"j":{})")});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kData);
  EXPECT_TRUE(rows.empty());
}

TEST(RowSet, RefusesAnotherNumberOfValues) {
  const Statement s = statement({{"a", ColumnType::kInt}}, 0);
  RowSet rows(s);
  EXPECT_EQ(add(rows, 1, {}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(add(rows, 1, {Value::int64(1), Value::int64(2)}).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace dlrgw::host
