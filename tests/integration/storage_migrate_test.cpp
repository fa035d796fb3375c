// SPDX-License-Identifier: Apache-2.0
// `migrate` on a real PostgreSQL: what it makes, that it may be repeated, and what it refuses.
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/storage_fixture.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using host::ErrorCode;
using host::Migration;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Migrate : public testing::Test {
 protected:
  struct Outcome {
    host::Status status;
    std::vector<std::string> lines;
  };

  Outcome run(const std::vector<Migration>& plugins = {}, const std::string& dsn = {}) {
    std::vector<Migration> all = host::host_migrations();
    all.insert(all.end(), plugins.begin(), plugins.end());
    Outcome out;
    out.status = host::migrate(
        {.admin_dsn = dsn.empty() ? postgres_.admin_dsn() : dsn, .passwords = test_passwords(), .migrations = all},
        [&](std::string_view line) { out.lines.emplace_back(line); });
    return out;
  }
  bool as(const std::string& role, const std::string& sql) {
    try {
      postgres_.exec("BEGIN; SET ROLE " + role + "; " + sql + "; ROLLBACK");
      return true;
    } catch (const std::exception&) {
      postgres_.exec("ROLLBACK");
      return false;
    }
  }

  TestPostgres postgres_{PostgresOptions{
      .fast = true, .statement_statistics = true, .settings = {"log_statement=all", "log_min_duration_statement=0"}}};
};

TEST_F(Migrate, MakesEverythingOnce) {
  const Outcome first = run();
  ASSERT_TRUE(first.status) << first.status.error().text;
  EXPECT_THAT(first.lines, Contains("applied host: tables/010_invalid_dlrs.sql"));
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM dlr.schema_migrations WHERE owner = 'host'"),
            static_cast<std::int64_t>(host::host_migrations().size()));
  const Outcome second = run();
  ASSERT_TRUE(second.status) << second.status.error().text;
  EXPECT_THAT(second.lines, ElementsAre("nothing to do"));
}

TEST_F(Migrate, GrantsNoMoreThanTheContract) {
  ASSERT_TRUE(run().status);
  EXPECT_TRUE(as("dlr_svc", "SELECT * FROM dlr.invalid_dlrs"));
  EXPECT_TRUE(
      as("dlr_svc",
         "INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id) VALUES (now(), 'a', 'b', 'c', 'd')"));
  EXPECT_TRUE(as("dlr_svc", "SELECT message_id FROM orch.sms_messages FOR NO KEY UPDATE"));
  EXPECT_TRUE(as("dlr_svc", "UPDATE orch.sms_messages SET dlr_status = 'x' WHERE message_id IS NULL"));
  EXPECT_TRUE(as("dlr_maint", "DELETE FROM dlr.invalid_dlrs"));
  EXPECT_TRUE(
      as("dlr_admin",
         "INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id) VALUES (now(), 'a', 'b', 'c', 'd')"));
  for (const std::string sql :
       {"DELETE FROM dlr.invalid_dlrs", "UPDATE dlr.ingest_stats SET n = 0", "DELETE FROM dlr.audit_log",
        "INSERT INTO dlr.schema_migrations VALUES ('a', 'b', 'tables', 'c', now())", "CREATE TABLE dlr.mine (a int)",
        "UPDATE orch.sms_messages SET account_id = NULL", "SELECT from_addr FROM orch.sms_messages",
        "DELETE FROM smpp.message_correlations"})
    EXPECT_FALSE(as("dlr_svc", sql)) << sql;
  for (const std::string role : {"dlr_svc", "dlr_relay", "dlr_admin", "dlr_portal", "dlr_maint"}) {
    EXPECT_FALSE(as(role, "DELETE FROM dlr.audit_log")) << role;
    EXPECT_EQ(postgres_.value("SELECT pg_has_role('" + role + "', 'dlr_owner', 'MEMBER')"), "f") << role;
  }
  EXPECT_FALSE(as("dlr_portal", "SELECT * FROM dlr.invalid_dlrs"));
  EXPECT_FALSE(as("dlr_relay", "SELECT * FROM dlr.invalid_dlrs"));
  EXPECT_EQ(
      postgres_.count(
          "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dlr\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"),
      0);
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_class WHERE relnamespace = 'dlr'::regnamespace AND relowner <> "
                            "'dlr_owner'::regrole"),
            0);
}

