// SPDX-License-Identifier: Apache-2.0
// US-022 whatever the store, the disk or a kill do: no partition goes before its object is verified.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/archive_fixture.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kKilled = 128 + 9;

struct Fault {
  const char* name;
  const char* mode;
  const char* sentence;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.mode; }

class Us022Faults : public Us022Archive, public testing::WithParamInterface<Fault> {};

TEST_P(Us022Faults, ThePartitionStaysUntilTheStoreBehaves) {
  store_.behave(GetParam().mode);
  const bool silent = std::string(GetParam().mode) == "silent";
  Scenario s(options({{"s3_timeout = \"30s\"", silent ? "s3_timeout = \"2s\"" : "s3_timeout = \"30s\""}}));
  old_month(s, 20);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_orphan_archives_total", {{"result", "failed"}}, 1));
  EXPECT_TRUE(partition_exists(s, "2025_01"));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 20);
  EXPECT_EQ(s.count_rows("dlr.orphan_archives"), 0);
  const std::string line = s.gateway().logs("dlr.archive.failed").at(0);
  EXPECT_EQ(json_field(line, "level"), "error");
  EXPECT_EQ(json_field(line, "month"), "2025-01");
  EXPECT_THAT(json_field(line, "reason"), HasSubstr(GetParam().sentence));
  EXPECT_GT(s.gateway().metrics().sum("dlr_plugin_errors_total", {{"plugin", "correlate"}, {"kind", "job"}}), 0);

  store_.behave("ok");
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); })) << log_summary(s.gateway());
  ASSERT_THAT(store_.keys(), SizeIs(1));
  EXPECT_THAT(store_.lines(store_.keys()[0]), SizeIs(20));
}

INSTANTIATE_TEST_SUITE_P(
    Store, Us022Faults,
    testing::Values(Fault{"Refuses", "refuse", "403 AccessDenied; check \"s3_key_id\", \"s3_secret\""},
                    Fault{"IsOverloaded", "broken", "503 SlowDown; it is tried again later"},
                    Fault{"IsSilent", "silent", "no answer within 2 s; is the store overloaded?"},
                    Fault{"HasNoBucket", "no_bucket", "404 NoSuchBucket; create bucket dlr-archive-test"},
                    Fault{"LosesObjects", "lose", "404 NoSuchKey"},
                    Fault{"GivesBackOtherBytes", "corrupt", "checksum different; the partition stays"},
                    Fault{"GivesBackHalf", "truncate", "checksum different; the partition stays"}),
    [](const auto& fault) { return std::string(fault.param.name); });

TEST_F(Us022Archive, AWrongSecretIsRefusedByTheStore) {
  ScenarioOptions wrong = options();
  wrong.gateway.env["DLRGW_S3_SECRET"] = "guessed";
  Scenario s(std::move(wrong));
  old_month(s, 1);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_orphan_archives_total", {{"result", "failed"}}, 1));
  EXPECT_THAT(json_field(s.gateway().logs("dlr.archive.failed").at(0), "reason"),
              HasSubstr("403 SignatureDoesNotMatch; check \"s3_key_id\", \"s3_secret\", \"s3_region\""));
  EXPECT_TRUE(partition_exists(s, "2025_01"));
  EXPECT_THAT(store_.keys(), IsEmpty());
  EXPECT_THAT(s.gateway().logs("dlr.archive.lifecycle_failed"), Not(IsEmpty()));
}

TEST_F(Us022Archive, NobodyListens) {
  ScenarioOptions nowhere = options();
  nowhere.gateway.env["DLRGW_S3_ENDPOINT"] = "http://127.0.0.1:1";
  Scenario s(std::move(nowhere));
  old_month(s, 1);
  old_month(s, 1, "2025-02-15");
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_orphan_archives_total", {{"result", "failed"}}, 1));
  EXPECT_THAT(json_field(s.gateway().logs("dlr.archive.failed").at(0), "reason"),
              HasSubstr("at http://127.0.0.1:1: Couldn't connect to server; is \"s3_endpoint\" right and reachable?"));
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 2);
}

