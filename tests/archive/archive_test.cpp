// SPDX-License-Identifier: Apache-2.0
// US-022 months of orphans that are old enough leave PostgreSQL for the archive, whole and once.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/cpp/hex.hpp>

#include "archive/archive_fixture.hpp"

namespace dlrgw::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(Us022Archive, AMonthIsWholeInItsObjectBeforeItsPartitionGoes) {
  Scenario s(options());
  auto ids = old_month(s, 448);
  for (const char* edge : {"2025-01-01T00:00:00Z", "2025-01-31T23:59:59.999999Z"})
    ids.push_back(insert_orphan(s, s.receipt_for(strangers(s, 1)[0], "DELIVRD"), edge));
  s.postgres().exec("INSERT INTO dlr.orphan_resolutions VALUES ('" + ids[0] +
                    "', NULL, 'manual', 'applied', 'ops', '2025-01-20T00:00:00Z')");
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); })) << log_summary(s.gateway());

  ASSERT_THAT(store_.keys(), SizeIs(1));
  const std::string key = store_.keys()[0];
  EXPECT_THAT(key, StartsWith("orphans/2025/01/orphans-2025-01-"));
  const auto lines = store_.lines(key);
  ASSERT_EQ(lines.size(), 450U);
  std::vector<std::string> archived;
  for (const std::string& line : lines) archived.push_back(json_field(line, "id"));
  std::ranges::sort(archived);
  auto sorted = ids;
  std::ranges::sort(sorted);
  EXPECT_EQ(archived, sorted);
  const auto resolved =
      std::ranges::find_if(lines, [&](const std::string& l) { return json_field(l, "id") == ids[0]; });
  EXPECT_EQ(json_field(json_field(*resolved, "resolution"), "outcome"), "applied");
  EXPECT_THAT(*resolved, HasSubstr("+15550107777")) << "complete, so that it can be read as evidence";

  const auto rows = s.postgres().rows("SELECT month, object_key, rows, encode(sha256, 'hex') FROM dlr.orphan_archives");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0][0], "2025-01-01");
  EXPECT_EQ(rows[0][1], key);
  EXPECT_EQ(rows[0][2], "450");
  EXPECT_EQ(rows[0][3],
            s.postgres().value("SELECT encode(sha256(decode('" + to_hex(store_.object(key)) + "', 'hex')), 'hex')"));
  EXPECT_TRUE(partition_exists(s, this_month(s))) << "what is young stays";

  const auto done = s.gateway().logs("dlr.archive.done");
  ASSERT_THAT(done, SizeIs(1));
  EXPECT_EQ(json_field(done[0], "rows"), "450");
  EXPECT_EQ(s.gateway().metrics().sum("dlr_orphan_archives_total", {{"result", "done"}}), 1);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_orphan_archived_rows_total"), 450);
  EXPECT_THAT(temporary_files(s), IsEmpty());
  for (const std::string& line : s.gateway().logs()) EXPECT_THAT(line, Not(HasSubstr("15550107777")));
}

TEST_F(Us022Archive, TheBucketLearnsOnceThatObjectsExpireAfterAYear) {
  Scenario s(options());
  old_month(s, 1);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); }));
  EXPECT_THAT(store_.lifecycle(), HasSubstr("<Prefix>orphans/</Prefix>"));
  EXPECT_THAT(store_.lifecycle(), HasSubstr("<Days>365</Days>"));
  old_month(s, 1, "2025-02-10");
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_02"); }));
  EXPECT_EQ(std::ranges::count(store_.requests(), "PUT ?lifecycle= 200"), 1);
}

TEST_F(Us022Archive, LateRowsOfAnArchivedMonthMakeAnotherObject) {
  Scenario s(options());
  old_month(s, 3);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); }));
  const std::string first = store_.keys().at(0);
  const std::string bytes = store_.object(first);
  old_month(s, 2);
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); }));
  EXPECT_THAT(store_.keys(), SizeIs(2));
  EXPECT_EQ(store_.object(first), bytes) << "what was archived is never touched again";
  EXPECT_EQ(s.postgres().count("SELECT sum(rows) FROM dlr.orphan_archives WHERE month = '2025-01-01'"), 5);
}

TEST_F(Us022Archive, AnEmptyMonthGoesWithoutAnObject) {
  Scenario s(options());
  old_month(s, 0);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); }));
  EXPECT_THAT(store_.keys(), IsEmpty());
  EXPECT_EQ(s.count_rows("dlr.orphan_archives"), 0);
}

TEST_F(Us022Archive, WithoutAnEndpointNothingHappensAndOneLineSaysSo) {
  ScenarioOptions off = options();
  off.gateway.env["DLRGW_S3_ENDPOINT"] = "";
  Scenario s(std::move(off));
  old_month(s, 1);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(runs_of_the_job(s, 2));
  EXPECT_TRUE(partition_exists(s, "2025_01"));
  const auto lines = s.gateway().logs("dlr.archive.off");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(json_field(lines[0], "reason"), "s3_endpoint is empty: orphans stay in PostgreSQL, however old they are");
  EXPECT_THAT(store_.requests(), IsEmpty());
}

TEST_F(Us022Archive, HalfASettingIsRefusedByCheck) {
  ScenarioOptions half = options();
  half.gateway.env["DLRGW_S3_SECRET"] = "";
  Servers servers(half.postgres);
  const GatewayProcess gateway(servers, half.gateway);
  const CliResult result = gateway.run_cli({"check", "--config", gateway.config_path()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("options \"s3_key_id\" and \"s3_secret\" are needed when \"s3_endpoint\" is set"));
}

TEST_F(Us022Archive, TheSecretIsNeverPrinted) {
  Servers servers(options().postgres);
  const GatewayProcess gateway(servers, options().gateway);
  const CliResult result = gateway.run_cli({"check", "--config", gateway.config_path()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out + result.err, Not(HasSubstr(store_.environment().at("DLRGW_S3_SECRET"))));
}

}  // namespace
}  // namespace dlrgw::test
