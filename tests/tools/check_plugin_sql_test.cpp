// SPDX-License-Identifier: Apache-2.0
// `check-plugin --dsn` against a real PostgreSQL: what it says of scripts, rights and statements, and that nothing of
// it is there afterwards.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/check_plugin.hpp"
#include "storage/migrate.hpp"
#include "support/child_process.hpp"
#include "support/postgres.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string fixture(const std::string& name) { return DLRGW_FIXTURES_DIR "/fixture_brings_" + name + ".so"; }

class CheckPluginSql : public testing::Test {
 protected:
  // "error: text", one line per finding.
  std::vector<std::string> findings(const std::string& path, const std::string& dsn) {
    const CheckReport report = check_plugin(path, kStepLimit, dsn);
    std::vector<std::string> out;
    for (const CheckFinding& one : report.findings)
      if (one.step == "sql") out.push_back(std::string(to_string(one.severity)) + ": " + one.text);
    return out;
  }
  std::vector<std::string> findings(const std::string& name) { return findings(fixture(name), postgres_.admin_dsn()); }
  std::string left_behind() {
    return postgres_.value(
        "SELECT concat(string_agg(rolname, ' '), (SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname = "
        "'dlr')) FROM pg_roles WHERE rolname LIKE 'dlr%' OR rolname LIKE 'fixture%'");
  }

  test::TestPostgres postgres_{test::PostgresOptions{.fast = true, .statement_statistics = false, .settings = {}}};
};

constexpr const char* kLeftOut = "note: statements are not tried, because a script that may make their tables fails";

TEST_F(CheckPluginSql, NamesWhatIsWrongAndWhereAndLeavesNothing) {
  EXPECT_THAT(findings("good"), IsEmpty());
  EXPECT_THAT(
      findings("bad_statement"),
      ElementsAre("error: statement fixture.brings.find: PostgreSQL does not accept the statement (SQLSTATE 42601): "
                  "syntax error at or near \"dlr\", at \"dlr.fixtur...\""));
  EXPECT_THAT(findings("wrong_column"),
              ElementsAre("error: statement fixture.brings.note: a column is missing or was renamed (SQLSTATE 42703): "
                          "column \"seen\" of relation \"fixture_brought\" does not exist, at \"seen) SELE...\""));
  EXPECT_THAT(findings("no_privilege"),
              ElementsAre("error: statement fixture.brings.note: the database role lacks a privilege; run dlr-gateway "
                          "migrate (SQLSTATE 42501): permission denied for table fixture_brought"));
  EXPECT_THAT(findings("bad_script"),
              ElementsAre("error: tables/010_brought.sql: PostgreSQL does not accept the statement (SQLSTATE 42601): "
                          "syntax error at or near \")\", at \");\"",
                          kLeftOut));
  EXPECT_THAT(findings("ends_transaction"),
              ElementsAre("error: tables/010_brought.sql: a script must not end its transaction (BEGIN, COMMIT, "
                          "ROLLBACK)",
                          kLeftOut));
  EXPECT_THAT(findings("leaves_role"),
              ElementsAre("error: tables/010_brought.sql: it changes its role (SET ROLE, RESET ROLE); migrate runs it "
                          "over a login that may be nothing but dlr_owner_fixture.brings",
                          kLeftOut));
  EXPECT_THAT(
      findings("foreign_table"),
      ElementsAre("error: tables/010_brought.sql: PostgreSQL refuses it: must be owner of table "
                  "schema_migrations; the script runs as role dlr_owner_fixture.brings, which owns what its own "
                  "scripts made and nothing else",
                  kLeftOut));
  EXPECT_THAT(findings("open_to_all"),
              ElementsAre("error: tables/010_brought.sql: it grants PUBLIC rights on fixture_brought; grant them to "
                          "the roles that need them",
                          kLeftOut));
  EXPECT_THAT(
      findings("no_such_table"),
      ElementsAre("error: it declares rights on dlr.fixture_bought, which none of its scripts makes", kLeftOut));
  EXPECT_EQ(left_behind(), "");
}

TEST_F(CheckPluginSql, WhatIsAppliedIsNotRunAgainAndMustNotHaveChanged) {
  const auto migrated = [&](const std::string& sql) {
    std::vector<Migration> all = host_migrations();
    all.push_back({"fixture.brings", "010_brought", false, sql, "1.0.0"});
    return migrate({.admin_dsn = postgres_.admin_dsn(), .migrations = all}, {});
  };
  ASSERT_TRUE(migrated("CREATE TABLE dlr.fixture_brought (id int PRIMARY KEY, at timestamptz);"));
  EXPECT_THAT(findings("good"), IsEmpty());
  EXPECT_THAT(findings("bad_script"), ElementsAre("error: tables/010_brought.sql has changed since it was applied to "
                                                  "this database; restore its text and put the change into a new file",
                                                  kLeftOut));
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM dlr.fixture_brought"), 0);
}

// Each on a database that has the tables of all of them.
TEST_F(CheckPluginSql, TheStandardPluginsPass) {
  const std::vector<std::string> names{"dedup", "correlate", "segments", "outbox", "admin_http"};
  const auto file = [](const std::string& name) { return std::string(DLRGW_PLUGINS_DIR) + "/dlrgw_" + name + ".so"; };
  std::vector<Migration> all = host_migrations();
  for (const std::string& name : names) {
    const CheckReport report = check_plugin(file(name));
    all.insert(all.end(), report.sql.migrations.begin(), report.sql.migrations.end());
  }
  const Status migrated = migrate({.admin_dsn = postgres_.admin_dsn(), .migrations = all}, {});
  ASSERT_TRUE(migrated) << migrated.error().text;
  for (const std::string& name : names) EXPECT_THAT(findings(file(name), postgres_.admin_dsn()), IsEmpty()) << name;
}

TEST_F(CheckPluginSql, ALoginThatMayNotMakeRolesIsRefusedInASentence) {
  postgres_.exec("CREATE ROLE fixture_reader LOGIN PASSWORD 'fixture'");
  EXPECT_THAT(findings(fixture("good"), postgres_.dsn_of("fixture_reader", "fixture")),
              ElementsAre(testing::AllOf(HasSubstr("error: --dsn: "), HasSubstr("permission denied to create role"),
                                         HasSubstr("; give an administrator's connection, as migrate takes it"))));
}

TEST_F(CheckPluginSql, TheCommandTakesTheConnection) {
  const test::TempDir dir;
  const auto run = [&](const std::vector<std::string>& more) {
    test::SpawnOptions options;
    options.argv = {DLRGW_BINARY, "check-plugin", fixture("bad_statement")};
    options.argv.insert(options.argv.end(), more.begin(), more.end());
    options.stdout_path = dir.path() + "/out";
    std::ofstream(options.stdout_path, std::ios::trunc).flush();
    return test::run_to_end(options);
  };
  EXPECT_EQ(run({}), 0) << "as long as nobody asks PostgreSQL";
  EXPECT_EQ(run({"--dsn", postgres_.admin_dsn()}), 1);
  EXPECT_THAT(test::read_file(dir.path() + "/out"), HasSubstr("error: sql: statement fixture.brings.find: "));
}

}  // namespace
}  // namespace dlrgw::host
