// SPDX-License-Identifier: Apache-2.0
// A database that an earlier `migrate` has made, in full or half-way, becomes what a new one is.
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Made by tests/schema/refresh. Once 1.0 is released nobody runs it any more: a database of 1.0 looks like this for
// ever, and a script that was changed since is refused by its checksum.
constexpr const char* kStored = DLRGW_SCHEMA_DIR "/1.0.sql";
constexpr const char* kRoles =
    "CREATE ROLE dlr_owner NOLOGIN; CREATE ROLE dlr_svc LOGIN; CREATE ROLE dlr_relay LOGIN; CREATE ROLE dlr_admin "
    "LOGIN; "
    "CREATE ROLE dlr_portal LOGIN; CREATE ROLE dlr_maint LOGIN;";

PostgresOptions fast() { return {.fast = true, .statement_statistics = false, .settings = {}}; }

// Everything in schema dlr, one line each: columns, indexes, constraints, rights, policies, partitions, functions.
std::vector<Row> shape_of(TestPostgres& postgres) {
  return postgres.rows(R"(
SELECT c.relname || ' ' || a.attnum || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'dlr'::regnamespace
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'dlr'::regnamespace
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'dlr'::regnamespace
UNION ALL SELECT oid::regclass || ' ' || relowner::regrole || ' ' || relrowsecurity || relforcerowsecurity || ' ' ||
  coalesce((SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(relacl) x), '') || coalesce(pg_get_expr(relpartbound, oid), '')
FROM pg_class WHERE relnamespace = 'dlr'::regnamespace
UNION ALL SELECT polrelid::regclass || ' ' || polname || ' ' || polcmd::text || ' ' || coalesce(pg_get_expr(polqual, polrelid), '') FROM pg_policy
UNION ALL SELECT pg_get_functiondef(oid) || coalesce((SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(proacl) x), '') FROM pg_proc
WHERE pronamespace = 'dlr'::regnamespace
UNION ALL SELECT owner || ' ' || name || ' ' || kind || ' ' || sha256 FROM dlr.schema_migrations
ORDER BY 1)");
}

// Each database has those of its own days.
std::vector<Row> without_months(std::vector<Row> shape) {
  static const std::regex month("_[0-9]{4}_[0-9]{2}");
  std::erase_if(shape, [](const Row& line) { return std::regex_search(line[0], month); });
  return shape;
}

std::string stored_schema() {
  std::ifstream file(kStored);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

CliResult migrate(const GatewayProcess& gateway, TestPostgres& postgres) {
  return gateway.run_cli({"migrate", "--config", gateway.config_path(), "--dsn", postgres.admin_dsn()});
}

TEST(Upgrade, AMigrationThatWasInterruptedHalfWayIsRepeated) {
  Servers servers(fast());
  const GatewayProcess gateway(servers);
  servers.postgres.exec(
      "CREATE ROLE dlr_owner NOLOGIN; CREATE SCHEMA dlr AUTHORIZATION dlr_owner; CREATE TABLE "
      "dlr.segment_dlrs_undated (in_the_way int)");
  const CliResult first = migrate(gateway, servers.postgres);
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_THAT(first.err, HasSubstr("segments: tables/010_segment_dlrs.sql"));
  EXPECT_THAT(first.err, HasSubstr("segment_dlrs_undated"));
  EXPECT_GT(servers.postgres.count("SELECT count(*) FROM dlr.schema_migrations"), 5) << "what came before is kept";
  EXPECT_EQ(servers.postgres.value("SELECT to_regclass('dlr.segment_dlrs') IS NULL"), "t") << "half a script is none";

  servers.postgres.exec("DROP TABLE dlr.segment_dlrs_undated");
  const CliResult second = migrate(gateway, servers.postgres);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  Scenario fresh;
  EXPECT_EQ(shape_of(servers.postgres), shape_of(fresh.postgres()));
}

TEST(Upgrade, ADatabaseOfTheStoredSchemaGoesOn) {
  if (const char* file = std::getenv("DLRGW_WRITE_SCHEMA"); file != nullptr) {
    Scenario fresh;
    const std::string dump =
        std::string("pg_dump --inserts --schema=dlr --file='") + file + "' '" + fresh.postgres().admin_dsn() + "'";
    ASSERT_EQ(std::system(dump.c_str()), 0) << dump;
    return;
  }
  Servers servers(fast());
  GatewayProcess gateway(servers);
  const std::string schema = stored_schema();
  ASSERT_THAT(schema, HasSubstr("CREATE TABLE dlr.delivery_receipts"));
  servers.postgres.exec(kRoles);
  servers.postgres.exec(schema);
  servers.postgres.exec("RESET ALL");
  const std::int64_t before =
      servers.postgres.count("SELECT count(*) FROM dlr.schema_migrations WHERE kind = 'tables'");
  const CliResult result = migrate(gateway, servers.postgres);
  ASSERT_EQ(result.exit_code, 0) << "a script of 1.0 has changed; changes go into new ones:\n" << result.err;
  EXPECT_EQ(migrate(gateway, servers.postgres).exit_code, 0);
  EXPECT_GE(servers.postgres.count("SELECT count(*) FROM dlr.schema_migrations WHERE kind = 'tables'"), before);
  Scenario fresh;
  EXPECT_EQ(without_months(shape_of(servers.postgres)), without_months(shape_of(fresh.postgres())));
}

}  // namespace
}  // namespace dlrgw::test
