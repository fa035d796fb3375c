// SPDX-License-Identifier: Apache-2.0
// Plugins that do not come back: named, given up, and gone within the time to end in. The limits are small, and nothing
// here measures time.
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/hanging.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Hang, OfAStageIsNamedGivenUpAndTheOthersGoOn) {
  Scenario s(with_fixture());
  ASSERT_TRUE(started(s));
  publish_one(s, "H-LOOP");
  ASSERT_TRUE(says(s.gateway(), "dlr.plugin.hangs", "plugin fixture.hangs 1.0.0: stage fixture.hangs: process"))
      << log_summary(s.gateway());
  EXPECT_THAT(s.gateway().logs("dlr.plugin.hangs").front(), HasSubstr("fixture_hangs")) << "its stack";
  EXPECT_TRUE(eventually([&] { return s.gateway().get("/ready").status == 503; }));
  EXPECT_EQ(s.gateway().get("/live").status, 200);
  EXPECT_TRUE(reaches(s.gateway(), "dlr_lanes_lost", {}, 1));
  EXPECT_TRUE(reaches(s.gateway(), "dlr_plugin_errors_total", {{"plugin", "fixture.hangs"}, {"kind", "hang"}}, 1));
  // Both lanes: the one that was left and the one that was replaced.
  s.publish(s.receipts_for(s.add_messages(300), "DELIVRD"));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 300; })) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), kExitAbandoned);
  EXPECT_TRUE(says(s.gateway(), "dlr.shutdown.abandoned", "stage fixture.hangs: process"));
}

TEST(Hang, OfAQuirkIsNamedGivenUpAndTheOthersGoOn) {
  Scenario s(with_fixture());
  ASSERT_TRUE(started(s));
  publish_one(s, "H-LOOP", "mno-hangs");
  ASSERT_TRUE(says(s.gateway(), "dlr.plugin.hangs", "plugin fixture.hangs 1.0.0: quirk fixture.hangs: apply, lane "))
      << log_summary(s.gateway());
  EXPECT_TRUE(reaches(s.gateway(), "dlr_lanes_lost", {}, 1));
  s.publish(s.receipts_for(s.add_messages(300), "DELIVRD"));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 300; })) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), kExitAbandoned);
  EXPECT_TRUE(says(s.gateway(), "dlr.shutdown.abandoned", "quirk fixture.hangs: apply"));
}

class HangOfASink : public testing::TestWithParam<const char*> {};

// The plugin outbox has made its tables, and the fixture's sink stands in for its own.
TEST_P(HangOfASink, IsNamedGivenUpAndTheOthersGoOn) {
  const TempDir dir;
  const std::string told_where = dir.path() + "/where", call = std::string("sink fixture.sink: ") + GetParam();
  Scenario s;
  GatewayOptions options;
  options.env = {{"FIXTURE_HANGS_IN", told_where}, {"DLRGW_SHUTDOWN_TIMEOUT", "2s"}};
  options.config_text = shipped_config({
      {"stage = \"10s\"", "stage = \"3s\""},
      {"max_concurrency = 10", "max_concurrency = 2"},
      {"file = \"dlrgw_outbox.so\"\ngrants = [\"sql\", \"publish\", \"pii\"]\n[plugins.options]\nretention_days = 400",
       "file = \"" DLRGW_FIXTURES_DIR "/fixture_hanging_sink.so\""},
      {"\"segments\", \"outbox\"", "\"segments\", \"fixture.last\""},
  });
  GatewayProcess gateway(s.servers(), options);
  std::ofstream(told_where) << GetParam();
  gateway.start();
  ASSERT_TRUE(gateway.wait_ready()) << log_summary(gateway);
  s.publish(s.receipts_for(s.add_messages(1), "DELIVRD"));
  ASSERT_TRUE(says(gateway, "dlr.plugin.hangs", "plugin fixture.sink 1.0.0: " + call + ", lane "))
      << log_summary(gateway);
  EXPECT_TRUE(reaches(gateway, "dlr_lanes_lost", {}, 1));
  fs::remove(told_where);
  s.publish(s.receipts_for(s.add_messages(300), "DELIVRD"));
  EXPECT_TRUE(reaches(gateway, "dlr_processed_total", {{"outcome", "applied"}}, 300)) << log_summary(gateway);
  EXPECT_EQ(gateway.terminate(), kExitAbandoned);
  EXPECT_TRUE(says(gateway, "dlr.shutdown.abandoned", call));
}

