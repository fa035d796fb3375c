// SPDX-License-Identifier: Apache-2.0
// What a unit of work decides without a server; the rest is in tests/integration/storage_test.cpp.
#include "storage/unit_of_work.hpp"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::HasSubstr;

Statement make(std::string name, bool is_query, std::uint32_t keys = 1) {
  StatementDef def;
  def.owner = "acme";
  def.name = std::move(name);
  def.text = is_query ? "SELECT id FROM dlrgw_rows" : "INSERT INTO t SELECT id FROM dlrgw_rows";
  def.is_query = is_query;
  def.columns = {{"id", ColumnType::kInt}};
  def.key_count = keys;
  return *Statement::compile(std::move(def), 1);
}

class UnitOfWorkOffline : public testing::Test {
 protected:
  // Port 1 of the loopback refuses at once.
  Pool pool_{PoolConfig{"svc", "host=127.0.0.1 port=1 dbname=none", "u", "p", 1, "test", {}}};
  ManualClock clock_{1'000'000};
  const Statement write_ = make("write", false);
  const Statement read_ = make("read", true);
  const std::array<Value, 1> row_{Value::int64(1)};
};

TEST_F(UnitOfWorkOffline, NothingDoneNeedsNoConnection) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  EXPECT_EQ(*uow.query(read_), 0U);
  EXPECT_TRUE(uow.add_row(write_, 5, row_));
  EXPECT_TRUE(uow.flush([](std::uint64_t) { return false; }));
  EXPECT_EQ(*uow.commit(), 0U);
  EXPECT_FALSE(uow.touched_database());
  EXPECT_TRUE(uow.executions().empty());
}

TEST_F(UnitOfWorkOffline, RefusedServerIsUnavailableAndStaysSo) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  ASSERT_TRUE(uow.add_row(read_, 0, row_));
  EXPECT_EQ(uow.query(read_).error().code, ErrorCode::kUnavailable);
  ASSERT_NE(uow.failure(), nullptr);
  EXPECT_FALSE(uow.failure()->in_doubt);
  EXPECT_EQ(uow.add_row(write_, 5, row_).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(uow.flush().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(uow.commit().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(pool_.stats().in_use, 0U) << "a connection that could not be opened must not use up the pool";
}

TEST_F(UnitOfWorkOffline, DeadlineIsTransient) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  ASSERT_TRUE(uow.add_row(write_, 5, row_));
  clock_.advance_us(1'000'000);
  EXPECT_EQ(uow.flush().error().code, ErrorCode::kTransient);
  EXPECT_THAT(uow.failure()->text, HasSubstr("deadline"));
}

TEST_F(UnitOfWorkOffline, RefusedRowFailsNothingElse) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  const std::array<Value, 1> wrong{Value::string("x")};
  EXPECT_EQ(uow.add_row(write_, 5, wrong).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(uow.failure(), nullptr);
  EXPECT_EQ(*uow.commit(), 0U);
}

TEST_F(UnitOfWorkOffline, RowsBehindTheLastFlushAreNotLostSilently) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  ASSERT_TRUE(uow.add_row(write_, 5, row_));
  EXPECT_EQ(uow.commit().error().code, ErrorCode::kInternal);
}

TEST_F(UnitOfWorkOffline, WritesAreNotQueries) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  EXPECT_EQ(uow.query(write_).error().code, ErrorCode::kInvalid);
}

TEST_F(UnitOfWorkOffline, FinishedIsFinished) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  uow.rollback();
  EXPECT_EQ(uow.add_row(write_, 5, row_).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(uow.commit().error().code, ErrorCode::kInvalid);
}

#ifndef NDEBUG
TEST_F(UnitOfWorkOffline, EqualKeysOfOneFlushAreABrokenInvariant) {
  UnitOfWork uow(pool_, clock_, 2'000'000);
  ASSERT_TRUE(uow.add_row(write_, 5, row_));
  ASSERT_TRUE(uow.add_row(write_, 6, row_));
  EXPECT_EQ(uow.flush().error().code, ErrorCode::kInvalid);
  EXPECT_EQ(uow.failure()->blame, Blame::kInvariant);
  EXPECT_THAT(uow.failure()->text, HasSubstr("acme.write"));
}
#endif

}  // namespace
}  // namespace dlrgw::host