// "table column type", the types as PostgreSQL names them, of the page's table of columns.
std::set<std::string> columns_of_page(const std::string& page) {
  std::set<std::string> out;
  std::istringstream in(page.substr(page.find("| table | column | type |")));
  std::string line, table;
  std::getline(in, line);
  std::getline(in, line);
  while (std::getline(in, line) && line.starts_with("|")) {
    std::vector<std::string> cells;
    std::istringstream row(line.substr(1));
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
    const auto names = [](const std::string& cell) {
      std::vector<std::string> found;
      for (std::size_t from = 0; (from = cell.find('`', from)) != std::string::npos;) {
        const std::size_t end = cell.find('`', from + 1);
        found.push_back(cell.substr(from + 1, end - from - 1));
        from = end + 1;
      }
      return found;
    };
    if (const auto named = names(cells.at(0)); !named.empty()) table = named[0];
    for (const std::string& column : names(cells.at(1))) out.insert(table + " " + column + cells.at(2));
  }
  return out;
}

// Whoever reads a column without a right to it fails in every other test; whoever has a right to one is told here.
TEST_F(Migrate, ThePageOfForeignTablesNamesTheColumnsThatAreGranted) {
  ASSERT_TRUE(run().status);
  std::set<std::string> granted;
  for (const Row& row : postgres_.rows(
           "SELECT DISTINCT n.nspname || '.' || c.relname || ' ' || a.attname || ' ' || "
           "CASE a.atttypid WHEN 'timestamptz'::regtype THEN 'timestamptz' WHEN 'smallint'::regtype THEN 'integer "
           "type' "
           "ELSE format_type(a.atttypid, a.atttypmod) END || ' ' "
           "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
           "CROSS JOIN (VALUES ('dlr_svc'), ('dlr_owner'), ('dlr_admin')) r(role) "
           "WHERE c.oid IN ('orch.sms_messages'::regclass, 'smpp.message_correlations'::regclass) AND a.attnum > 0 "
           "AND has_column_privilege(r.role, c.oid, a.attnum, 'SELECT')"))
    granted.insert(row[0]);
  EXPECT_EQ(columns_of_page(read_file(DLRGW_DOCS_DIR "/foreign-tables.md")), granted);
}

TEST_F(Migrate, PasswordsAreScramAndAppearNowhere) {
  ASSERT_TRUE(run().status);
  EXPECT_EQ(postgres_.count(
                "SELECT count(*) FROM pg_authid WHERE rolname LIKE 'dlr\\_%' AND rolpassword LIKE 'SCRAM-SHA-256$%'"),
            5);
  EXPECT_THAT(postgres_.server_log(), Not(HasSubstr(kAdminPassword)));
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%admin-role%' AND query NOT "
                            "LIKE '%pg_stat_statements%'"),
            0);
  host::Pool pool({"svc", postgres_.dsn(), "dlr_svc", kSvcPassword, 1, "test", {}});
  const host::Status status = pool.probe(std::chrono::seconds(5));
  EXPECT_TRUE(status) << status.error().text;
}