// kill -9 at every step: the next gateway does it again from the beginning, and the store holds one whole object.
class Us022Kill : public Us022Archive, public testing::WithParamInterface<const char*> {};

TEST_P(Us022Kill, TheNextRunEndsIt) {
  Scenario s(options());
  old_month(s, 250);
  s.gateway().start(GetParam());
  ASSERT_EQ(s.gateway().wait_exit(), kKilled) << log_summary(s.gateway());
  EXPECT_THAT(temporary_files(s), IsEmpty());
  const bool gone = std::string(GetParam()) == "correlate.archive_dropped";
  EXPECT_EQ(partition_exists(s, "2025_01"), !gone);
  EXPECT_EQ(s.count_rows("dlr.orphan_archives"), gone ? 1 : 0) << "together with the partition, or not at all";

  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); }));
  ASSERT_TRUE(runs_of_the_job(s, 1));
  ASSERT_THAT(store_.keys(), SizeIs(1));
  EXPECT_THAT(store_.lines(store_.keys()[0]), SizeIs(250));
  EXPECT_EQ(s.postgres().count("SELECT sum(rows) FROM dlr.orphan_archives"), 250);
  EXPECT_EQ(s.count_rows("dlr.orphan_archives"), 1);
}

INSTANTIATE_TEST_SUITE_P(FailPoints, Us022Kill,
                         testing::Values("correlate.archive_written", "correlate.archive_stored",
                                         "correlate.archive_verified", "correlate.archive_dropped"),
                         [](const auto& point) { return std::string(point.param).substr(sizeof "correlate." - 1); });

TEST_F(Us022Archive, AWriterInTheMonthKeepsThePartition) {
  Scenario s(options());
  old_month(s, 5);
  auto writer = std::make_unique<HeldLock>(
      s.postgres(),
      "INSERT INTO dlr.orphan_dlrs SELECT gen_random_uuid(), received_at, operator_id, operator_message_id, "
      "id_candidates, raw_stat, dlr_status, dlr_timestamp, reason, attempts, event_id, fingerprint, raw_payload "
      "FROM dlr.orphan_dlrs LIMIT 1");
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_orphan_archives_total", {{"result", "failed"}}, 1));
  EXPECT_TRUE(partition_exists(s, "2025_01"));
  writer.reset();  // rolled back
  ASSERT_TRUE(eventually([&] { return !partition_exists(s, "2025_01"); })) << log_summary(s.gateway());
  EXPECT_THAT(store_.lines(store_.keys().at(0)), SizeIs(5));
}

// What is in the way of two months is not in the way of the others.
TEST_F(Us022Archive, MonthsThatFailHoldUpNoOther) {
  Scenario s(options());
  for (const char* day : {"2025-01-15", "2025-02-15", "2025-03-15", "2025-04-15"}) old_month(s, 3, day);
  s.postgres().exec(
      "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$; "
      "CREATE TRIGGER refuse BEFORE INSERT ON dlr.orphan_archives FOR EACH ROW WHEN (NEW.month < '2025-03-01') EXECUTE "
      "FUNCTION public.refuse()");
  ASSERT_TRUE(started(s));
  for (const char* month : {"2025_03", "2025_04"})
    EXPECT_TRUE(eventually([&] { return !partition_exists(s, month); })) << month << log_summary(s.gateway());
  for (const char* month : {"2025_01", "2025_02"}) EXPECT_TRUE(partition_exists(s, month)) << month;
  for (const char* month : {"2025-01", "2025-02"})
    EXPECT_THAT(lines_with(s.gateway(), "dlr.archive.failed", "month", month), Not(IsEmpty())) << month;
  EXPECT_EQ(s.count_rows("dlr.orphan_archives"), 2);

  s.postgres().exec("DROP TRIGGER refuse ON dlr.orphan_archives");
  for (const char* month : {"2025_01", "2025_02"})
    EXPECT_TRUE(eventually([&] { return !partition_exists(s, month); })) << month << log_summary(s.gateway());
  EXPECT_EQ(s.postgres().count("SELECT sum(rows) FROM dlr.orphan_archives"), 12);
}

