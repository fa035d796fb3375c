// SPDX-License-Identifier: Apache-2.0
// The unit of work on a real PostgreSQL, under the gateway's own roles.
#include <chrono>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/storage_fixture.hpp"
#include "support/eventually.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using host::ColumnType;
using host::ErrorCode;
using host::Pool;
using host::Statement;
using host::UnitOfWork;
using host::Value;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kUuid = "0123abcd-4567-89ab-cdef-0123456789ab";
const std::vector<host::Column> kIdAndText{{"id", ColumnType::kInt}, {"body", ColumnType::kText}};

class Storage : public StorageFixture {
 protected:
  const Statement insert_ =
      statement("insert", "INSERT INTO dlr.t (id, body) SELECT id, body FROM dlrgw_rows", false, kIdAndText, 1);
  const Statement lock_ =
      statement("lock", "SELECT t.id FROM dlr.t JOIN dlrgw_rows r ON r.id = t.id ORDER BY t.id FOR NO KEY UPDATE OF t",
                true, {{"id", ColumnType::kInt}}, 1);
};

TEST_F(Storage, EveryTypeMakesTheRoundTrip) {
  make_table("n int, b boolean, i bigint, f float8, t text, y bytea, at timestamptz, u uuid, j json");
  const std::vector<host::Column> columns{
      {"n", ColumnType::kInt},   {"b", ColumnType::kBool}, {"i", ColumnType::kInt},
      {"f", ColumnType::kFloat}, {"t", ColumnType::kText}, {"y", ColumnType::kBytes},
      {"at", ColumnType::kTime}, {"u", ColumnType::kUuid}, {"j", ColumnType::kJson}};
  const Statement write =
      statement("types", "INSERT INTO dlr.t SELECT n, b, i, f, t, y, at, u, j FROM dlrgw_rows", false, columns, 1);
  const Statement read = statement("read", "SELECT * FROM dlr.t ORDER BY n", true, {});
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  const std::string text = "\"\\\n\t\x01\x7f é € 𝄞 {}[],: 'quoted' $1 %s"s;
  constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min();
  const std::string json = R"({"a": ["\u00e9\n", 1.50, null], "b": "\\u0000"})";

  Pool pool(svc());
  UnitOfWork uow(pool, clock_, soon());
  ASSERT_TRUE(add(uow, write, 1,
                  {Value::int64(2), Value::null(), Value::null(), Value::null(), Value::null(), Value::null(),
                   Value::time_us(host::kNoTime), Value::null(), Value::null()}));
  ASSERT_TRUE(
      add(uow, write, 1,
          {Value::int64(1), Value::boolean(true), Value::int64(kLow), Value::float64(1.0 / 3), Value::string(text),
           Value::bytes(all_bytes), Value::time_us(1'795'412'740'123'456), Value::uuid(kUuid), Value::json(json)}));
  ASSERT_TRUE(uow.flush());
  ASSERT_EQ(*uow.query(read), 2U);
  const host::ResultTable& r = uow.result();
  EXPECT_EQ(r.get(0, 1, ColumnType::kBool)->integer, 1);
  EXPECT_EQ(r.get(0, 2, ColumnType::kInt)->integer, kLow);
  EXPECT_EQ(r.get(0, 3, ColumnType::kFloat)->number, 1.0 / 3);
  EXPECT_EQ(r.get(0, 4, ColumnType::kText)->text, text);
  EXPECT_EQ(r.get(0, 5, ColumnType::kBytes)->text, all_bytes);
  EXPECT_EQ(r.get(0, 6, ColumnType::kTime)->integer, 1'795'412'740'123'456);
  EXPECT_EQ(r.get(0, 7, ColumnType::kUuid)->text, kUuid);
  EXPECT_EQ(r.get(0, 8, ColumnType::kJson)->text, json);
  for (std::uint32_t column = 1; column <= 8; ++column) EXPECT_EQ(r.raw(1, column), std::nullopt) << column;
  EXPECT_EQ(*uow.commit(), 2U);
}

TEST_F(Storage, OneExecutionPerStatementInOrderWithoutTheRowsThatRetry) {
  make_table("id bigint PRIMARY KEY, body text");
  postgres_.exec("CREATE TABLE dlr.child (id bigint PRIMARY KEY REFERENCES dlr.t); GRANT ALL ON dlr.child TO dlr_svc");
  // Defined and filled first, but of a higher order: its foreign key holds only if the parent goes first.
  const Statement child =
      statement("child", "INSERT INTO dlr.child SELECT id FROM dlrgw_rows", false, {{"id", ColumnType::kInt}}, 1, 2);
  Pool pool(svc());
  UnitOfWork uow(pool, clock_, soon());
  for (const int id : {3, 1, 2}) {
    const auto tag = static_cast<std::uint64_t>(id);
    ASSERT_TRUE(add(uow, child, tag, {Value::int64(id)}));
    ASSERT_TRUE(add(uow, insert_, tag, {Value::int64(id), Value::string("x")}));
  }
  const host::Status flushed = uow.flush([](std::uint64_t tag) { return tag != 2; });
  ASSERT_TRUE(flushed) << flushed.error().text;
  EXPECT_EQ(*uow.commit(), 4U);
  ASSERT_EQ(uow.executions().size(), 2U);
  for (const auto& execution : uow.executions()) EXPECT_EQ(execution.count, 1U);
  EXPECT_EQ(postgres_.value("SELECT string_agg(id::text, ',' ORDER BY ctid) FROM dlr.t"), "1,3") << "sorted by key";
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM dlr.child"), 2);
}

TEST_F(Storage, QueryForgetsItsRowsAndSeesOwnWrites) {
  make_table("id bigint PRIMARY KEY, body text");
  Pool pool(svc());
  UnitOfWork uow(pool, clock_, soon());
  ASSERT_TRUE(add(uow, insert_, 1, {Value::int64(1), Value::null()}));
  ASSERT_TRUE(uow.flush());
  ASSERT_TRUE(add(uow, lock_, 0, {Value::int64(1)}));
  ASSERT_TRUE(add(uow, lock_, 0, {Value::int64(2)}));
  EXPECT_EQ(*uow.query(lock_), 1U);
  EXPECT_EQ(*uow.query(lock_), 0U) << "its rows are gone";
  ASSERT_TRUE(add(uow, lock_, 0, {Value::int64(1)}));
  EXPECT_EQ(*uow.query(lock_), 1U);
  uow.rollback();
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM dlr.t"), 0);
}

TEST_F(Storage, OneEachIsABrokenInvariant) {
  make_table("id bigint PRIMARY KEY, body text");
  postgres_.exec("INSERT INTO dlr.t VALUES (1, 'a')");
  const Statement update = statement("update", "UPDATE dlr.t SET body = 'b' FROM dlrgw_rows r WHERE t.id = r.id", false,
                                     {{"id", ColumnType::kInt}}, 1, 1, true);
  Pool pool(svc());
  for (const bool missing : {false, true}) {
    UnitOfWork uow(pool, clock_, soon());
    ASSERT_TRUE(add(uow, update, 1, {Value::int64(1)}));
    if (missing) {
      ASSERT_TRUE(add(uow, update, 2, {Value::int64(2)}));
    }
    EXPECT_EQ(static_cast<bool>(uow.flush()), !missing);
    ASSERT_EQ(uow.failure() != nullptr, missing);
    if (!missing) continue;
    EXPECT_EQ(uow.failure()->blame, host::Blame::kInvariant);
    EXPECT_EQ(uow.failure()->code, ErrorCode::kTransient);
    EXPECT_THAT(uow.failure()->text, HasSubstr("statement test.update: 2 rows affected 1"));
  }
}

TEST_F(Storage, FailuresAreClassifiedAndShowNoRow) {
  make_table("id bigint PRIMARY KEY, body text CONSTRAINT short CHECK (length(body) < 20)");
  postgres_.exec("INSERT INTO dlr.t VALUES (49151234567, 'a')");
  const Statement cast =
      statement("cast", "INSERT INTO dlr.t (id) SELECT body::bigint FROM dlrgw_rows", false, kIdAndText);
  const Statement denied = statement("denied", "DELETE FROM dlr.audit_log USING dlrgw_rows", false, kIdAndText);
  const Statement missing =
      statement("missing", "INSERT INTO dlr.nowhere SELECT id FROM dlrgw_rows", false, kIdAndText);
  Pool pool(svc());
  const auto fails = [&](const Statement& s, const std::string& body, ErrorCode code, const std::string& part,
                         bool invariant) {
    UnitOfWork uow(pool, clock_, soon());
    ASSERT_TRUE(add(uow, s, 1, {Value::int64(49151234567), Value::string(body)}));
    ASSERT_FALSE(uow.flush());
    EXPECT_EQ(uow.failure()->code, code) << uow.failure()->text;
    EXPECT_EQ(uow.failure()->blame == host::Blame::kInvariant, invariant);
    EXPECT_FALSE(uow.failure()->in_doubt);
    EXPECT_THAT(uow.failure()->text, HasSubstr("statement test." + s.name()));
    EXPECT_THAT(uow.failure()->text, HasSubstr(part));
    EXPECT_THAT(uow.failure()->text, Not(HasSubstr("4915")));
    EXPECT_FALSE(uow.commit()) << "a failed unit of work must not commit";
  };
  fails(insert_, "x", ErrorCode::kTransient, "constraint t_pkey", true);
  fails(insert_, "4915 and much more text", ErrorCode::kData, "constraint short", false);
  fails(cast, "4915x", ErrorCode::kData, "22P02", false);
  EXPECT_EQ(pool.stats().open, 1U) << "an error of a statement must not cost the connection";
  fails(denied, "x", ErrorCode::kUnavailable, "audit_log", false);
  fails(missing, "x", ErrorCode::kUnavailable, "dlr-gateway migrate", false);
}

TEST_F(Storage, WaitingForALockEndsTransient) {
  make_table("id bigint PRIMARY KEY, body text");
  postgres_.exec("INSERT INTO dlr.t VALUES (1), (2)");
  Pool pool(svc(2, {{"lock_timeout", "100ms"}}));
  UnitOfWork holder(pool, clock_, soon());
  UnitOfWork waiter(pool, clock_, soon());
  ASSERT_TRUE(add(holder, lock_, 0, {Value::int64(1)}));
  ASSERT_TRUE(holder.query(lock_));
  ASSERT_TRUE(add(waiter, lock_, 0, {Value::int64(1)}));
  EXPECT_EQ(waiter.query(lock_).error().code, ErrorCode::kTransient);
  EXPECT_EQ(waiter.failure()->sqlstate, "55P03");
}

TEST_F(Storage, DeadlockIsTransientForItsVictim) {
  make_table("id bigint PRIMARY KEY, body text");
  postgres_.exec("INSERT INTO dlr.t VALUES (1), (2)");
  Pool pool(svc());
  UnitOfWork one(pool, clock_, soon());
  UnitOfWork two(pool, clock_, soon());
  ASSERT_TRUE(add(one, lock_, 0, {Value::int64(1)}));
  ASSERT_TRUE(one.query(lock_));
  ASSERT_TRUE(add(two, lock_, 0, {Value::int64(2)}));
  ASSERT_TRUE(two.query(lock_));
  const auto cross = [&](UnitOfWork& uow, int id) {
    const Value row[] = {Value::int64(id)};
    if (!uow.add_row(lock_, 0, row) || !uow.query(lock_)) uow.rollback();
  };
  std::thread other([&] { cross(one, 2); });
  cross(two, 1);
  other.join();
  ASSERT_NE(one.failure() == nullptr, two.failure() == nullptr);
  const host::DbFailure* victim = one.failure() != nullptr ? one.failure() : two.failure();
  EXPECT_EQ(victim->sqlstate, "40P01");
  EXPECT_EQ(victim->code, ErrorCode::kTransient);
}

TEST_F(Storage, LostConnectionIsUnavailableAndTheNextUnitWorks) {
  make_table("id bigint PRIMARY KEY, body text");
  Pool pool(svc());
  {
    UnitOfWork uow(pool, clock_, soon());
    ASSERT_TRUE(add(uow, insert_, 1, {Value::int64(1), Value::null()}));
    ASSERT_TRUE(uow.flush());
    kill_sessions();
    EXPECT_EQ(uow.commit().error().code, ErrorCode::kUnavailable);
    EXPECT_FALSE(uow.add_row(insert_, 1, {}));
  }
  EXPECT_EQ(pool.stats().open, 0U);
  UnitOfWork again(pool, clock_, soon());
  ASSERT_TRUE(add(again, insert_, 1, {Value::int64(2), Value::null()}));
  ASSERT_TRUE(again.flush());
  EXPECT_TRUE(again.commit());
  EXPECT_EQ(postgres_.value("SELECT string_agg(id::text, ',') FROM dlr.t"), "2");
}

// A deferred trigger holds the COMMIT open while the server is told to end the session.
TEST_F(Storage, LosingTheConnectionDuringCommitIsInDoubt) {
  make_table("id bigint PRIMARY KEY, body text");
  postgres_.exec(
      "CREATE FUNCTION dlr.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END "
      "$$;"
      "CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON dlr.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
      "FUNCTION dlr.hold();");
  Pool pool(svc());
  UnitOfWork uow(pool, clock_, soon());
  ASSERT_TRUE(add(uow, insert_, 1, {Value::int64(1), Value::null()}));
  ASSERT_TRUE(uow.flush());
  std::thread killer([&] {
    EXPECT_TRUE(eventually(
        [&] { return postgres_.count("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == 1; }));
    kill_sessions();
  });
  EXPECT_FALSE(uow.commit());
  killer.join();
  ASSERT_NE(uow.failure(), nullptr);
  EXPECT_TRUE(uow.failure()->in_doubt);
  EXPECT_EQ(uow.failure()->code, ErrorCode::kUnavailable);
}

TEST_F(Storage, RefusedCommitIsNotInDoubt) {
  make_table("id bigint PRIMARY KEY, body text UNIQUE DEFERRABLE INITIALLY DEFERRED");
  Pool pool(svc());
  UnitOfWork uow(pool, clock_, soon());
  ASSERT_TRUE(add(uow, insert_, 1, {Value::int64(1), Value::string("x")}));
  ASSERT_TRUE(add(uow, insert_, 2, {Value::int64(2), Value::string("x")}));
  ASSERT_TRUE(uow.flush());
  EXPECT_FALSE(uow.commit());
  EXPECT_FALSE(uow.failure()->in_doubt);
  EXPECT_EQ(uow.failure()->blame, host::Blame::kInvariant);
}

TEST_F(Storage, TooManyRowsForOneParameterAreSplit) {
  make_table("id bigint PRIMARY KEY, body text");
  Pool pool(svc());
  UnitOfWork uow(pool, clock_, soon());
  const std::string large(12 << 20, 'x');
  for (int id = 0; id < 4; ++id) ASSERT_TRUE(add(uow, insert_, 1, {Value::int64(id), Value::string(large)}));
  ASSERT_TRUE(uow.flush());
  EXPECT_EQ(*uow.commit(), 4U);
  EXPECT_EQ(uow.executions()[0].count, 2U);
}

TEST_F(Storage, ATableThatChangedUnderAPlanCostsOneTransientFailure) {
  make_table("id bigint PRIMARY KEY, body text");
  const Statement all = statement("all", "SELECT * FROM dlr.t", true, {});
  Pool pool(svc(1));
  const auto ask = [&] {
    UnitOfWork uow(pool, clock_, soon());
    const host::Result<std::uint32_t> rows = uow.query(all);
    return rows ? ErrorCode{} : rows.error().code;
  };
  EXPECT_EQ(ask(), ErrorCode{});
  postgres_.exec("ALTER TABLE dlr.t ADD COLUMN more int");
  EXPECT_EQ(ask(), ErrorCode::kTransient);
  EXPECT_EQ(ask(), ErrorCode{});
}

TEST_F(Storage, NoticesStayOffStderr) {
  Pool pool(svc(1, {{"client_min_messages", "notice"}}));
  auto lease = pool.acquire(5s);
  ASSERT_TRUE(lease);
  testing::internal::CaptureStderr();
  EXPECT_FALSE((*lease)->run_sql("DO $$ BEGIN RAISE WARNING '4915'; END $$", {}, nullptr, "x"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace dlrgw::test
