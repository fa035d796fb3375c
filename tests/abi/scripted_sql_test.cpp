// SPDX-License-Identifier: Apache-2.0
// SQL of the fake host: it answers what the test says, keeps what the plugin adds, and refuses what the gateway
// refuses.
#include <gtest/gtest.h>

#include <dlrgw/cpp/sql.hpp>
#include <dlrgw/testing/fake_host.hpp>

namespace {

using namespace dlrgw;
using namespace dlrgw::testing;

class FakeSql : public ::testing::Test {
 protected:
  FakeHost host_;
  const bool granted_ = (host_.grant("sql"), true);
  Sql sql_{Host(host_.raw())};
  const SqlStatement find_ = sql_.query("find", "SELECT a, b, c FROM dlrgw_rows", {{"id", SqlType::kInt}});
  const SqlStatement note_ =
      sql_.write("note", "INSERT INTO dlr.x SELECT * FROM dlrgw_rows",
                 {{"t", SqlType::kTime}, {"b", SqlType::kBool}, {"f", SqlType::kFloat}, {"x", SqlType::kText}}, 1);
  const UnitOfWork batch_ = sql_.in(nullptr);
};

TEST_F(FakeSql, IsOfferedWithTheGrantAlone) {
  const FakeHost without;
  EXPECT_EQ(Host(without.raw()).find<dlrgw_sql>(DLRGW_SERVICE_SQL), nullptr);
}

TEST_F(FakeSql, AnswersInTheTypeThatIsAskedFor) {
  host_.sql().answer("find", {{"7", "true", std::nullopt}, {"x", "maybe", "1.5"}});
  batch_.add(find_, 0, {SqlValue::integer(7)});
  const SqlResult result = batch_.query(find_);
  ASSERT_EQ(result.rows(), 2U);
  EXPECT_EQ(result.integer(0, 0), 7);
  EXPECT_TRUE(result.boolean(0, 1));
  EXPECT_TRUE(result.is_null(0, 2));
  EXPECT_EQ(result.text(1, 2), "1.5");
  EXPECT_THROW(static_cast<void>(result.integer(1, 0)), Error);
  EXPECT_THROW(static_cast<void>(result.boolean(1, 1)), Error);
  EXPECT_THROW(static_cast<void>(result.text(2, 0)), Error);
  EXPECT_EQ(host_.sql().rows("find"), (SqlRows{{"7"}}));
}

TEST_F(FakeSql, KeepsRowsAsText) {
  batch_.add(note_, 1, {SqlValue::time(5), SqlValue::boolean(true), SqlValue::number_of(0.5), SqlValue::null()});
  EXPECT_EQ(host_.sql().rows("note"), (SqlRows{{"5", "true", "0.500000", std::nullopt}}));
}

TEST_F(FakeSql, RefusesAsTheGateway) {
  const auto row = [] { return std::array{SqlValue::null(), SqlValue::null(), SqlValue::null(), SqlValue::null()}; };
  EXPECT_THROW(batch_.add(note_, 0, row()), Error) << "a write of a batch belongs to a receipt";
  EXPECT_THROW(batch_.add(note_, 1, {SqlValue::null()}), Error) << "too few columns";
  EXPECT_THROW(batch_.add(find_, 0, {SqlValue::text("7")}), Error) << "another type than the column's";
  EXPECT_THROW(static_cast<void>(batch_.query(note_)), Error) << "no query";
  EXPECT_THROW(static_cast<void>(sql_.query("find", "SELECT 1", {})), Error) << "defined twice";
}

TEST_F(FakeSql, JobsCommitAUnitOfWorkOfTheirOwn) {
  batch_.add(note_, 1, {SqlValue::null(), SqlValue::null(), SqlValue::null(), SqlValue::text("before")});
  auto own = sql_.open("maint");
  own.add(note_, 0, {SqlValue::null(), SqlValue::null(), SqlValue::null(), SqlValue::text("job's")});
  EXPECT_EQ(own.commit(), 1U);
}

}  // namespace
