// SPDX-License-Identifier: Apache-2.0
// What the gateway's sessions rely on, and on nobody's defaults: settings, the server that can be written to, a session
// that belongs to one client.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/storage_fixture.hpp"
#include "storage/advisory_lock.hpp"
#include "support/eventually.hpp"
#include "support/pgbouncer.hpp"
#include "support/postgres_standby.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using host::ColumnType;
using host::ErrorCode;
using host::Pool;
using host::Statement;
using host::UnitOfWork;
using host::Value;
using testing::HasSubstr;

class Sessions : public StorageFixture {
 protected:
  std::string shown(Pool& pool, const std::string& name) {
    auto lease = pool.acquire(5s);
    if (!lease) return lease.error().text;
    host::ResultTable table;
    if (const auto failure = (*lease)->run_sql("SHOW " + name, {}, &table, "show")) return failure->text;
    return std::string(table.raw(0, 0).value_or(""));
  }
  bool writes(Pool& pool, int id) {
    UnitOfWork uow(pool, clock_, soon());
    const Value row[] = {Value::int64(id)};
    return uow.add_row(insert_, 0, row) && uow.flush() && uow.commit();
  }
  PgBouncerOptions pooler(const std::string& mode) const {
    return {.pool_mode = mode, .pool_size = 20, .users = {{"dlr_svc", kSvcPassword}}};
  }

  const Statement insert_ =
      statement("insert", "INSERT INTO dlr.t (id) SELECT id FROM dlrgw_rows", false, {{"id", ColumnType::kInt}}, 1);
};

TEST_F(Sessions, NoDefaultOfARoleOrADatabaseCounts) {
  postgres_.exec(
      "ALTER ROLE dlr_svc SET default_transaction_isolation = 'repeatable read';"
      "ALTER ROLE dlr_svc SET synchronous_commit = off;"
      "ALTER ROLE dlr_svc SET search_path = public, orch;"
      "ALTER ROLE dlr_svc SET tcp_keepalives_idle = 7200;"
      "ALTER DATABASE sms SET statement_timeout = 0;"
      "ALTER DATABASE sms SET timezone = 'Asia/Tehran';");
  Pool pool(svc(1));
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"default_transaction_isolation", "read committed"},
                                                        {"synchronous_commit", "on"},
                                                        {"search_path", "dlr, pg_temp"},
                                                        {"statement_timeout", "10s"},
                                                        {"timezone", "UTC"}})
    EXPECT_EQ(shown(pool, name), value) << name;
  postgres_.exec("ALTER ROLE dlr_svc SET synchronous_commit = remote_apply");
  Pool later(svc(1));
  EXPECT_EQ(shown(later, "synchronous_commit"), "remote_apply") << "what is stronger stays";
}

// The server shows what its socket really has: 5 + 3 * 3 s of silence, 15 s for what it sent itself, below 30 s.
TEST_F(Sessions, TheServerNoticesAVanishedHostWithinThirtySeconds) {
  Pool pool(svc(1));
  EXPECT_EQ(shown(pool, "tcp_keepalives_idle"), "5");
  EXPECT_EQ(shown(pool, "tcp_keepalives_interval"), "3");
  EXPECT_EQ(shown(pool, "tcp_keepalives_count"), "3");
  EXPECT_EQ(shown(pool, "tcp_user_timeout"), "15000");
}

TEST_F(Sessions, APoolerThatLendsSessionsPerTransactionIsRefused) {
  const TestPgBouncer bouncer(postgres_, pooler("transaction"));
  host::PoolConfig config = svc(2);
  config.dsn = bouncer.dsn();
  Pool pool(config);
  const host::Status answer = pool.probe(5s);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kDenied);
  EXPECT_THAT(answer.error().text, HasSubstr("pool svc: a connection pooler lends the sessions"));
  EXPECT_THAT(answer.error().text, HasSubstr("pool_mode = session"));
}

TEST_F(Sessions, APoolerInSessionModeWorks) {
  make_table("id bigint PRIMARY KEY");
  const TestPgBouncer bouncer(postgres_, pooler("session"));
  host::PoolConfig config = svc(2);
  config.dsn = bouncer.dsn();
  Pool pool(config);
  ASSERT_TRUE(pool.probe(5s)) << pool.probe(5s).error().text;
  EXPECT_EQ(shown(pool, "search_path"), "dlr, pg_temp");
  for (int id = 1; id <= 50; ++id) EXPECT_TRUE(writes(pool, id)) << id;
  host::LockSession here(config);
  host::LockSession there(config);
  EXPECT_TRUE(*here.try_acquire("job"));
  EXPECT_FALSE(*there.try_acquire("job"));
  EXPECT_TRUE(here.still_held("job"));
}

TEST_F(Sessions, AStandbyIsNotTaken) {
  const TestStandby standby(postgres_);
  host::PoolConfig config = svc(1);
  config.dsn = "host=127.0.0.1 port=" + std::to_string(standby.port()) + " dbname=sms";
  Pool pool(config);
  const host::Status answer = pool.probe(5s);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  config.dsn += " target_session_attrs=any";
  Pool any(config);
  ASSERT_FALSE(any.probe(5s));
  EXPECT_THAT(any.probe(5s).error().text, HasSubstr("read-only; connect to the primary"));
}

