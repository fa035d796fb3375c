// SPDX-License-Identifier: Apache-2.0
// A name that a subquery's table has no more is looked for in the query around it: the statement is still valid then,
// and means something else. So each column is renamed in turn; every statement must be refused, or mean what it meant.
#include <set>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// plan_of: what the statement does, or NULL where it is refused. misread: table, column and statement of each that is
// taken and does something else.
constexpr const char* kFunctions = R"sql(
CREATE FUNCTION plan_of(statement text) RETURNS text LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  line text; plan text := '';
  parameters int := coalesce((SELECT max(m[1]::int) FROM regexp_matches(statement, '\$(\d+)', 'g') m), 0);
BEGIN
  EXECUTE 'PREPARE meant AS ' || statement;
  FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) EXECUTE meant' ||
    CASE WHEN parameters > 0 THEN '(NULL' || repeat(', NULL', parameters - 1) || ')' ELSE '' END
  LOOP plan := plan || line || E'\n'; END LOOP;
  DEALLOCATE meant;
  RETURN plan;
EXCEPTION WHEN OTHERS THEN
  DEALLOCATE ALL;
  RETURN NULL;
END $$;
CREATE FUNCTION misread() RETURNS TABLE (of_table text, of_column text, statement text) LANGUAGE plpgsql AS $$
DECLARE
  c record; s record; plan text; found jsonb := '[]';
BEGIN
  FOR c IN SELECT n.nspname || '.' || t.relname AS of_table, a.attname::text AS of_column FROM pg_class t
    JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid
    WHERE n.nspname IN ('dlr', 'orch', 'smpp') AND t.relkind IN ('r', 'p') AND NOT t.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped
  LOOP
    BEGIN
      EXECUTE format('ALTER TABLE %s RENAME %I TO %I', c.of_table, c.of_column, c.of_column || '_of_before');
      FOR s IN SELECT m.statement, m.plan FROM meant m
        WHERE m.statement ~ ('\m' || c.of_column || '\M') AND strpos(m.statement, c.of_table) > 0
      LOOP
        plan := plan_of(s.statement);
        IF replace(plan, c.of_column || '_of_before', c.of_column) <> s.plan THEN
          found := found || jsonb_build_array(jsonb_build_object('t', c.of_table, 'c', c.of_column, 's', s.statement));
        END IF;
      END LOOP;
      RAISE EXCEPTION 'named as before';
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END LOOP;
  RETURN QUERY SELECT f->>'t', f->>'c', f->>'s' FROM jsonb_array_elements(found) f;
END $$;
CREATE TABLE meant (statement text, plan text))sql";

// What the server was asked to prepare: "... parse NAME: TEXT", and lines that begin with a tab.
std::set<std::string> prepared_statements(const std::string& server_log) {
  constexpr std::string_view kParse = "  parse ";
  std::set<std::string> found;
  for (std::size_t at = server_log.find(kParse); at != std::string::npos; at = server_log.find(kParse, at + 1)) {
    const std::size_t begin = server_log.find(": ", at) + 2;
    std::size_t end = server_log.find('\n', begin);
    while (end != std::string::npos && server_log.compare(end, 2, "\n\t") == 0) end = server_log.find('\n', end + 1);
    const std::string text = server_log.substr(begin, end - begin);
    if (text.find("dlrgw_rows") != std::string::npos || text.find("dlr.") != std::string::npos) found.insert(text);
  }
  return found;
}

TEST(StatementNames, ARenamedColumnIsRefusedAndNeverTakenForAnotherOne) {
  Scenario s({.postgres = {.fast = true,
                           .statement_statistics = false,
                           .settings = {"log_min_duration_statement=0", "log_parameter_max_length=0"}},
              .gateway = {}});
  s.publish(s.receipts_for(s.add_messages(3), "DELIVRD"));
  s.gateway().start();
  ASSERT_TRUE(s.wait_settled());
  const CliResult check = s.gateway().run_cli({"check", "--connect", "--config", s.gateway().config_path()}, {});
  ASSERT_EQ(check.exit_code, 0) << check.out << check.err;
  ASSERT_EQ(s.gateway().terminate(), 0);

  const std::set<std::string> statements = prepared_statements(s.postgres().server_log());
  EXPECT_THAT(statements, testing::Contains(testing::HasSubstr("FOR NO KEY UPDATE")));
  s.postgres().exec(kFunctions);
  for (const std::string& statement : statements) {
    const std::string text = s.postgres().quote(statement);
    s.postgres().exec("INSERT INTO meant SELECT " + text + ", plan_of(" + text + ")");
  }
  std::string refused;
  for (const Row& row : s.postgres().rows("SELECT statement FROM meant WHERE plan IS NULL")) refused += row[0] + "\n\n";
  EXPECT_THAT(refused, IsEmpty()) << "not understood as it is";
  std::string misread;
  for (const Row& row : s.postgres().rows("SELECT of_table, of_column, statement FROM misread()"))
    misread += row[0] + "." + row[1] + ": " + row[2].substr(0, row[2].find("*/")) + "\n";
  EXPECT_THAT(misread, IsEmpty()) << "columns without which a statement does something else";
  // One that is written so is found.
  s.postgres().exec(
      "TRUNCATE meant; INSERT INTO meant SELECT x, plan_of(x) FROM (VALUES ('SELECT FROM (VALUES (1)) r(id), LATERAL "
      "(SELECT FROM dlr.outbox WHERE id = r.id) o')) v(x)");
  EXPECT_THAT(s.postgres().rows("SELECT of_column FROM misread()"), SizeIs(1));
}

}  // namespace
}  // namespace dlrgw::test