INSTANTIATE_TEST_SUITE_P(Calls, HangOfASink, testing::Values("persist", "committed"),
                         [](const auto& call) { return std::string(call.param); });

// AckWait is too long for the receipt to come again meanwhile.
TEST(Hang, ABatchThatWasGivenUpCommitsNothingWhenItComesBack) {
  const TempDir dir;
  Scenario s(with_fixture(dir.path() + "/where"));
  s.nats().set_ack_wait(1h);
  ASSERT_TRUE(started(s));
  std::ofstream(dir.path() + "/where") << "process";
  publish_one(s, "H-WAIT");
  ASSERT_TRUE(reaches(s.gateway(), "dlr_lanes_lost", {}, 1)) << log_summary(s.gateway());
  fs::remove(dir.path() + "/where");
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_lanes_lost") == 0; })) << "the thread has left";
  EXPECT_TRUE(ready_says(s, 200, ""));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 0);
  EXPECT_EQ(s.count_rows("dlr.outbox"), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Hang, ThreeOfAStageOpenItsBreaker) {
  const TempDir dir;
  Scenario s(with_fixture(dir.path() + "/where"));
  ASSERT_TRUE(started(s));
  std::ofstream(dir.path() + "/where") << "process";
  for (int hangs = 1; hangs <= 3; ++hangs) {
    publish_one(s, "H-WAIT");
    ASSERT_TRUE(reaches(s.gateway(), "dlr_lanes_lost", {}, hangs)) << log_summary(s.gateway());
  }
  EXPECT_TRUE(says(s.gateway(), "dlr.stage.breaker", "fixture.hangs")) << log_summary(s.gateway());
  fs::remove(dir.path() + "/where");
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Hang, OfTheLastLaneFailsLive) {
  Scenario s(with_fixture({}, "0"));
  ASSERT_TRUE(started(s));
  publish_one(s, "H-LOOP");
  ASSERT_TRUE(says(s.gateway(), "dlr.plugin.hangs", "lane"));
  publish_one(s, "H-LOOP");
  EXPECT_TRUE(eventually([&] { return s.gateway().get("/live").status == 503; })) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), kExitAbandoned);
}

class HangIn : public testing::TestWithParam<const char*> {};

TEST_P(HangIn, IsNamedAndTheProcessEndsWhenItIsToldTo) {
  const TempDir dir;
  const std::string where = GetParam();
  Scenario s(with_fixture(dir.path() + "/where"));
  std::ofstream(dir.path() + "/where") << where;
  s.gateway().start();
  if (where == "deactivate" || where == "destroy") {
    ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  } else {
    EXPECT_TRUE(says(s.gateway(), "dlr.plugin.hangs", where == "entry" ? "dlrgw_plugin_entry_v1" : where))
        << log_summary(s.gateway());
  }
  EXPECT_EQ(s.gateway().terminate(), kExitAbandoned);
  EXPECT_TRUE(says(s.gateway(), "dlr.shutdown.abandoned", "fixture")) << log_summary(s.gateway());
}

INSTANTIATE_TEST_SUITE_P(Places, HangIn, testing::Values("entry", "create", "activate", "deactivate", "destroy"),
                         [](const auto& place) { return std::string(place.param); });

class HangBesideTheLanes : public testing::TestWithParam<const char*> {};

