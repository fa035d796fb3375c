// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL refuses: every privilege on every table that a role does not need is tried under that role, with all
// plugins' tables in place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using testing::IsEmpty;

const std::vector<std::string> kRoles = {"dlr_svc", "dlr_relay", "dlr_admin", "dlr_portal", "dlr_maint"};
const std::vector<std::string> kPrivileges = {"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                              "TRUNCATE", "REFERENCES", "TRIGGER"};

const std::set<std::string> kRetained = {
    "dlr.ingest_stats",          "dlr.invalid_dlrs",       "dlr.daily_operator_report", "dlr.rejected_resubmissions",
    "dlr.resubmission_requests", "dlr.resubmission_steps", "dlr.orphan_resolutions",    "dlr.late_dlrs",
    "dlr.quarantined_dlrs",      "dlr.delivery_receipts",  "dlr.aggregation_open",      "dlr.message_aggregates",
    "dlr.segment_dlrs",          "dlr.intake_clock"};

const std::set<std::string> kViews = {"dlr.orphaned_receipts", "dlr.outbox_events", "dlr.portal_segments"};

// The contract: svc appends, relay empties the outbox and puts back what is left of a row, admin reads and decides,
// portal sees its view, maint removes what is old.
bool allowed(const std::string& role, const std::string& privilege, const std::string& table) {
  const bool ours = table.starts_with("dlr.");
  if (role == "dlr_svc") {
    if (!ours) return privilege == "SELECT" && table == "smpp.message_correlations";
    return privilege == "SELECT" ||
           (privilege == "INSERT" && table != "dlr.schema_migrations" && !kViews.contains(table));
  }
  if (role == "dlr_relay")
    return table == "dlr.outbox" && (privilege == "SELECT" || privilege == "INSERT" || privilege == "DELETE");
  if (role == "dlr_admin") {
    if (privilege == "SELECT") return ours;
    return privilege == "INSERT" && (table == "dlr.audit_log" || table == "dlr.quarantine_actions");
  }
  if (role == "dlr_portal") return privilege == "SELECT" && table == "dlr.portal_segments";
  if (privilege == "DELETE") return kRetained.contains(table);
  if (privilege == "INSERT") return table == "dlr.orphan_archives";
  return privilege == "SELECT" && (kRetained.contains(table) || table == "dlr.orphan_archives" ||
                                   table == "dlr.orphan_dlrs" || table == "dlr.orphan_dlrs_default");
}

// What other services granted by the column: has_table_privilege() says no, and a statement without a column succeeds.
bool by_column(const std::string& role, const std::string& privilege, const std::string& table) {
  if (role == "dlr_svc") return table == "orch.sms_messages";  // its columns: see below
  return role == "dlr_admin" && privilege == "SELECT" && !table.starts_with("dlr.");
}

// A statement that needs this privilege, and nothing but it when it is there.
std::string attempt(const std::string& privilege, const std::string& table, const std::string& column) {
  if (privilege == "SELECT") return "SELECT FROM " + table + " LIMIT 0";
  if (privilege == "INSERT") return "INSERT INTO " + table + " DEFAULT VALUES";
  if (privilege == "UPDATE") return "UPDATE " + table + " SET " + column + " = NULL WHERE false";
  if (privilege == "DELETE") return "DELETE FROM " + table + " WHERE false";
  if (privilege == "TRUNCATE") return "TRUNCATE " + table;
  if (privilege == "TRIGGER")
    return "CREATE TRIGGER t BEFORE INSERT ON " + table + " EXECUTE FUNCTION suppress_redundant_updates_trigger()";
  return "CREATE TEMP TABLE t (a int REFERENCES " + table + ")";
}

// As that role itself, not as a superuser who plays it.
void prepare(Scenario& s) {
  s.postgres().exec(
      "CREATE FUNCTION public.tried(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE "
      "'SET LOCAL SESSION AUTHORIZATION ' || who; BEGIN EXECUTE statement; RETURN 'ok'; EXCEPTION WHEN OTHERS THEN "
      "RETURN SQLSTATE; END; END $$");
}

// "ok", or the SQLSTATE.
std::string tried(Scenario& s, const std::string& role, const std::string& sql) {
  return s.postgres().value("SELECT public.tried('" + role + "', " + s.postgres().quote(sql) + ")");
}

TEST(Us014Postgres, EveryPrivilegeBeyondTheGrantsIsRefused) {
  Scenario s;
  prepare(s);
  std::vector<std::string> wrong;
  int refused = 0;
  const auto tables = s.postgres().rows(
      "SELECT n.nspname || '.' || c.relname, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 "
      "AND attidentity = '' LIMIT 1) "
      "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('dlr', 'orch', 'smpp') AND "
      "c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition ORDER BY 1");
  ASSERT_GE(tables.size(), 20U);
  for (const std::string& role : kRoles) {
    for (const Row& table : tables) {
      for (const std::string& privilege : kPrivileges) {
        const std::string what = role + " " + privilege + " " + table[0];
        const bool granted = s.postgres().value("SELECT has_table_privilege('" + role + "', '" + table[0] + "', '" +
                                                privilege + "')") == "t";
        if (granted != allowed(role, privilege, table[0]))
          wrong.push_back(what + (granted ? " is granted" : " is missing"));
        if (granted || privilege == "REFERENCES" || privilege == "TRIGGER") continue;
        const std::string answer = tried(s, role, attempt(privilege, table[0], table[1]));
        const bool no_such_thing = kViews.contains(table[0]) && (answer == "55000" || answer == "42809");
        if (answer == "42501" || no_such_thing) {
          ++refused;
        } else if (!by_column(role, privilege, table[0])) {
          wrong.push_back(what + " answered " + answer);
        }
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
  EXPECT_GE(refused, 300);
}

TEST(Us014Postgres, ForeignColumnsFunctionsAndRolesAreOutOfReach) {
  Scenario s;
  prepare(s);
  for (const std::string column : {"status", "dlr_status", "dlr_received_at", "processed_at"})
    EXPECT_EQ(tried(s, "dlr_svc", "UPDATE orch.sms_messages SET " + std::string(column) + " = NULL WHERE false"), "ok");
  for (const std::string column : {"message_id", "account_id", "operator_id", "to_addr", "segment_count"})
    EXPECT_EQ(tried(s, "dlr_svc", "UPDATE orch.sms_messages SET " + std::string(column) + " = NULL WHERE false"),
              "42501");
  EXPECT_EQ(tried(s, "dlr_svc", "SELECT from_addr FROM orch.sms_messages"), "42501");
  EXPECT_EQ(tried(s, "dlr_svc", "DELETE FROM orch.sms_messages"), "42501");
  for (const std::string& role : kRoles) {
    for (const std::string sql :
         {"SET ROLE dlr_owner", "SET ROLE postgres", "CREATE TABLE dlr.mine (a int)", "CREATE SCHEMA mine",
          "CREATE ROLE mine", "ALTER TABLE dlr.audit_log DISABLE ROW LEVEL SECURITY", "DROP TABLE dlr.outbox",
          "COPY dlr.outbox TO '/tmp/x'", "COPY dlr.outbox TO PROGRAM 'true'", "SELECT pg_read_file('/etc/passwd')",
          "DELETE FROM dlr.audit_log", "DELETE FROM dlr.quarantine_actions", "UPDATE dlr.audit_log SET actor = 'x'",
          "SELECT pg_terminate_backend(pg_backend_pid()) FROM pg_authid", "ALTER ROLE dlr_svc SUPERUSER"}) {
      EXPECT_EQ(tried(s, role, sql), "42501") << role << ": " << sql;
    }
    for (const std::string sql :
         {"make_months('outbox', DATE '2020-01-01', 1)", "drop_month('orphan_dlrs', 'received_at', now())",
          "guard_partition('dlr.outbox', 'dlr.audit_log')"})
      EXPECT_EQ(tried(s, role, "SELECT dlr." + sql), "42501") << role << ": " << sql;
    if (role != "dlr_maint") {
      EXPECT_EQ(tried(s, role, "SELECT dlr.drop_orphan_partition(DATE '2020-01-01', 0)"), "42501") << role;
      for (const std::string kind : {"receipt", "segment", "aggregate"})
        for (const std::string& call :
             {"make_" + kind + "_partitions(DATE '2020-01-01', 1)", "drop_" + kind + "_month(now())"})
          EXPECT_EQ(tried(s, role, "SELECT dlr." + call), "42501") << role << ": " << call;
    }
  }
}

}  // namespace
}  // namespace dlrgw::test
