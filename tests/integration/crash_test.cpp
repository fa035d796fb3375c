// SPDX-License-Identifier: Apache-2.0
// Plugins that take the process with them: the last line says who it was, in which call, and the next start repeats it.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/hanging.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

enum class By { kReceipt, kReceiptOfItsQuirk, kRequest, kFile, kThrownForReceipt };

struct Death {
  const char* name;
  By by;
  const char* trigger;  // the error code of the receipt, or what the file says
  const char* told;
  int exit_code;
};

#define IN_THE_STAGE " in plugin fixture.hangs 1.0.0: stage fixture.hangs: process, lane "
#define IN_THE_QUIRK " in plugin fixture.hangs 1.0.0: quirk fixture.hangs: apply, lane "
#define IN_THE_ROUTE " in plugin fixture.hangs 1.0.0: route GET /fixture/hangs\n"
#define IN_THE_JOB " in plugin fixture.hangs 1.0.0: job fixture.hangs: run\n"
#define IN_A_THREAD " in a thread of its own of plugin fixture.hangs 1.0.0\n"
#define WHERE_IT_THROWS " in plugin fixture.throwing 1.0.0: stage fixture.throwing: process, lane "
#define IN_A_THREAD_THAT_THROWS " in a thread of its own of plugin fixture.throwing 1.0.0\n"

ScenarioOptions with_throwing_stage() {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config(
      {{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_throwing_stage.so\"\n\n[pipeline]\n"},
       {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.throwing\", \"dedup.replay\""}});
  return options;
}

class Crash : public testing::TestWithParam<Death> {};

void bring_about(Scenario& s, const Death& death, const std::string& file) {
  if (death.by == By::kReceipt || death.by == By::kThrownForReceipt) return publish_one(s, death.trigger);
  if (death.by == By::kReceiptOfItsQuirk) return publish_one(s, death.trigger, "mno-hangs");
  std::ofstream(file) << death.trigger;
  if (death.by == By::kFile) return;
  try {
    (void)s.gateway().get("/fixture/hangs");
  } catch (const std::exception&) {  // the gateway ends without an answer
  }
}

TEST_P(Crash, SaysWhoFirstAndTheNextStartTellsOfIt) {
  const Death& death = GetParam();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  if (death.exit_code != 0 || std::string_view(death.name) == "END") GTEST_SKIP() << "sanitizers stand before us";
#endif
  const TempDir dir;
  Scenario s(death.by == By::kThrownForReceipt ? with_throwing_stage() : with_fixture(dir.path() + "/where"));
  ASSERT_TRUE(started(s));
  bring_about(s, death, dir.path() + "/where");
  EXPECT_EQ(s.gateway().wait_exit().value_or(-1), death.exit_code);
  std::filesystem::remove(dir.path() + "/where");
  const std::string line = std::string("dlr-gateway ends by ") + death.told;
  EXPECT_THAT(s.gateway().error_output(), HasSubstr(line));
  EXPECT_THAT(read_file(s.gateway().state_dir() + "/crash.txt"), StartsWith(line));
  const std::string told = line.substr(0, line.find('\n'));
  const CliResult listed = s.gateway().run_cli({"plugins", "--config", s.gateway().config_path()});
  EXPECT_THAT(listed.out, HasSubstr("last run: " + told));
  s.gateway().start();
  EXPECT_TRUE(says(s.gateway(), "dlr.plugin.crashed", told)) << log_summary(s.gateway());
}

// SIGKILL leaves no time for a line, and neither does a system call of a plugin's own.
TEST(Killed, WithoutAWordIsToldByTheNextStartAndByNoOther) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const auto told = [&] { return s.gateway().logs("dlr.gateway.killed").size(); };
  const std::string mark = s.gateway().state_dir() + "/running";
  EXPECT_TRUE(std::filesystem::exists(mark));
  EXPECT_EQ(told(), 0U) << "it is the first start";
  s.gateway().kill9();
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  ASSERT_EQ(told(), 1U);
  EXPECT_THAT(s.gateway().logs("dlr.gateway.killed")[0], HasSubstr("dlr-gateway ended without a word: it was killed"));
  const auto listed = [&] { return s.gateway().run_cli({"plugins", "--config", s.gateway().config_path()}).out; };
  EXPECT_THAT(listed(), HasSubstr("last run: dlr-gateway ended without a word"));
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_FALSE(std::filesystem::exists(mark));
  s.gateway().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  EXPECT_EQ(told(), 1U) << "the run before was stopped";
  EXPECT_THAT(listed(), testing::Not(HasSubstr("last run: ")));
  EXPECT_TRUE(s.gateway().logs("dlr.plugin.crashed").empty());
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(CrashUnderASanitizer, IsToldByTheSanitizerWhoseHandlersStay) {
  ScenarioOptions options = with_fixture();
  Scenario s(options);
  const CliResult refused = s.gateway().run_cli({"check-plugin", DLRGW_FIXTURES_DIR "/fixture_asan_none.so"});
  std::smatch run_time;
  ASSERT_TRUE(std::regex_search(refused.out, run_time, std::regex("LD_PRELOAD=(lib[^ ]+)"))) << refused.out;
  options.gateway.env.insert({{"LD_PRELOAD", run_time[1]}, {"ASAN_OPTIONS", "detect_leaks=0"}});
  GatewayProcess gateway(s.servers(), options.gateway);
  gateway.start();
  ASSERT_TRUE(gateway.wait_ready()) << gateway.error_output();
  publish_one(s, "H-SEGV");
  EXPECT_EQ(gateway.wait_exit().value_or(-1), 1) << "as it ends";
  EXPECT_THAT(gateway.error_output(), testing::ContainsRegex("ERROR: AddressSanitizer: SEGV(.|\n)*hangs"));
  EXPECT_THAT(gateway.error_output(), testing::Not(HasSubstr("dlr-gateway ends by")));
}
#endif

