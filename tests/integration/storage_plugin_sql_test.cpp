// SPDX-License-Identifier: Apache-2.0
// SQL of plugins on a real PostgreSQL: a script reaches what its own scripts made and nothing else, whatever it tries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/plugin.h>

#include "integration/storage_fixture.hpp"

namespace dlrgw::test {
namespace {

using host::Migration;
using host::PluginTables;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Outcome {
  host::Status status;
  std::vector<std::string> lines;
  [[nodiscard]] std::string said() const { return status ? "" : status.error().text; }
};

class PluginSql : public StorageFixture {
 protected:
  Outcome apply(const std::vector<Migration>& plugins, const std::vector<PluginTables>& tables = {}, bool plan = false,
                const std::string& owner_dsn = {}) {
    std::vector<Migration> all = host::host_migrations();
    all.insert(all.end(), plugins.begin(), plugins.end());
    Outcome out;
    out.status = host::migrate({.admin_dsn = postgres_.admin_dsn(),
                                .owner_dsn = owner_dsn,
                                .passwords = test_passwords(),
                                .migrations = all,
                                .tables = tables,
                                .plan = plan},
                               [&](std::string_view line) { out.lines.emplace_back(line); });
    return out;
  }
  Outcome apply(const std::string& sql) { return apply({{"acme", "010_x", false, sql}}); }
  std::string rights(const std::string& role, const std::string& table) {
    return postgres_.value(
        "SELECT coalesce(string_agg(p, ',' ORDER BY p), '') FROM unnest(ARRAY['SELECT', 'INSERT', "
        "'UPDATE', 'DELETE']) p WHERE has_table_privilege('" +
        role + "', '" + table + "', p)");
  }
};

struct Hostile {
  const char* name;
  const char* sql;
  const char* answer;  // of PostgreSQL, in the sentence
};

// Each begins with a table of its own, which must not be there afterwards.
const Hostile kHostile[] = {
    {"becomes superuser by RESET ROLE", "RESET ROLE; CREATE ROLE evil SUPERUSER",
     "must be superuser|permission denied"},
    {"becomes superuser by SET ROLE NONE", "SET ROLE NONE; CREATE ROLE evil SUPERUSER",
     "must be superuser|permission denied"},
    {"plays the administrator", "SET SESSION AUTHORIZATION postgres", "permission denied"},
    {"plays the owner of the schema", "SET ROLE dlr_owner", "permission denied"},
    {"drops a table of the host", "DROP TABLE dlr.audit_log", "must be owner of table audit_log"},
    {"alters a table of the host", "ALTER TABLE dlr.audit_log ADD COLUMN x int", "must be owner of table audit_log"},
    {"opens the host's tables", "GRANT ALL ON ALL TABLES IN SCHEMA dlr TO PUBLIC", "permission denied for table"},
    {"opens its own table", "GRANT ALL ON dlr.mine TO PUBLIC", "grants PUBLIC rights on mine"},
    {"reads the host's table", "CREATE TABLE dlr.copy AS SELECT * FROM dlr.audit_log", "permission denied for table"},
    {"puts a trigger on the host's table",
     "CREATE FUNCTION dlr.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE "
     "INSERT "
     "ON dlr.audit_log FOR EACH ROW EXECUTE FUNCTION dlr.f()",
     "permission denied for table audit_log"},
    {"waits for the commit",
     "CREATE FUNCTION dlr.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN CREATE ROLE evil SUPERUSER; RETURN NULL; "
     "END'; "
     "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON dlr.mine DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
     "dlr.f(); INSERT INTO dlr.mine VALUES (1)",
     "must be superuser|permission denied to create role"},
    {"hides in SECURITY DEFINER",
     "CREATE FUNCTION dlr.f() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN CREATE ROLE evil SUPERUSER; "
     "END'; "
     "SELECT dlr.f()",
     "must be superuser|permission denied to create role"},
    {"runs a program", "COPY dlr.mine FROM PROGRAM 'id'", "pg_execute_server_program"},
    {"reads a file of the server", "COPY dlr.mine FROM '/etc/passwd'", "pg_read_server_files"},
    {"changes the server", "ALTER SYSTEM SET log_statement = 'none'", "refuses inside of one"},
    {"commits half of itself", "COMMIT; CREATE TABLE dlr.more (id int)", "must not end its transaction"},
    {"rolls back", "ROLLBACK", "must not end its transaction"},
    {"commits in a procedure", "CREATE PROCEDURE dlr.p() LANGUAGE plpgsql AS 'BEGIN COMMIT; END'; CALL dlr.p()",
     "must not end its transaction"},
    {"gives its role away", "GRANT dlr_owner_acme TO dlr_svc", "must have admin option|permission denied"},
    {"says that the host's script was applied",
     "INSERT INTO dlr.schema_migrations VALUES ('host', '999', 'tables', '', '', '', now())",
     "row-level security policy"},
};

TEST_F(PluginSql, AHostileScriptIsRefusedWholeWithOneSentence) {
  for (const Hostile& script : kHostile) {
    const Outcome outcome = apply("CREATE TABLE dlr.mine (id int); " + std::string(script.sql));
    ASSERT_FALSE(outcome.status) << script.name;
    EXPECT_THAT(outcome.said(), AllOf(HasSubstr("acme: tables/010_x.sql: "), Not(HasSubstr("\n")))) << script.name;
    EXPECT_THAT(outcome.said(), testing::ContainsRegex(script.answer)) << script.name;
    EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.mine') IS NULL AND to_regclass('dlr.more') IS NULL"), "t")
        << script.name;
    EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_roles WHERE rolname = 'evil' OR rolname LIKE 'dlr\\_migrate%'"),
              0)
        << script.name;
    EXPECT_EQ(postgres_.count("SELECT count(*) FROM dlr.schema_migrations WHERE owner = 'acme' OR name = '999'"), 0)
        << script.name;
  }
  EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.audit_log') IS NOT NULL"), "t");
}

TEST_F(PluginSql, TwoPluginsCannotTouchEachOther) {
  ASSERT_TRUE(apply({{"one", "010_x", false, "CREATE TABLE dlr.one_seen (id int)"}}).status);
  const Outcome outcome = apply({{"two", "010_x", false, "DROP TABLE dlr.one_seen"}});
  EXPECT_THAT(outcome.said(),
              HasSubstr("two: tables/010_x.sql: PostgreSQL refuses it: must be owner of table one_seen; "
                        "the script runs as role dlr_owner_two, which owns what its own scripts made and "
                        "nothing else"));
}

TEST_F(PluginSql, FunctionsOfAPluginAreNotCalledByTheOwnersOwn) {
  postgres_.exec("CREATE ROLE caught NOLOGIN");
  // The exact match would be preferred to pg_catalog's, wherever schema dlr is on the path.
  ASSERT_TRUE(
      apply("CREATE FUNCTION dlr.encode(text, text) RETURNS text LANGUAGE plpgsql AS 'BEGIN DROP ROLE caught; RETURN "
            "NULL; END'; CREATE FUNCTION dlr.starts_with(name, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN "
            "DROP ROLE caught; RETURN true; END'")
          .status);
  ASSERT_TRUE(apply({{"acme", "010_x", false, "SELECT 1"}}).said().find("has changed") != std::string::npos);
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_roles WHERE rolname = 'caught'"), 1);
}

TEST_F(PluginSql, WithoutADeclarationTheDefaultRightsHold) {
  ASSERT_TRUE(apply("CREATE TABLE dlr.mine (id int); GRANT DELETE ON dlr.mine TO dlr_maint").status);
  EXPECT_EQ(rights("dlr_svc", "dlr.mine"), "INSERT,SELECT");
  EXPECT_EQ(rights("dlr_maint", "dlr.mine"), "DELETE");
  EXPECT_EQ(rights("dlr_admin", "dlr.mine"), "SELECT");
}

TEST_F(PluginSql, ADeclarationIsMadeExactlySo) {
  const std::vector<Migration> scripts{
      {"acme", "010_x", false,
       "CREATE TABLE dlr.mine (id int); CREATE TABLE dlr.other (id int); GRANT UPDATE ON dlr.mine TO dlr_maint"}};
  const std::vector<PluginTables> tables{
      {"acme", {{"mine", DLRGW_TABLE_SELECT | DLRGW_TABLE_UPDATE, DLRGW_TABLE_DELETE}}}};
  const Outcome first = apply(scripts, tables);
  ASSERT_TRUE(first.status) << first.said();
  EXPECT_THAT(first.lines, Contains("granted rights on the tables of plugin acme"));
  EXPECT_EQ(rights("dlr_svc", "dlr.mine"), "SELECT,UPDATE");
  EXPECT_EQ(rights("dlr_maint", "dlr.mine"), "DELETE");
  EXPECT_EQ(rights("dlr_svc", "dlr.other"), "") << "not declared";
  EXPECT_THAT(apply(scripts, tables).lines, testing::ElementsAre("nothing to do"));
  const Outcome ghost = apply(scripts, {{"acme", {{"ghost", DLRGW_TABLE_SELECT, 0}}}});
  EXPECT_THAT(ghost.said(), HasSubstr("plugin acme: it declares rights on dlr.ghost, which none of its scripts makes"));
}

TEST_F(PluginSql, APlanPrintsEveryStatementAndChangesNothing) {
  const Outcome plan = apply({{"acme", "010_x", false, "CREATE TABLE dlr.mine (id int)"}},
                             {{"acme", {{"mine", DLRGW_TABLE_SELECT, 0}}}}, true);
  ASSERT_TRUE(plan.status) << plan.said();
  EXPECT_THAT(plan.lines, Contains("-- acme: tables/010_x.sql, as dlr_owner_acme"));
  EXPECT_THAT(plan.lines, Contains("CREATE TABLE dlr.mine (id int)"));
  EXPECT_THAT(plan.lines, Contains(HasSubstr("GRANT SELECT ON dlr.\"mine\" TO dlr_svc")));
  EXPECT_THAT(plan.lines, Not(Contains(HasSubstr(kAdminPassword))));
  EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.mine') IS NULL"), "t");
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dlr\\_owner\\_%' OR rolname LIKE "
                            "'dlr\\_migrate%'"),
            0);
}