// Its bytes are lost: the database refuses the statement that reads it.
TEST_F(Us022Archive, ADamagedRowHoldsUpItsMonthAlone) {
  Scenario s(options());
  for (const char* day : {"2025-01-15", "2025-02-15", "2025-03-15"}) old_month(s, 3, day);
  s.postgres().exec(
      "CREATE EXTENSION pg_surgery; ALTER TABLE dlr.orphan_dlrs_2025_01 ALTER raw_payload SET STORAGE EXTERNAL; "
      "UPDATE dlr.orphan_dlrs_2025_01 SET raw_payload = decode(repeat('00', 5000), 'hex')");
  s.postgres().exec(
      "DO $$ DECLARE toast regclass := (SELECT reltoastrelid FROM pg_class WHERE oid = "
      "'dlr.orphan_dlrs_2025_01'::regclass); BEGIN PERFORM heap_force_kill(toast, ARRAY['(0,1)'::tid]); END $$");
  ASSERT_TRUE(started(s));
  for (const char* month : {"2025_02", "2025_03"})
    EXPECT_TRUE(eventually([&] { return !partition_exists(s, month); })) << month << log_summary(s.gateway());
  EXPECT_TRUE(partition_exists(s, "2025_01"));
  EXPECT_THAT(lines_with(s.gateway(), "dlr.archive.failed", "month", "2025-01"), Not(IsEmpty()));
}

TEST_F(Us022Archive, AFullDiskKeepsThePartition) {
  const TempDir dir;
  const std::string disk = dir.make_dir("disk");
  // The gateway alone sees a file system of 64 KiB there.
  const std::string wrapper = dir.write_file("gateway",
                                             "#!/bin/sh\n[ \"$(id -u)\" = 0 ] && spaces=-m || spaces=-Urm\n"
                                             // in a chroot, whose root is no mount point
                                             "unshare $spaces true 2>/dev/null || spaces='-m --propagation unchanged'\n"
                                             "exec unshare $spaces sh -c 'mount -t tmpfs -o size=64k none " +
                                                 disk + " && exec \"$0\" \"$@\"' " DLRGW_GATEWAY " \"$@\"\n");
  std::filesystem::permissions(wrapper, std::filesystem::perms::owner_all);
  ScenarioOptions full =
      options({{"archive_dir = \"${DLRGW_STATE_DIR:-/var/lib/dlr-gateway}\"", "archive_dir = \"" + disk + "\""}});
  full.gateway.binary = wrapper;
  Scenario s(std::move(full));
  old_month(s, 1);
  s.postgres().exec(
      "INSERT INTO dlr.orphan_dlrs SELECT gen_random_uuid(), received_at, operator_id, gen_random_uuid()::text, "
      "id_candidates, raw_stat, dlr_status, dlr_timestamp, reason, attempts, gen_random_uuid(), fingerprint, "
      "raw_payload "
      "FROM dlr.orphan_dlrs, generate_series(1, 2999)");
  ASSERT_TRUE(started(s)) << s.gateway().error_output();
  ASSERT_TRUE(reaches(s.gateway(), "dlr_orphan_archives_total", {{"result", "failed"}}, 1));
  EXPECT_EQ(json_field(s.gateway().logs("dlr.archive.failed").at(0), "reason"),
            "cannot write the temporary file in " + disk +
                ": No space left on device; make room there or let archive_dir name another directory");
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 3000);
  EXPECT_THAT(store_.keys(), IsEmpty());
}

TEST_F(Us022Archive, StoppingDoesNotWaitForASilentStore) {
  store_.behave("silent");
  Scenario s(options({{"s3_timeout = \"30s\"", "s3_timeout = \"1h\""}}));  // longer than this test may take
  old_month(s, 5);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !store_.requests().empty(); }));
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_TRUE(partition_exists(s, "2025_01"));
}

}  // namespace
}  // namespace dlrgw::test