TEST_F(Sessions, FollowAPromotedStandby) {
  make_table("id bigint PRIMARY KEY");
  TestStandby standby(postgres_);
  postgres_.exec("ALTER SYSTEM SET synchronous_standby_names = '*'");
  postgres_.exec("SELECT pg_reload_conf()");
  host::PoolConfig config = svc(2);
  config.dsn = standby.dsn_of_both();
  Pool pool(config);
  host::LockSession locks(config);
  ASSERT_TRUE(eventually([&] { return writes(pool, 1) || writes(pool, 2); }));
  ASSERT_TRUE(*locks.try_acquire("job"));
  postgres_.stop(PostgresStop::kImmediate);
  EXPECT_FALSE(pool.probe(5s));
  standby.promote();
  EXPECT_TRUE(eventually([&] { return writes(pool, 3); }));
  EXPECT_FALSE(locks.still_held("job")) << "it went with the old primary";
  EXPECT_TRUE(*locks.try_acquire("job"));
}

// The writes end before the server does: sessions that cannot write any more are given up, whatever is left of them.
TEST_F(Sessions, ASessionThatCanOnlyReadIsDropped) {
  make_table("id bigint PRIMARY KEY");
  Pool pool(svc(1));
  ASSERT_TRUE(writes(pool, 1));
  postgres_.exec("ALTER DATABASE sms SET default_transaction_read_only = on");
  {
    auto lease = pool.acquire(5s);
    ASSERT_TRUE(lease);
    ASSERT_FALSE((*lease)->run_sql("SET default_transaction_read_only = on", {}, nullptr, "set"));
  }
  UnitOfWork uow(pool, clock_, soon());
  const Value row[] = {Value::int64(2)};
  ASSERT_TRUE(uow.add_row(insert_, 0, row));
  ASSERT_FALSE(uow.flush());
  EXPECT_EQ(uow.failure()->sqlstate, "25006");
  EXPECT_EQ(uow.failure()->blame, host::Blame::kServer);
  uow.rollback();
  EXPECT_EQ(pool.stats().open, 0U);
  EXPECT_FALSE(pool.probe(5s)) << "a session that can only read is not taken either";
}

TEST_F(Sessions, ATableAlteredUnderAPreparedStatementCostsOneRun) {
  make_table("id bigint PRIMARY KEY");
  const Statement all = statement("all", "SELECT * FROM dlr.t", true, {});
  Pool pool(svc(1));
  const auto query = [&](UnitOfWork& uow) { return static_cast<bool>(uow.query(all)); };
  {
    UnitOfWork first(pool, clock_, soon());
    ASSERT_TRUE(query(first));
    first.rollback();
  }
  postgres_.exec("ALTER TABLE dlr.t ADD more text");
  UnitOfWork stale(pool, clock_, soon());
  ASSERT_FALSE(query(stale));
  EXPECT_EQ(stale.failure()->blame, host::Blame::kConflict) << stale.failure()->text;
  stale.rollback();
  UnitOfWork fresh(pool, clock_, soon());
  EXPECT_TRUE(query(fresh));
}

TEST_F(Sessions, ATriggerOfOthersBlamesNobody) {
  postgres_.exec(
      "CREATE SCHEMA acme; CREATE TABLE acme.prices (id bigint PRIMARY KEY, CONSTRAINT theirs CHECK (id < 10));"
      "GRANT USAGE ON SCHEMA acme TO dlr_svc; GRANT ALL ON acme.prices TO dlr_svc;");
  make_table("id bigint, CONSTRAINT ours CHECK (id < 10)");
  const Statement theirs =
      statement("theirs", "INSERT INTO acme.prices (id) SELECT id FROM dlrgw_rows", false, {{"id", ColumnType::kInt}});
  Pool pool(svc(1));
  const auto blamed = [&](const Statement& s) {
    UnitOfWork uow(pool, clock_, soon());
    const Value row[] = {Value::int64(11)};
    EXPECT_TRUE(uow.add_row(s, 1, row));
    EXPECT_FALSE(uow.flush());
    return uow.failure() == nullptr ? "nobody" : std::string(to_string(uow.failure()->blame));
  };
  EXPECT_EQ(blamed(theirs), "environment");
  EXPECT_EQ(blamed(insert_), "row");
  postgres_.exec("ALTER TABLE dlr.t RENAME id TO number");
  EXPECT_EQ(blamed(insert_), "environment") << "a column that is missing";
}

TEST_F(Sessions, ARowWithoutAPartitionIsTheEnvironments) {
  postgres_.exec(
      "CREATE TABLE dlr.t (id bigint) PARTITION BY RANGE (id); CREATE TABLE dlr.t1 PARTITION OF dlr.t FOR VALUES FROM "
      "(1) "
      "TO (5); GRANT ALL ON dlr.t TO dlr_svc;");
  Pool pool(svc(1));
  UnitOfWork uow(pool, clock_, soon());
  const Value row[] = {Value::int64(11)};
  ASSERT_TRUE(uow.add_row(insert_, 1, row));
  ASSERT_FALSE(uow.flush());
  EXPECT_EQ(uow.failure()->sqlstate, "23514");
  EXPECT_EQ(uow.failure()->blame, host::Blame::kEnvironment) << uow.failure()->text;
}

}  // namespace
}  // namespace dlrgw::test
