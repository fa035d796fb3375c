// SPDX-License-Identifier: Apache-2.0
// The pool and the leader lock on a real PostgreSQL, under the gateway's own roles.
#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/storage_fixture.hpp"
#include "storage/advisory_lock.hpp"
#include "support/eventually.hpp"

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
using testing::Not;

using PoolTest = StorageFixture;

TEST_F(PoolTest, SettingsOfEachSession) {
  const auto show = [&](host::PoolConfig config, const std::string& name) {
    Pool pool(std::move(config));
    auto lease = pool.acquire(5s);
    if (!lease) return lease.error().text;
    host::ResultTable table;
    if (const auto failure = (*lease)->run_sql("SHOW " + name, {}, &table, "show")) return failure->text;
    return std::string(table.raw(0, 0).value_or(""));
  };
  host::PoolConfig admin{"admin", postgres_.dsn(), "dlr_admin", kAdminPassword, 1, "test", {}};
  EXPECT_EQ(show(svc(), "enable_seqscan"), "off");
  EXPECT_EQ(show(admin, "enable_seqscan"), "on");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"lock_timeout", "5s"},
                                                        {"statement_timeout", "10s"},
                                                        {"idle_in_transaction_session_timeout", "15s"},
                                                        {"timezone", "UTC"},
                                                        {"datestyle", "ISO, MDY"},
                                                        {"jit", "off"}}) {
    EXPECT_EQ(show(svc(), name), value);
    EXPECT_EQ(show(admin, name), value);
  }
  EXPECT_EQ(show(svc(1, {{"statement_timeout", "3s"}}), "statement_timeout"), "3s");
}

TEST_F(PoolTest, WrongPasswordIsUnavailableAndNotShown) {
  host::PoolConfig config = svc();
  config.password = "wrong-4915";
  Pool pool(config);
  const host::Status status = pool.probe(5s);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(status.error().text, HasSubstr("pool svc"));
  EXPECT_THAT(status.error().text, Not(HasSubstr("4915")));
}

TEST_F(PoolTest, AllBusyIsTransientAndAFreedOneIsHandedOver) {
  Pool pool(svc(1));
  auto first = pool.acquire(5s);
  ASSERT_TRUE(first);
  const auto second = pool.acquire(20ms);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kTransient);
  EXPECT_THAT(second.error().text, HasSubstr("pool svc: all 1"));
  std::thread waiter([&] { EXPECT_TRUE(pool.acquire(5s)); });
  EXPECT_TRUE(eventually([&] { return pool.stats().waiting == 1; }));
  first->release();
  waiter.join();
  EXPECT_EQ(pool.stats().in_use, 0U);
  EXPECT_EQ(pool.stats().open, 1U);
}

TEST_F(PoolTest, TenLanesShareFewSessions) {
  make_table("id bigint PRIMARY KEY, body text");
  const Statement insert =
      statement("insert", "INSERT INTO dlr.t (id) SELECT id FROM dlrgw_rows", false, {{"id", ColumnType::kInt}}, 1);
  Pool pool(svc(3));
  std::atomic<int> next{0};
  std::atomic<int> committed{0};
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < 10; ++lane)
    lanes.emplace_back([&] {
      for (int id = next++; id < 200; id = next++) {
        UnitOfWork uow(pool, clock_, soon());
        const Value row[] = {Value::int64(id)};
        if (uow.add_row(insert, 0, row) && uow.flush() && uow.commit()) ++committed;
      }
    });
  for (std::thread& lane : lanes) lane.join();
  EXPECT_EQ(committed, 200);
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM dlr.t"), 200);
  EXPECT_LE(postgres_.count("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test/svc'"), 3);
}

TEST_F(PoolTest, SurvivesARestartOfTheServer) {
  Pool pool(svc(2));
  {
    auto one = pool.acquire(5s);
    auto two = pool.acquire(5s);
    ASSERT_TRUE(one && two);
  }
  EXPECT_EQ(pool.stats().open, 2U);
  postgres_.stop();
  EXPECT_EQ(pool.probe(5s).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(pool.stats().in_use, 0U);
  postgres_.start();
  EXPECT_TRUE(pool.probe(5s)) << "the sessions of before the restart must not be given out";
  postgres_.restart(PostgresStop::kImmediate);
  EXPECT_TRUE(pool.probe(5s));
}

using LeaderLockTest = StorageFixture;

TEST_F(LeaderLockTest, OneHolderAndAHandOver) {
  host::LockSession here(svc());
  host::LockSession there(svc());
  host::LeaderLock one(here, "job outbox.relay");
  host::LeaderLock two(there, "job outbox.relay");
  host::LeaderLock other(there, "job segments.sweep");
  EXPECT_TRUE(*one.try_acquire());
  EXPECT_TRUE(*one.try_acquire());
  EXPECT_FALSE(*two.try_acquire());
  EXPECT_TRUE(*other.try_acquire());
  EXPECT_TRUE(one.still_held());
  EXPECT_FALSE(two.still_held());
  one.release();
  EXPECT_FALSE(one.still_held());
  EXPECT_TRUE(*two.try_acquire());
  two.release();
  EXPECT_TRUE(other.still_held()) << "each lock of a session is given up alone";
  EXPECT_TRUE(*one.try_acquire());
}

TEST_F(LeaderLockTest, ALostSessionIsALostLock) {
  host::LockSession here(svc());
  host::LockSession there(svc());
  host::LeaderLock one(here, "job");
  host::LeaderLock beside(here, "other job");
  host::LeaderLock two(there, "job");
  ASSERT_TRUE(*one.try_acquire());
  ASSERT_TRUE(*beside.try_acquire());
  kill_sessions();
  EXPECT_TRUE(*two.try_acquire());
  EXPECT_FALSE(one.still_held()) << "a silent reconnect would hold nothing and say otherwise";
  EXPECT_FALSE(*one.try_acquire());
  EXPECT_FALSE(beside.still_held()) << "it went with the session; the new one has not taken it";
  postgres_.stop();
  EXPECT_EQ(one.try_acquire().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace dlrgw::test
