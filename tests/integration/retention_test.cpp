// SPDX-License-Identifier: Apache-2.0
// Rows that are old enough leave every table, block by block, and no others do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "integration/retention_turn.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

struct Table {
  const char* plugin;
  const char* name;
  const char* insert;  // one row at :at, number :n
};

constexpr Table kTables[] = {
    {"dedup", "dlr.late_dlrs",
     "INSERT INTO dlr.late_dlrs SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'op', 'id', "
     "'FAILED', "
     ":at, 'DELIVERED', 'DELIVRD', 'terminal_conflict', :at, :at, gen_random_uuid(), '\\x00', '\\x00'"},
    {"dedup", "dlr.quarantined_dlrs",
     "INSERT INTO dlr.quarantined_dlrs SELECT gen_random_uuid(), 'op', 'id', gen_random_uuid(), gen_random_uuid(), "
     "'DELIVERED', :at, :at, :at, '{}', '\\x00', '\\x00', gen_random_uuid()"},
    // Months are dropped from these; what has none is deleted.
    {"segments", "dlr.segment_dlrs_undated",
     "INSERT INTO dlr.segment_dlrs (filed_under, message_id, segment_index, state_key, total_segments, account_id, "
     "status, "
     "received_at, occurred_at) SELECT 'epoch', gen_random_uuid(), 1, 'T', 2, gen_random_uuid(), 'DELIVERED', :at, "
     ":at"},
    {"segments", "dlr.segment_dlrs_default",
     "INSERT INTO dlr.segment_dlrs (filed_under, message_id, segment_index, state_key, total_segments, account_id, "
     "status, "
     "received_at, occurred_at) SELECT '2099-01-01', gen_random_uuid(), 1, 'T', 2, gen_random_uuid(), 'DELIVERED', "
     ":at, "
     ":at"},
    {"segments", "dlr.message_aggregates_undated",
     "INSERT INTO dlr.message_aggregates SELECT 'epoch', gen_random_uuid(), gen_random_uuid(), 'op', 'DELIVERED', 2, "
     "2, 2, "
     "'complete', :at"},
    {"segments", "dlr.message_aggregates_default",
     "INSERT INTO dlr.message_aggregates SELECT '2099-01-01', gen_random_uuid(), gen_random_uuid(), 'op', 'DELIVERED', "
     "2, "
     "2, 2, 'complete', :at"},
    {"outbox", "dlr.delivery_receipts_undated",
     "INSERT INTO dlr.delivery_receipts SELECT 'epoch', gen_random_uuid(), 1, 'T', gen_random_uuid(), 'op', 'id', "
     "'DELIVERED', 'DELIVRD', NULL, NULL, :at, :at, :at, gen_random_uuid(), '\\x00', NULL, NULL, '', '\\x00'"},
    {"outbox", "dlr.delivery_receipts_default",
     "INSERT INTO dlr.delivery_receipts SELECT '2099-01-01', gen_random_uuid(), 1, 'T', gen_random_uuid(), 'op', 'id', "
     "'DELIVERED', 'DELIVRD', NULL, NULL, :at, :at, :at, gen_random_uuid(), '\\x00', NULL, NULL, '', '\\x00'"},
    {"correlate", "dlr.orphan_resolutions",
     "INSERT INTO dlr.orphan_resolutions SELECT gen_random_uuid(), NULL, 'manual', 'applied', 'ops', :at"},
    {"host", "dlr.invalid_dlrs",
     "INSERT INTO dlr.invalid_dlrs SELECT 's', :n, 'invalid', 'malformed_json', NULL, NULL, NULL, NULL, NULL, :at, "
     "'\\x00'"},
    {"host", "dlr.ingest_stats",
     "INSERT INTO dlr.ingest_stats SELECT date_trunc('minute', :at), 'op', 'applied', 'i', 1"},
    {"admin-http", "dlr.rejected_resubmissions",
     "INSERT INTO dlr.rejected_resubmissions SELECT 's', :n, 'applied', 'ops', NULL, :at"},
    {"admin-http", "dlr.resubmission_requests",
     "INSERT INTO dlr.resubmission_requests SELECT gen_random_uuid(), :at, 'ops', 'r', NULL, NULL, :at, 0"},
    {"admin-http", "dlr.resubmission_steps",
     "INSERT INTO dlr.resubmission_steps SELECT gen_random_uuid(), :n, 's', 1, '{}', true, :at"},
    {"admin-http", "dlr.daily_operator_report",
     "INSERT INTO dlr.daily_operator_report SELECT (:at)::date, 'op', 1, 1, 1, 1, 1, 0, false, :at"},
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

class RetentionJobs : public testing::Test {
 protected:
  static void insert(Scenario& s, const Table& table, const std::string& at, int number) {
    std::string sql = table.insert;
    replace_all(sql, ":at", "timestamptz " + s.postgres().quote(at));
    replace_all(sql, ":n", std::to_string(number));
    s.postgres().exec(sql);
  }
  std::string job(Scenario& s, const std::string& name) {
    return part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", name);
  }
  bool run(Scenario& s, const std::string& name) {
    if (admin(s.gateway(), keys_, "POST", "/v1/admin/jobs/" + name + "/run").status >= 300) return false;
    return eventually([&] { return json_field(job(s, name), "runs") == "1"; });
  }
  AdminKeys keys_;
};

TEST_F(RetentionJobs, DeleteWhatIsOldFromEveryTable) {
  Scenario s(with_keys(keys_));
  for (const Table& table : kTables) {
    insert(s, table, rfc3339_now(-24h * 401), 1);
    insert(s, table, rfc3339_now(-24h * 399), 2);
    insert(s, table, rfc3339_now(), 3);
  }
  ASSERT_TRUE(started(s));
  for (const char* plugin : {"dedup", "segments", "outbox", "correlate", "admin-http", "host"}) {
    const std::string name = std::string(plugin) + ".retention";
    ASSERT_TRUE(run(s, name)) << name;
    EXPECT_EQ(json_field(job(s, name), "lastError"), "null") << name;
    EXPECT_EQ(json_field(job(s, name), "singleton"), "true") << name;
  }
  for (const Table& table : kTables) {
    EXPECT_EQ(s.count_rows(table.name), 2) << table.name;
    EXPECT_EQ(s.gateway().metrics().sum("dlr_retention_deleted_total", {{"table", table.name}}), 1) << table.name;
  }
  EXPECT_EQ(s.gateway().logs("dlr.retention.done").size(), std::size(kTables));
}

TEST_F(RetentionJobs, GoThroughALargeTableInPieces) {
  Scenario s(with_keys(keys_));
  // Some 24 MiB: old and young rows alternate, and the last ones are old.
  s.postgres().exec(
      "INSERT INTO dlr.orphan_resolutions SELECT gen_random_uuid(), NULL, 'manual', repeat('x', 700), 'ops', "
      "now() - CASE WHEN g % 2 = 0 OR g > 29000 THEN interval '500 days' ELSE interval '1 day' END "
      "FROM generate_series(1, 30000) g");
  ASSERT_GT(s.postgres().count("SELECT pg_relation_size('dlr.orphan_resolutions') / 8192"), 2500);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(run(s, "correlate.retention"));
  EXPECT_EQ(
      s.postgres().count("SELECT count(*) FROM dlr.orphan_resolutions WHERE resolved_at < now() - interval '400 days'"),
      0);
  EXPECT_EQ(s.count_rows("dlr.orphan_resolutions"), 14'500);
}

TEST(RetentionOfMonths, DropsThemAndDeletesNoRow) { run_retention_turn(2'000); }

TEST_F(RetentionJobs, ZeroKeepsEverything) {
  Scenario s(with_keys(keys_, shipped_config({{"retention_days = 400       # rows", "retention_days = 0 # rows"}})));
  insert(s, kTables[0], "1999-01-01T00:00:00Z", 1);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(run(s, "dedup.retention"));
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), 1);
}

TEST_F(RetentionJobs, ADayCountThatIsNoneIsRefused) {
  ScenarioOptions options =
      with_keys(keys_, shipped_config({{"retention_days = 400       # rows", "retention_days = -1 # rows"}}));
  Servers servers(options.postgres);
  const GatewayProcess gateway(servers, options.gateway);
  const CliResult result = gateway.run_cli({"check", "--config", gateway.config_path()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("option \"retention_days\" must be 1 to 36500, or 0 to keep everything"));
}

}  // namespace
}  // namespace dlrgw::test
