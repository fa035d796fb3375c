// SPDX-License-Identifier: Apache-2.0
#include "integration/retention_turn.hpp"

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

constexpr int kMonths = 14;
constexpr const char* kTables[] = {"delivery_receipts", "segment_dlrs", "message_aggregates"};

// The first of the fourteen months, all of which were over 400 days ago.
constexpr const char* kFirst = "(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '28 months')";

void fill(Scenario& s, int rows) {
  const std::string first(kFirst);
  const std::string at = first + " AT TIME ZONE 'UTC' + make_interval(months => m) + 20 * random() * interval '1 day'";
  const std::string from = " FROM generate_series(0, " + std::to_string(kMonths - 1) + ") m, generate_series(1, ";
  for (const char* kind : {"receipt", "segment", "aggregate"})
    s.postgres().exec("SELECT dlr.make_" + std::string(kind) + "_partitions(" + first + "::date, " +
                      std::to_string(kMonths) + ")");
  s.postgres().exec(
      "INSERT INTO dlr.delivery_receipts SELECT t.at, gen_random_uuid(), 1, 'T', gen_random_uuid(), 'op', "
      "'id', 'DELIVERED', 'DELIVRD', NULL, NULL, t.at, t.at, t.at, gen_random_uuid(), "
      "decode(repeat('00', 32), 'hex'), NULL, NULL, '', decode(repeat('7b', 300), 'hex')" +
      from + std::to_string(rows) + ") n, LATERAL (SELECT n, " + at + " AS at) t");
  s.postgres().exec(
      "INSERT INTO dlr.segment_dlrs SELECT t.at, gen_random_uuid(), 1, 'T', 2, gen_random_uuid(), "
      "'DELIVERED', NULL, NULL, false, t.at, t.at" +
      from + std::to_string(rows / 10) + ") n, LATERAL (SELECT n, " + at + " AS at) t");
  s.postgres().exec(
      "INSERT INTO dlr.message_aggregates SELECT t.at, gen_random_uuid(), gen_random_uuid(), 'op', "
      "'DELIVERED', 2, 2, 2, 'complete', t.at" +
      from + std::to_string(rows / 10) + ") n, LATERAL (SELECT n, " + at + " AS at) t");
}

std::int64_t months_of(Scenario& s, const std::string& table) {
  return s.postgres().count(
      "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE inhparent = "
      "'dlr." +
      table + "'::regclass AND c.relname < '" + table +
      "_' || to_char(now() - interval "
      "'14 months', 'YYYY_MM') AND c.relname ~ '\\d'");
}

}  // namespace

void run_retention_turn(int rows) {
  AdminKeys keys;
  Scenario s(with_keys(keys));
  fill(s, rows);
  // A receipt of last week for a message that was submitted long ago keeps its whole month.
  const std::string kept = s.postgres().value("SELECT to_char(" + std::string(kFirst) +
                                              " + interval '3 months', "
                                              "'YYYY_MM')");
  s.postgres().exec("UPDATE dlr.delivery_receipts_" + kept +
                    " SET processed_at = now() - interval '7 days' WHERE ctid = "
                    "(SELECT ctid FROM dlr.delivery_receipts_" +
                    kept + " LIMIT 1)");
  s.postgres().exec("VACUUM dlr.delivery_receipts, dlr.segment_dlrs, dlr.message_aggregates");
  for (const char* table : kTables) ASSERT_EQ(months_of(s, table), kMonths) << table;
  ASSERT_TRUE(started(s));
  const std::int64_t deleted_before = s.postgres().count(
      "SELECT tup_deleted FROM pg_stat_database WHERE datname = "
      "current_database()");
  const auto start = std::chrono::steady_clock::now();
  for (const std::string job : {"outbox.retention", "segments.retention"}) {
    ASSERT_LT(admin(s.gateway(), keys, "POST", "/v1/admin/jobs/" + job + "/run").status, 300);
    const auto ended = [&] {
      const HttpReply jobs = admin(s.gateway(), keys, "GET", "/v1/admin/jobs");
      return json_field(part_of(jobs.body, "jobs", job), "runs") == "1";
    };
    ASSERT_TRUE(eventually(ended)) << log_summary(s.gateway());
    const HttpReply jobs = admin(s.gateway(), keys, "GET", "/v1/admin/jobs");
    EXPECT_EQ(json_field(part_of(jobs.body, "jobs", job), "lastError"), "null");
  }
  std::printf("[          ] 3 tables x %d months, %d rows each of the receipts: dropped in %.2f s\n", kMonths, rows,
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  EXPECT_EQ(months_of(s, "delivery_receipts"), 1) << "the month with a young row";
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), rows);
  EXPECT_EQ(s.count_rows("dlr.segment_dlrs"), 0);
  EXPECT_EQ(s.count_rows("dlr.message_aggregates"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_retention_dropped_months_total"), 3 * kMonths - 1);
  EXPECT_EQ(s.gateway().logs("dlr.retention.dropped").size(), 3U * kMonths - 1U);
  // What PostgreSQL counts: rows of its catalogue, some hundreds for a table.
  EXPECT_EQ(s.gateway().metrics().sum("dlr_retention_deleted_total"), 0);
  EXPECT_LT(s.postgres().count("SELECT tup_deleted FROM pg_stat_database WHERE datname = current_database()") -
                deleted_before,
            kMonths * rows / 2);
}

}  // namespace dlrgw::test
