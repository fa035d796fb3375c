// SPDX-License-Identifier: Apache-2.0
// A migrated private PostgreSQL and short ways to build statements, for the storage tests.
#pragma once
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/migrate.hpp"
#include "storage/pool.hpp"
#include "storage/statement.hpp"
#include "storage/unit_of_work.hpp"
#include "support/clock.hpp"
#include "support/postgres.hpp"

namespace dlrgw::test {

// Quotes, a backslash, a space, a percent sign and an umlaut: every escaping layer on the way has to be right.
inline constexpr const char* kSvcPassword = "s'v\"c\\ %41 ü";
inline constexpr const char* kAdminPassword = "admin-role";

inline host::RolePasswords test_passwords() { return {kSvcPassword, "relay", kAdminPassword, "portal", "maint"}; }

inline host::Statement statement(std::string name, std::string text, bool is_query, std::vector<host::Column> columns,
                                 std::uint32_t key_count = 0, std::uint64_t order = 1, bool one_each = false) {
  host::StatementDef def{"test", std::move(name), std::move(text), is_query, one_each, key_count, std::move(columns)};
  host::Result<host::Statement> compiled = host::Statement::compile(std::move(def), order);
  if (!compiled) throw std::invalid_argument(compiled.error().text);
  return *compiled;
}

class StorageFixture : public testing::Test {
 protected:
  StorageFixture() {
    const std::vector<host::Migration> migrations = host::host_migrations();
    const host::Status status = host::migrate(
        {.admin_dsn = postgres_.admin_dsn(), .passwords = test_passwords(), .migrations = migrations}, {});
    if (!status) throw std::runtime_error(status.error().text);
  }

  // Makes a table of the service's: dlr_svc may do anything with it.
  void make_table(const std::string& columns) {
    postgres_.exec("CREATE TABLE dlr.t (" + columns + "); GRANT ALL ON dlr.t TO dlr_svc;");
  }
  [[nodiscard]] host::PoolConfig svc(std::uint32_t size = 2, std::vector<host::Setting> session = {}) const {
    return {"svc", postgres_.dsn(), "dlr_svc", kSvcPassword, size, "test", std::move(session)};
  }
  [[nodiscard]] std::int64_t soon() const { return clock_.monotonic_us() + 120'000'000; }
  void kill_sessions(const std::string& application = "test/svc") {
    postgres_.exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '" +
                   application + "'");
  }
  template <std::size_t N>
  static host::Status add(host::UnitOfWork& uow, const host::Statement& s, std::uint64_t tag,
                          const host::Value (&values)[N]) {
    return uow.add_row(s, tag, values);
  }

  TestPostgres postgres_{PostgresOptions{
      .fast = true, .statement_statistics = false, .settings = {"log_statement=all", "log_parameter_max_length=4096"}}};
  host::SystemClock clock_;
};

}  // namespace dlrgw::test
