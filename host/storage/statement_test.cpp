// SPDX-License-Identifier: Apache-2.0
#include "storage/statement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

StatementDef def(std::string text, std::vector<Column> columns, std::uint32_t key_count = 0) {
  StatementDef out;
  out.owner = "acme";
  out.name = "seen.insert";
  out.text = std::move(text);
  out.columns = std::move(columns);
  out.key_count = key_count;
  return out;
}

std::string sql_of(StatementDef d) {
  const Result<Statement> statement = Statement::compile(std::move(d), 1);
  return statement ? statement->sql() : statement.error().text;
}

std::string refusal(StatementDef d) {
  const Result<Statement> statement = Statement::compile(std::move(d), 1);
  if (statement) return "accepted";
  EXPECT_EQ(statement.error().code, ErrorCode::kInvalid);
  return statement.error().text;
}

TEST(Statement, PutsTheRowsInFrontOfTheText) {
  EXPECT_EQ(
      sql_of(def("INSERT INTO acme.seen SELECT id, at FROM dlrgw_rows;\n",
                 {{"id", ColumnType::kUuid}, {"at", ColumnType::kTime}, {"order", ColumnType::kText}}, 1)),
      "/* acme.seen.insert */ WITH dlrgw_rows AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) "
      "AS r(\"id\", \"at\", \"order\")) INSERT INTO acme.seen SELECT id, at FROM dlrgw_rows");
}

TEST(Statement, SplicesIntoAWithOfTheAuthor) {
  const std::vector<Column> columns{{"a", ColumnType::kInt}};
  EXPECT_THAT(sql_of(def("with x AS (SELECT a FROM dlrgw_rows) SELECT a FROM x", columns)),
              EndsWith(R"(AS r("a")), x AS (SELECT a FROM dlrgw_rows) SELECT a FROM x)"));
  EXPECT_THAT(sql_of(def("-- why\n /* a /* nested */ note */ WITH RECURSIVE x AS (SELECT a FROM dlrgw_rows) SELECT 1",
                         columns)),
              testing::AllOf(HasSubstr("*/ WITH RECURSIVE dlrgw_rows AS ("), HasSubstr(")), x AS (SELECT a FROM")));
  EXPECT_THAT(sql_of(def("SELECT a AS without FROM dlrgw_rows", columns)),
              EndsWith(") SELECT a AS without FROM dlrgw_rows"));
}

TEST(Statement, WithoutColumnsTheTextStaysAsItIs) {
  EXPECT_EQ(sql_of(def("SELECT 1", {})), "/* acme.seen.insert */ SELECT 1");
}

TEST(Statement, PreparedNameIsUniquePerTextAndFits) {
  StatementDef long_named = def("SELECT 1", {});
  long_named.owner = std::string(64, 'o');
  const auto one = Statement::compile(long_named, 1);
  long_named.text = "SELECT 2";
  const auto two = Statement::compile(long_named, 1);
  const auto again = Statement::compile(long_named, 9);
  ASSERT_TRUE(one && two && again);
  EXPECT_LE(one->prepared_name().size(), 63U);
  EXPECT_NE(one->prepared_name(), two->prepared_name());
  EXPECT_EQ(two->prepared_name(), again->prepared_name());
}

TEST(Statement, RefusesEachBrokenRule) {
  const std::vector<Column> a{{"a", ColumnType::kInt}};
  EXPECT_THAT(refusal(def("SELECT 1", a)), HasSubstr("does not read dlrgw_rows"));
  EXPECT_THAT(refusal(def("SELECT my_dlrgw_rows, dlrgw_rows2", a)), HasSubstr("does not read dlrgw_rows"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {})), HasSubstr("declares no columns"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", a, 2)), HasSubstr("key_count"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows WHERE a=$1", a)), HasSubstr("$1"));
  EXPECT_THAT(refusal(def(" ;", {})), HasSubstr("empty"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"A", ColumnType::kInt}})), HasSubstr("[a-z_]"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"a\" int); --", ColumnType::kInt}})), HasSubstr("[a-z_]"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"1a", ColumnType::kInt}})), HasSubstr("[a-z_]"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"a", ColumnType::kInt}, {"a", ColumnType::kText}})),
              HasSubstr("twice"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"a", ColumnType::kNull}})), HasSubstr("unknown type"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"a", static_cast<ColumnType>(9)}})), HasSubstr("unknown type"));
  EXPECT_THAT(refusal(def("SELECT * FROM dlrgw_rows", {{"a", ColumnType::kJson}}, 1)), HasSubstr("cannot be a key"));
  StatementDef named = def("SELECT 1", {});
  named.name = "x */ DROP TABLE y; /*";
  EXPECT_THAT(refusal(named), HasSubstr("statement (unnamed): owner and name"));
  StatementDef one_each = def("SELECT 1", {});
  one_each.one_each = true;
  EXPECT_THAT(refusal(one_each), HasSubstr("ONE_EACH"));
}

TEST(Statement, UnterminatedCommentIsLeftToTheServer) {
  EXPECT_THAT(sql_of(def("/* SELECT 1", {})), HasSubstr("SELECT 1"));
}

}  // namespace
}  // namespace dlrgw::host
