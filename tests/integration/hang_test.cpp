// SPDX-License-Identifier: Apache-2.0
// Plugins that do not come back and plugins that take the process with them: named, given up, and gone within the time
// to end in. The limits are small, and nothing here measures time.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int kExitAbandoned = 3;

// hangs_in: the file that says where.
ScenarioOptions with_fixture(const std::string& hangs_in = {}, const std::string& replacements = "10") {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({
      {"stage = \"10s\"", "stage = \"3s\""},
      {"control = \"10s\"", "control = \"500ms\""},
      {"quirk = \"1s\"", "quirk = \"500ms\""},
      {"route = \"60s\"", "route = \"500ms\""},
      {"job = \"5m\"", "job = \"500ms\""},
      {"replacements = 10", "replacements = " + replacements},
      {"max_concurrency = 10", "max_concurrency = 2"},
      {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_hangs.so\"\n\n[pipeline]\n"},
      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.hangs\", \"dedup.replay\""},
  });
  options.gateway.env["DLRGW_SHUTDOWN_TIMEOUT"] = "2s";
  if (!hangs_in.empty()) options.gateway.env["FIXTURE_HANGS_IN"] = hangs_in;
  return options;
}

bool says(const GatewayProcess& gateway, std::string_view event, const std::string& text) {
  return eventually([&] {
    for (const std::string& line : gateway.logs(event))
      if (line.find(text) != std::string::npos) return true;
    return false;
  });
}

void publish_one(Scenario& s, const std::string& error_code) {
  auto receipts = s.receipts_for(s.add_messages(1), "DELIVRD");
  receipts[0].error_code = error_code;
  s.publish(receipts);
}

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
  auto receipts = s.receipts_for(s.add_messages(1, "mno-hangs"), "DELIVRD");
  receipts[0].error_code = "H-LOOP";
  s.publish(receipts);
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
  if (where == "deactivate" || where == "destroy" || where == "route") {
    ASSERT_TRUE(s.gateway().wait_ready()) << log_summary(s.gateway());
  }
  std::thread request;
  if (where == "route") {
    request = std::thread([&] {
      try {
        (void)s.gateway().get("/fixture/hangs");
      } catch (const std::exception&) {  // the gateway ends without an answer
      }
    });
  }
  const bool before_the_end = where != "deactivate" && where != "destroy";
  if (before_the_end) {
    EXPECT_TRUE(says(s.gateway(), "dlr.plugin.hangs", where == "entry" ? "dlrgw_plugin_entry_v1" : where))
        << log_summary(s.gateway());
  }
  EXPECT_EQ(s.gateway().terminate(), kExitAbandoned);
  EXPECT_TRUE(says(s.gateway(), "dlr.shutdown.abandoned", "fixture")) << log_summary(s.gateway());
  if (request.joinable()) request.join();
}

INSTANTIATE_TEST_SUITE_P(Places, HangIn,
                         testing::Values("entry", "create", "activate", "deactivate", "destroy", "route", "job"),
                         [](const auto& place) { return std::string(place.param); });

struct Death {
  const char* marker;
  const char* told;
  int signal;  // 0: it exits
};

#define IN_THE_STAGE " in plugin fixture.hangs 1.0.0: stage fixture.hangs: process, lane "
#define IN_A_THREAD " in a thread of its own of plugin fixture.hangs 1.0.0"

class Crash : public testing::TestWithParam<Death> {};

TEST_P(Crash, SaysWhoFirstAndTheNextStartTellsOfIt) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  if (GetParam().signal != 0) GTEST_SKIP() << "sanitizers keep their handlers";
#endif
  Scenario s(with_fixture());
  ASSERT_TRUE(started(s));
  publish_one(s, GetParam().marker);
  ASSERT_TRUE(s.gateway().wait_exit());
  const std::string line = std::string("dlr-gateway ends by ") + GetParam().told;
  EXPECT_THAT(s.gateway().error_output(), HasSubstr(line));
  const CliResult listed = s.gateway().run_cli({"plugins", "--config", s.gateway().config_path()});
  EXPECT_THAT(listed.out, HasSubstr("last run: " + line));
  s.gateway().start();
  EXPECT_TRUE(says(s.gateway(), "dlr.plugin.crashed", line)) << log_summary(s.gateway());
}

INSTANTIATE_TEST_SUITE_P(
    Ways, Crash,
    testing::Values(Death{"H-SEGV", "SIGSEGV" IN_THE_STAGE, SIGSEGV}, Death{"H-BUS", "SIGBUS" IN_THE_STAGE, SIGBUS},
                    Death{"H-FPE", "SIGFPE" IN_THE_STAGE, SIGFPE}, Death{"H-ABRT", "SIGABRT" IN_THE_STAGE, SIGABRT},
                    Death{"H-THREAD", "SIGSEGV" IN_A_THREAD, SIGSEGV},
                    Death{"H-THREAD-ABRT", "SIGABRT" IN_A_THREAD, SIGABRT}, Death{"H-EXIT", "exit()" IN_THE_STAGE, 0},
                    Death{"H-QUICK", "quick_exit()" IN_THE_STAGE, 0}),
    [](const auto& way) {
      std::string name = std::string(way.param.marker).substr(2);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
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