TEST_F(Migrate, RefusesAChangedTableScriptByName) {
  ASSERT_TRUE(run({{"acme", "010_seen", false, "CREATE TABLE dlr.seen (id int)"}}).status);
  const Outcome changed = run({{"acme", "000_new", false, "CREATE TABLE dlr.new (id int)"},
                               {"acme", "010_seen", false, "CREATE TABLE dlr.seen (id bigint)"}});
  ASSERT_FALSE(changed.status);
  EXPECT_EQ(changed.status.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(changed.status.error().text, HasSubstr("acme: tables/010_seen.sql has changed"));
  EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.new') IS NULL"), "t") << "refused before anything is applied";
}

TEST_F(Migrate, AFailingScriptLeavesNothingOfItself) {
  const Outcome failed = run({{"acme", "010_seen", false, "CREATE TABLE dlr.seen (id int)"},
                              {"acme", "020_bad", false, "CREATE TABLE dlr.half (id int); SELECT nonsense;"}});
  ASSERT_FALSE(failed.status);
  EXPECT_THAT(failed.status.error().text, HasSubstr("acme: tables/020_bad.sql"));
  EXPECT_THAT(failed.status.error().text, HasSubstr("column \"nonsense\" does not exist"));
  EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.half') IS NULL AND to_regclass('dlr.seen') IS NOT NULL"), "t");
  const Outcome repaired = run({{"acme", "010_seen", false, "CREATE TABLE dlr.seen (id int)"},
                                {"acme", "020_bad", false, "CREATE TABLE dlr.half (id int)"}});
  EXPECT_TRUE(repaired.status);
  EXPECT_THAT(repaired.lines, ElementsAre("applied acme: tables/020_bad.sql"));
}

TEST_F(Migrate, AScriptMustNotEndItsTransaction) {
  const Outcome ended =
      run({{"acme", "010_seen", false, "CREATE TABLE dlr.seen (id int); COMMIT; CREATE TABLE dlr.more (id int)"}});
  ASSERT_FALSE(ended.status);
  EXPECT_THAT(ended.status.error().text, HasSubstr("acme: tables/010_seen.sql: a script must not end its transaction"));
}

TEST_F(Migrate, ViewsFollowTheirText) {
  const std::string table = "CREATE TABLE dlr.seen (id int)";
  const auto view = [](const std::string& name, const std::string& body) {
    return Migration{"acme", name, true,
                     "DROP VIEW IF EXISTS dlr." + name + " CASCADE; CREATE VIEW dlr." + name + " AS " + body};
  };
  // Views come last even when listed first, and a dependent one comes back after its base was dropped with CASCADE.
  ASSERT_TRUE(
      run({view("a", "SELECT id FROM dlr.seen"), view("b", "SELECT id FROM dlr.a"), {"acme", "010_seen", false, table}})
          .status);
  const Outcome changed = run({view("a", "SELECT id, 1 AS one FROM dlr.seen"),
                               view("b", "SELECT id FROM dlr.a"),
                               {"acme", "010_seen", false, table}});
  ASSERT_TRUE(changed.status) << changed.status.error().text;
  EXPECT_THAT(changed.lines, ElementsAre("applied 2 views"));
  EXPECT_EQ(postgres_.count("SELECT count(one) FROM dlr.a, dlr.b"), 0);
  EXPECT_TRUE(as("dlr_svc", "SELECT * FROM dlr.b"));
  EXPECT_THAT(run({view("a", "SELECT id, 1 AS one FROM dlr.seen"),
                   view("b", "SELECT id FROM dlr.a"),
                   {"acme", "010_seen", false, table}})
                  .lines,
              ElementsAre("nothing to do"));
}

TEST_F(Migrate, TwoAtOnceTakeTurnsAlsoAcrossDatabases) {
  postgres_.exec("CREATE DATABASE second TEMPLATE template0");
  const std::string second = postgres_.admin_dsn() + " dbname=second";
  {
    auto connection = host::Connection::open(second, {}, "second");
    ASSERT_TRUE(connection);
    ASSERT_FALSE(
        (*connection)
            ->run_sql(
                "CREATE SCHEMA orch; CREATE SCHEMA smpp;"
                "CREATE TABLE orch.sms_messages (message_id uuid, account_id uuid, operator_id text, to_addr text,"
                " client_ref text, segment_count int, status text, dlr_status text, dlr_received_at timestamptz,"
                " processed_at timestamptz, submitted_at timestamptz);"
                "CREATE TABLE smpp.message_correlations (operator_id text, operator_message_id text, message_id uuid, "
                "segment_index int, total_segments int, dlr_requested boolean, connector_id text, submitted_at "
                "timestamptz)",
                {}, nullptr, "tables"));
  }
  std::mutex mutex;
  std::vector<std::string> errors;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&, i] {
      const Outcome outcome =
          run({{"acme", "010_seen", false, "CREATE TABLE dlr.seen (id int)"}}, i % 3 == 2 ? second : "");
      const std::lock_guard guard(mutex);
      if (!outcome.status) errors.push_back(outcome.status.error().text);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(errors, testing::IsEmpty());
}

TEST_F(Migrate, AnotherAdministratorMayRepeatIt) {
  ASSERT_TRUE(run().status);
  postgres_.exec("CREATE ROLE operations LOGIN CREATEROLE PASSWORD 'operations'");
  // Since PostgreSQL 16 CREATEROLE alone governs only the roles that one has made oneself.
  if (postgres_.count("SHOW server_version_num") >= 160000)
    postgres_.exec(
        "GRANT dlr_owner, dlr_svc, dlr_relay, dlr_admin, dlr_portal, dlr_maint TO operations WITH ADMIN OPTION");
  const Outcome outcome = run({{"acme", "010_seen", false, "CREATE TABLE dlr.seen (id int)"}},
                              postgres_.dsn_of("operations", "operations"));
  ASSERT_TRUE(outcome.status) << outcome.status.error().text;
  EXPECT_EQ(postgres_.value("SELECT tableowner FROM pg_tables WHERE schemaname = 'dlr' AND tablename = 'seen'"),
            "dlr_owner_acme");
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dlr\\_migrate%'"), 0);
}

TEST_F(Migrate, SaysWhatIsMissing) {
  postgres_.exec("DROP TABLE smpp.message_correlations");
  const Outcome outcome = run();
  ASSERT_FALSE(outcome.status);
  EXPECT_EQ(outcome.status.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(outcome.status.error().text, HasSubstr("smpp.message_correlations does not exist"));
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dlr\\_%'"), 0);
}

TEST_F(Migrate, RefusesOneNameTwice) {
  const Outcome outcome = run({{"acme", "x", false, "SELECT 1"}, {"acme", "x", false, "SELECT 2"}});
  ASSERT_FALSE(outcome.status);
  EXPECT_THAT(outcome.status.error().text, HasSubstr("acme has two scripts named tables/x.sql"));
}

}  // namespace
}  // namespace dlrgw::test