TEST_F(PluginSql, LoginsOfInterruptedRunsAreSwept) {
  const std::string left =
      "dlr_migrate_" + postgres_.value("SELECT oid FROM pg_database WHERE datname = 'sms'") + "_dead";
  postgres_.exec("CREATE ROLE " + left + " LOGIN; GRANT dlr_owner TO " + left);
  ASSERT_TRUE(apply(std::vector<Migration>{}).status);
  EXPECT_EQ(postgres_.count("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dlr\\_migrate%'"), 0);
}

TEST_F(PluginSql, ALoginOfTheAdministratorsIsLentTheOwner) {
  postgres_.exec("CREATE ROLE scripts LOGIN PASSWORD 'scripts'");
  const std::string dsn = postgres_.dsn_of("scripts", "scripts");
  const Outcome lent = apply({{"acme", "010_x", false, "CREATE TABLE dlr.mine (id int)"},
                              {"two", "010_x", false, "CREATE TABLE dlr.two (id int)"}},
                             {}, false, dsn);
  ASSERT_TRUE(lent.status) << lent.said();
  EXPECT_EQ(postgres_.value("SELECT tableowner FROM pg_tables WHERE tablename = 'mine'"), "dlr_owner_acme");
  EXPECT_EQ(
      postgres_.count("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = "
                      "'scripts'"),
      0)
      << "taken back";
  const Outcome refused = apply({{"acme", "020_y", false, "RESET ROLE; DROP TABLE dlr.two"}}, {}, false, dsn);
  EXPECT_THAT(refused.said(), HasSubstr("must be owner of table two"));
}

TEST_F(PluginSql, ALoginWithRightsIsNotUsed) {
  postgres_.exec("CREATE ROLE mighty LOGIN CREATEROLE PASSWORD 'mighty'");
  const Outcome outcome = apply({{"acme", "010_x", false, "CREATE TABLE dlr.mine (id int)"}}, {}, false,
                                postgres_.dsn_of("mighty", "mighty"));
  EXPECT_THAT(outcome.said(), HasSubstr("has rights of its own, is a member of another role"));
  EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.mine') IS NULL"), "t");
}

TEST_F(PluginSql, AnOwnerThatWasGivenRightsIsRefused) {
  postgres_.exec("CREATE ROLE dlr_owner_acme LOGIN SUPERUSER");
  EXPECT_THAT(apply("CREATE TABLE dlr.mine (id int)").said(), HasSubstr("owner of the tables of plugin acme"));
  EXPECT_EQ(postgres_.value("SELECT to_regclass('dlr.mine') IS NULL"), "t");
}

}  // namespace
}  // namespace dlrgw::test
