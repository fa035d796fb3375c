// SPDX-License-Identifier: Apache-2.0
// A job that works on many does not stop at the one that fails: it is told, the others are done, and the run counts as
// failed. The sweep and the reconciliation of orphans have tests of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class JobIsolation : public testing::Test {
 protected:
  std::string job(const std::string& name) {
    return part_of(admin(s_.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", name);
  }
  // Until the job has ended another run; what it ended with, "null" when it went well.
  std::string error_of_run(const std::string& name) {
    const auto runs = [&] { return std::stoll("0" + json_field(job(name), "runs")); };
    const std::int64_t before = runs();
    EXPECT_LT(admin(s_.gateway(), keys_, "POST", "/v1/admin/jobs/" + name + "/run").status, 300) << name;
    EXPECT_TRUE(eventually([&] { return runs() > before; })) << name << "\n" << log_summary(s_.gateway());
    return json_field(job(name), "lastError");
  }
  void refuse(const std::string& change, const std::string& table, const std::string& when) {
    s_.postgres().exec(
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$; "
        "CREATE TRIGGER refuse BEFORE " +
        change + " ON " + table + " FOR EACH ROW WHEN (" + when + ") EXECUTE FUNCTION public.refuse()");
  }
  std::vector<std::string> told(std::string_view event) { return s_.gateway().logs(event); }

  AdminKeys keys_;
  Scenario s_{with_keys(keys_)};
};

TEST_F(JobIsolation, RetentionOfOtherTablesGoesOn) {
  s_.postgres().exec(
      "INSERT INTO dlr.late_dlrs SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'op', 'id', "
      "'FAILED', t, 'DELIVERED', 'DELIVRD', 'terminal_conflict', t, t, gen_random_uuid(), '\\x00', '\\x00' FROM "
      "(SELECT "
      "now() - interval '800 days' AS t) x; "
      "INSERT INTO dlr.quarantined_dlrs SELECT gen_random_uuid(), 'op', 'id', gen_random_uuid(), gen_random_uuid(), "
      "'DELIVERED', t, t, t, '{}', '\\x00', '\\x00', gen_random_uuid() FROM (SELECT now() - interval '800 days' AS t) "
      "x");
  refuse("DELETE", "dlr.late_dlrs", "true");
  ASSERT_TRUE(started(s_));
  EXPECT_THAT(error_of_run("dedup.retention"), HasSubstr("dlr.late_dlrs"));
  EXPECT_EQ(s_.count_rows("dlr.late_dlrs"), 1);
  EXPECT_EQ(s_.count_rows("dlr.quarantined_dlrs"), 0);
  ASSERT_THAT(told("dlr.retention.failed"), SizeIs(1));
  EXPECT_THAT(told("dlr.retention.failed")[0], HasSubstr("dlr.late_dlrs"));
  EXPECT_THAT(told("dlr.retention.failed")[0], HasSubstr("P0001"));
}

TEST_F(JobIsolation, ReportsOfOtherOperatorsAreWritten) {
  for (const char* name : {"mno-a", "mno-b", "mno-c"})
    s_.postgres().exec(std::string("INSERT INTO dlr.ingest_stats SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT "
                                   "TIME ZONE 'UTC' - interval '1 hour', '") +
                       name + "', 'applied', 'i', 7");
  refuse("INSERT", "dlr.daily_operator_report", "NEW.operator_id = 'mno-b'");
  ASSERT_TRUE(started(s_));
  EXPECT_THAT(error_of_run("admin.daily_report"), HasSubstr("dlr.report.failed"));
  EXPECT_EQ(
      s_.postgres().value("SELECT string_agg(operator_id, ' ' ORDER BY operator_id) FROM dlr.daily_operator_report"),
      "mno-a mno-c");
  ASSERT_THAT(told("dlr.report.failed"), SizeIs(1));
  EXPECT_EQ(json_field(told("dlr.report.failed")[0], "operatorId"), "mno-b");
  s_.postgres().exec("DROP TRIGGER refuse ON dlr.daily_operator_report");
  EXPECT_EQ(error_of_run("admin.daily_report"), "null");
  EXPECT_EQ(s_.count_rows("dlr.daily_operator_report"), 3);
}

TEST_F(JobIsolation, PartitionsOfOtherMonthsAreMade) {
  const std::string first =
      "dlr.orphan_dlrs_" + s_.postgres().value("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')");
  const std::string next = "dlr.orphan_dlrs_" + s_.postgres().value(
                                                    "SELECT to_char((now() AT TIME ZONE 'UTC') + "
                                                    "interval '3 months', 'YYYY_MM')");
  s_.postgres().exec("DROP TABLE " + first + "; DROP TABLE IF EXISTS " + next);
  // Its rows cannot leave the default partition.
  s_.postgres().exec(
      "INSERT INTO dlr.orphan_dlrs (orphan_id, received_at, operator_id, operator_message_id, "
      "id_candidates, dlr_status, reason, attempts, event_id, fingerprint, raw_payload) SELECT "
      "gen_random_uuid(), now(), 'op', 'id', '[]', 'DELIVERED', 'no_correlation', 3, gen_random_uuid(), "
      "'\\x00', '\\x00'");
  refuse("DELETE", "dlr.orphan_dlrs_default", "true");
  ASSERT_TRUE(started(s_));
  EXPECT_THAT(error_of_run("correlate.partitions"), HasSubstr("dlr.partitions.failed"));
  EXPECT_EQ(s_.postgres().value("SELECT to_regclass('" + first + "') IS NULL"), "t");
  EXPECT_EQ(s_.postgres().value("SELECT to_regclass('" + next + "') IS NOT NULL"), "t");
  EXPECT_FALSE(told("dlr.partitions.failed").empty());
}

}  // namespace
}  // namespace dlrgw::test
