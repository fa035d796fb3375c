// SPDX-License-Identifier: Apache-2.0
// US-022 orphans lie by month: partitions are there in time, rows without one raise an alarm, and nothing that is not
// archived can be dropped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Us022Partitions : public testing::Test {
 protected:
  // Until the job has ended another run.
  bool run_job(Scenario& s) {
    const auto runs = [&] {
      const HttpReply jobs = admin(s.gateway(), keys_, "GET", "/v1/admin/jobs");
      return std::stoll("0" + json_field(part_of(jobs.body, "jobs", "correlate.partitions"), "runs"));
    };
    const std::int64_t before = runs();
    if (admin(s.gateway(), keys_, "POST", "/v1/admin/jobs/correlate.partitions/run").status >= 300) return false;
    return eventually([&] { return runs() > before; });
  }
  static std::vector<std::string> partitions(Scenario& s) {
    std::vector<std::string> out;
    for (const Row& row : s.postgres().rows("SELECT inhrelid::regclass::text FROM pg_inherits "
                                            "WHERE inhparent = 'dlr.orphan_dlrs'::regclass ORDER BY 1"))
      out.push_back(row[0]);
    return out;
  }
  AdminKeys keys_;
};

TEST_F(Us022Partitions, ThreeMonthsAheadAndRowsOfALostMonthComeHome) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto made = partitions(s);
  // As after a long pause: no partition is left but the default one.
  for (const std::string& partition : made)
    if (partition != "dlr.orphan_dlrs_default") s.postgres().exec("DROP TABLE " + partition);
  ASSERT_TRUE(started(s));
  const auto ids = orphaned(s, s.receipts_for(strangers(s, 2), "DELIVRD"));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_default"), 2) << "lost to no month, but kept";

  ASSERT_TRUE(run_job(s));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_default_partition_rows", {{"table", "dlr.orphan_dlrs"}}), 2);
  const auto alarms = lines_with(s.gateway(), "dlr.partitions.default_rows", "table", "dlr.orphan_dlrs");
  ASSERT_THAT(alarms, SizeIs(1));
  EXPECT_EQ(json_field(alarms[0], "level"), "error");
  EXPECT_EQ(json_field(alarms[0], "rows"), "2");
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_default"), 0);
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 2);
  EXPECT_EQ(s.postgres().value("SELECT to_regclass('dlr.orphan_dlrs_' || to_char((now() AT TIME ZONE 'UTC') + interval "
                               "'3 months', 'YYYY_MM')) IS NOT NULL"),
            "t");

  ASSERT_TRUE(run_job(s));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_default_partition_rows", {{"table", "dlr.orphan_dlrs"}}), 0);
  EXPECT_THAT(lines_with(s.gateway(), "dlr.partitions.default_rows", "table", "dlr.orphan_dlrs"), SizeIs(1));
  EXPECT_THAT(lines_with(s.gateway(), "dlr.partitions.made", "table", "dlr.orphan_dlrs"), SizeIs(1));
}

TEST_F(Us022Partitions, AMonthEndsWithItsLastMicrosecondInUtc) {
  Scenario s;
  s.postgres().exec("SET TimeZone = 'Asia/Tokyo'; SELECT dlr.make_orphan_partitions('2027-01-01', 2)");
  const Receipt receipt = s.receipt_for(strangers(s, 1)[0], "DELIVRD");
  insert_orphan(s, receipt, "2027-01-31T23:59:59.999999Z");
  insert_orphan(s, receipt, "2027-02-01T00:00:00Z");
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_2027_01"), 1);
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_2027_02"), 1);
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_default"), 0);
  EXPECT_EQ(s.postgres().count("SELECT dlr.make_orphan_partitions('2027-01-15', 2)"), 0) << "twice is once";
}

TEST_F(Us022Partitions, OnlyAnArchivedNumberOfRowsMayBeDropped) {
  Scenario s;
  s.postgres().exec("SELECT dlr.make_orphan_partitions('2025-01-01', 1)");
  insert_orphan(s, s.receipt_for(strangers(s, 1)[0], "DELIVRD"), "2025-01-15T12:00:00Z");
  EXPECT_THROW(s.postgres().exec("SELECT dlr.drop_orphan_partition('2025-01-01', 0)"), std::exception);
  EXPECT_THROW(s.postgres().exec("SELECT dlr.drop_orphan_partition('2025-01-01', 2)"), std::exception);
  EXPECT_THROW(s.postgres().exec("SELECT dlr.drop_orphan_partition('2025-01-01', NULL)"), std::exception);
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs_2025_01"), 1);
  s.postgres().exec("SELECT dlr.drop_orphan_partition('2025-01-01', 1)");
  EXPECT_EQ(s.postgres().value("SELECT to_regclass('dlr.orphan_dlrs_2025_01') IS NULL"), "t");
}

}  // namespace
}  // namespace dlrgw::test