TEST_P(HangBesideTheLanes, IsNamedByReadyAndTheOthersGoOn) {
  const TempDir dir;
  const std::string where = GetParam();
  const std::string call = where == "route" ? "route GET /fixture/hangs" : "job fixture.hangs";
  Scenario s(with_fixture(dir.path() + "/where"));
  ASSERT_TRUE(started(s));
  std::ofstream(dir.path() + "/where") << where;
  std::thread request;
  if (where == "route") {
    request = std::thread([&] {
      try {
        (void)s.gateway().get("/fixture/hangs");
      } catch (const std::exception&) {  // the gateway ends without an answer
      }
    });
  }
  EXPECT_TRUE(ready_says(s, 503, "does not come back: plugin fixture.hangs 1.0.0: " + call))
      << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().get("/ready").status, 503);
  EXPECT_EQ(s.gateway().get("/live").status, 200);
  EXPECT_TRUE(says(s.gateway(), "dlr.plugin.hangs", "plugin fixture.hangs 1.0.0: " + call));
  // Lanes, the routes of others, and jobs: the relay of events is one.
  const auto messages = s.add_messages(100);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  EXPECT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().admin_get("/openapi.json").status, 200);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_lanes_lost"), 0);
  EXPECT_EQ(s.gateway().terminate(), kExitAbandoned);
  EXPECT_TRUE(says(s.gateway(), "dlr.shutdown.abandoned", call));
  if (request.joinable()) request.join();
}

INSTANTIATE_TEST_SUITE_P(Calls, HangBesideTheLanes, testing::Values("route", "job"),
                         [](const auto& call) { return std::string(call.param); });

class NobodysHang : public testing::TestWithParam<const char*> {};

// What waits is the host, for PostgreSQL: while a stage reads, and while the rows of a batch are written.
TEST_P(NobodysHang, IsALockThatIsHeldForLongerThanTheLimit) {
  const std::string table = GetParam();
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"stage = \"10s\"", "stage = \"500ms\""},
                                                {"quirk = \"1s\"", "quirk = \"500ms\""},
                                                {"job = \"5m\"", "job = \"500ms\""}});
  Scenario s(std::move(options));
  const auto messages = s.add_messages(100);
  ASSERT_TRUE(started(s));
  HeldLock lock(s.postgres(), "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] {
    return s.postgres().count(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
               "now() - query_start > interval '2 s'") > 0;
  })) << "nobody waits for the lock four times as long as the limit";
  EXPECT_THAT(s.gateway().logs("dlr.plugin.hangs"), testing::IsEmpty());
  EXPECT_THAT(s.gateway().admin_get("/ready").body, testing::Not(HasSubstr("does not come back")));
  lock.release();
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_THAT(s.gateway().logs("dlr.plugin.hangs"), testing::IsEmpty());
  EXPECT_EQ(s.gateway().metrics().sum("dlr_lanes_lost"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0) << "rejected";
  EXPECT_EQ(s.gateway().terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(Tables, NobodysHang, testing::Values("orch.sms_messages", "dlr.delivery_receipts"),
                         [](const auto& table) {
                           const std::string name(table.param);
                           return name.substr(name.find('.') + 1);
                         });

TEST(Output, OfAPluginIsToldAndBreaksNoLineOfTheLog) {
  Scenario s(with_fixture());
  ASSERT_TRUE(started(s));
  publish_one(s, "H-PRINT");
  ASSERT_TRUE(says(s.gateway(), "dlr.plugin.output", R"("stream":"stdout","bytes":21,)")) << log_summary(s.gateway());
  s.publish(s.receipts_for(s.add_messages(10), "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 11; })) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
  for (const std::string& line : s.gateway().logs()) EXPECT_THAT(line, testing::StartsWith("{\"ts\":"));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their reports go to the error output
  EXPECT_EQ(s.gateway().error_output(), "");
#endif
}

TEST(Canary, AVerdictTooManyIsABreach) {
  Scenario s(with_fixture());
  ASSERT_TRUE(started(s));
  publish_one(s, "H-PAST");
  EXPECT_TRUE(says(s.gateway(), "dlr.processing_failed", "it wrote outside of its verdicts"))
      << log_summary(s.gateway());
}

}  // namespace
}  // namespace dlrgw::test