class Child : public testing::TestWithParam<const char*> {};

// It is a copy of the gateway, with its handlers and its marks; and it is not the gateway.
TEST_P(Child, OfAPluginThatEndsIsNoEndOfTheGateway) {
  Scenario s(with_fixture());
  ASSERT_TRUE(started(s));
  publish_one(s, GetParam());
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 1; })) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().terminate(), 0);
  EXPECT_THAT(s.gateway().error_output(), testing::Not(HasSubstr("dlr-gateway ends by")));
  EXPECT_EQ(read_file(s.gateway().state_dir() + "/crash.txt"), "");
}

INSTANTIATE_TEST_SUITE_P(Ways, Child, testing::Values("H-CHILD", "H-CHILD-SEGV"),
                         [](const auto& way) { return std::string(way.param) == "H-CHILD" ? "Exit" : "Crash"; });

// 128 and the signal: it takes its course, so that a core can be written.
INSTANTIATE_TEST_SUITE_P(
    Ways, Crash,
    testing::Values(Death{"SEGV", By::kReceipt, "H-SEGV", "SIGSEGV" IN_THE_STAGE, 128 + SIGSEGV},
                    Death{"BUS", By::kReceipt, "H-BUS", "SIGBUS" IN_THE_STAGE, 128 + SIGBUS},
                    Death{"FPE", By::kReceipt, "H-FPE", "SIGFPE" IN_THE_STAGE, 128 + SIGFPE},
                    Death{"ABRT", By::kReceipt, "H-ABRT", "SIGABRT" IN_THE_STAGE, 128 + SIGABRT},
                    Death{"THREAD", By::kReceipt, "H-THREAD", "SIGSEGV" IN_A_THREAD, 128 + SIGSEGV},
                    Death{"THREAD_ABRT", By::kReceipt, "H-THREAD-ABRT", "SIGABRT" IN_A_THREAD, 128 + SIGABRT},
                    Death{"EXIT", By::kReceipt, "H-EXIT", "exit()" IN_THE_STAGE, 0},
                    Death{"QUICK", By::kReceipt, "H-QUICK", "quick_exit()" IN_THE_STAGE, 0},
                    Death{"END", By::kReceipt, "H-END", "_exit()" IN_THE_STAGE, 0},
                    Death{"LEAVE", By::kReceipt, "H-LEAVE", "SIGABRT" IN_THE_STAGE, 128 + SIGABRT},
                    Death{"MASKED", By::kReceipt, "H-MASKED", "SIGSEGV" IN_THE_STAGE, 128 + SIGSEGV},
                    Death{"JUMP", By::kReceiptOfItsQuirk, "H-JUMP", "SIGABRT" IN_THE_QUIRK, 128 + SIGABRT},
                    Death{"NOEXCEPT", By::kThrownForReceipt, "T-NOEXCEPT", "SIGABRT" WHERE_IT_THROWS, 128 + SIGABRT},
                    Death{"THREAD_THROWS", By::kThrownForReceipt, "T-THREAD", "SIGABRT" IN_A_THREAD_THAT_THROWS,
                          128 + SIGABRT},
                    Death{"TERMINATE", By::kThrownForReceipt, "T-HANDLER", "_exit()" IN_A_THREAD_THAT_THROWS, 0},
                    Death{"THREAD_EXIT", By::kThrownForReceipt, "T-EXIT", "exit()" IN_A_THREAD_THAT_THROWS, 0},
                    Death{"CLOSE", By::kReceipt, "H-CLOSE", "SIGSEGV" IN_THE_STAGE, 128 + SIGSEGV},
                    Death{"QUIRK", By::kReceiptOfItsQuirk, "H-SEGV", "SIGSEGV" IN_THE_QUIRK, 128 + SIGSEGV},
                    Death{"ROUTE", By::kRequest, "crash in route", "SIGSEGV" IN_THE_ROUTE, 128 + SIGSEGV},
                    Death{"JOB", By::kFile, "crash in job", "SIGSEGV" IN_THE_JOB, 128 + SIGSEGV}),
    [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace dlrgw::test
