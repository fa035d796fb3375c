// SPDX-License-Identifier: Apache-2.0
// One plugin file per broken rule, each with the exact sentence that check-plugin finds; and that nothing it does takes
// the tool with it.
#include "cli/check_plugin.hpp"

#include <cstring>
#include <elf.h>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

std::string fixture(const std::string& name) { return DLRGW_FIXTURES_DIR "/fixture_" + name + ".so"; }

// "error: step: text", one line per finding.
std::vector<std::string> lines_of(const CheckReport& report) {
  std::vector<std::string> out;
  for (const CheckFinding& f : report.findings)
    out.push_back(std::string(to_string(f.severity)) + ": " + f.step + ": " + f.text);
  return out;
}

struct Case {
  const char* name;
  std::vector<std::string> findings;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const std::string kStage = "error: stage fixture.misbehaves: ";
const std::string kCreate = "error: create: plugin fixture.misbehaves (" DLRGW_FIXTURES_DIR "/fixture_misbehaves_";
const std::string kThrew = " threw an exception across the C interface; the plugin must catch it";

std::vector<std::string> at_each_process(const std::string& text, bool one_too = true) {
  std::vector<std::string> out;
  if (one_too) out.push_back(kStage + "process of 1 receipts: " + text);
  out.push_back(kStage + "process of 256 receipts: " + text);
  out.push_back(kStage + "process in the larger structs of a newer host: " + text);
  return out;
}
// Of a call with an empty batch, which changed something for the whole process.
std::string changed(const std::string& text, const std::string& severity = "warning") {
  return severity + ": stage fixture.misbehaves: process of 0 receipts: " + text;
}
std::vector<std::string> with_empty(std::vector<std::string> lines, const std::string& text) {
  lines.insert(lines.begin(), kStage + "process of 0 receipts: " + text);
  return lines;
}
// The sentence of a guarded array, then the signal that it ends with.
std::vector<std::string> crash_after(const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  for (const std::string& line : lines) {
    out.push_back(line);
    out.push_back(line.substr(0, line.find(": ", kStage.size()) + 2) +
                  "crashed: Segmentation fault; the gateway would have died with it");
  }
  return out;
}
std::vector<std::string> behind_the_last(const std::string& array) {
  const std::string text = "read or wrote behind the last of its " + array +
                           "; in a gateway that is memory of somebody else, which is damaged without a word";
  return crash_after(with_empty(at_each_process(text), text));
}

const Case kCases[] = {
    {"none", {}},
    {"stage_create_throws",
     {kStage + "create and activate: create" + kThrew,
      "error: quirk fixture.misbehaves: create and activate: create" + kThrew}},
    {"no_instance",
     {kStage + "create and activate: create succeeded without an instance; set *self",
      "error: quirk fixture.misbehaves: create and activate: create succeeded without an instance; set *self"}},
    {"activate_throws", {kStage + "create and activate: activate" + kThrew}},
    {"activate_fails", {kStage + "create and activate: activate: no licence"}},
    {"process_throws", with_empty(at_each_process("process" + kThrew), "process" + kThrew)},
    {"process_fails", at_each_process("process: failed without giving a reason", false)},
    {"unknown_code", at_each_process("process: failed without giving a reason (unknown code 99)", false)},
    {"hangs", {kStage + "process of 1 receipts: did not return within 2 s; a lane would stand still"}},
    {"ignores_stride",
     {kStage +
      "process in the larger structs of a newer host: wrote between the verdicts; step by verdict_stride, not by "
      "sizeof(dlrgw_verdict)"}},
    {"writes_between",
     {kStage + "process of 1 receipts: gave the unknown action 16843009; use one of DLRGW_ACTION_",
      kStage + "process of 256 receipts: gave the unknown action 16843009; use one of DLRGW_ACTION_",
      kStage +
          "process in the larger structs of a newer host: gave the unknown action 16843009; use one of DLRGW_ACTION_"}},
    {"writes_past_verdicts", behind_the_last("verdicts")},
    {"writes_into_receipts",
     crash_after({kStage +
                  "process of 1 receipts: wrote into its receipts, which are only lent for reading; in a gateway "
                  "the host and every later stage would see it"})},
    {"reads_past_outcomes", behind_the_last("outcomes")},
    {"verdict_unset", at_each_process("left a verdict unset; give every receipt a verdict")},
    {"unknown_action", at_each_process("gave the unknown action 9; use one of DLRGW_ACTION_")},
    {"undeclared_reason", at_each_process("gave reason 3, but the plugin declares 0 reasons; declare it")},
    {"crashes", {kStage + "process of 256 receipts: crashed: Aborted; the gateway would have died with it"}},
    {"settled_throws", with_empty(at_each_process("settled" + kThrew), "settled" + kThrew)},
    {"deactivate_throws", {kStage + "deactivate and destroy: deactivate" + kThrew}},
    {"destroy_exits",
     {kStage + "deactivate and destroy: ended the process; a plugin must not call exit()",
      "error: quirk fixture.misbehaves: deactivate and destroy: ended the process; a plugin must not call exit()"}},
    {"quirk_throws", {"error: quirk fixture.misbehaves: receipts of mno-test: apply" + kThrew}},
    {"quirk_result",
     {"error: quirk fixture.misbehaves: receipts of mno-test: gave the unknown result 7; use one of DLRGW_QUIRK_"}},
    {"quirk_without_operator",
     {kCreate + "quirk_without_operator.so): create: quirk \"fixture.misbehaves\": it names no operator, so it would "
                "never be called; list at least one"}},
    {"job_throws", {"error: job fixture.misbehaves: run" + kThrew}},
    {"job_without_schedule",
     {kCreate + "job_without_schedule.so): create: job \"fixture.misbehaves\": it has no schedule; use \"continuous\", "
                "\"every 5m\" or \"daily 02:00\""}},
    {"route_throws", {"error: route GET /fixture: handle" + kThrew}},
    {"contributes_nothing",
     {"warning: create: contributes nothing; register a stage, quirk, route, job or sink in create()"}},
    {"short_stage",
     {kCreate + "short_stage.so): create: a stage was registered with a struct of 32 bytes, too short for the field "
                "\"provides\"; set struct_size to its sizeof"}},
    {"stage_name",
     {kCreate +
      "stage_name.so): create: a stage was registered under a name that is not 1 to 64 characters of [a-z0-9._-]"}},
    {"no_process",
     {kCreate +
      "no_process.so): create: stage \"fixture.misbehaves\": its hook process is NULL; every stage needs one"}},
    {"plugin_destroy_throws", {"error: destroy: plugin fixture.misbehaves: destroy" + kThrew}},
    {"prints",
     {changed("printed 12 bytes (\"hello\"); a gateway's output is its log, where nobody finds them; use the "
              "log service")}},
    {"prints_an_error",
     {changed("printed 5 bytes (\"oh no\"); a gateway's output is its log, where nobody finds them; "
              "use the log service")}},
    {"sets_locale",
     {changed("changed the locale to \"C.UTF-8\"; the whole gateway reads and writes numbers by it; use "
              "newlocale() and the functions that take one")}},
    {"sets_environment",
     {changed("changed the environment (FIXTURE_WAS_HERE); threads of the gateway read it meanwhile "
              "and may crash on it")}},
    {"sets_time_zone", {changed("changed TZ; every local time of the gateway and of other plugins moves with it")}},
    {"sets_umask", {changed("changed the umask; every file of the gateway is made with it")}},
    {"sets_limit", {changed("changed the limit of open descriptors; it holds for the whole gateway")}},
    {"changes_directory",
     {changed("changed the working directory; relative paths of the gateway lead somewhere else from then on")}},
    {"takes_signal",
     {changed("took the handler of SIGTERM; a gateway stops at SIGTERM, reloads at SIGHUP, and names who "
              "crashed by handlers of its own; call the one that was there",
              "note")}},
    {"sets_terminate",
     {changed("changed what std::terminate() does (std::set_terminate); it is called for an exception of the gateway "
              "and of every other plugin too; call the handler that was there",
              "note")}},
    {"blocks_signal",
     {changed("changed whether the calling thread takes SIGHUP; the thread is one of the gateway's, and "
              "keeps that mask",
              "note")}},
    {"closes_descriptor",
     {changed("closed descriptor 0 (/dev/null), which is not its own; in a gateway that may be a "
              "connection to PostgreSQL",
              "error")}},
    {"leaves_descriptor", {"warning: destroy: left descriptors open (/dev/zero); each reload of it loses as many"}},
    {"leaves_thread",
     {"warning: destroy: left threads running (1); after a reload they go on beside the new version, on "
      "state that is gone"}},
    {"asks_undeclared",
     {"warning: services: asked for the service dlrgw.sql/1, which it does not declare; without its grant it "
      "gets NULL in a gateway, not a refusal"}},
    {"leaves_child",
     {"warning: destroy: left child processes (1); nobody waits for them, and they outlive each reload"}},
};

class CheckPlugin : public ::testing::TestWithParam<Case> {};

TEST_P(CheckPlugin, SaysExactlyWhatIsBroken) {
  const CheckReport report = check_plugin(fixture("misbehaves_" + std::string(GetParam().name)), 2s);
  EXPECT_EQ(lines_of(report), GetParam().findings);
}

INSTANTIATE_TEST_SUITE_P(BrokenRules, CheckPlugin, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

TEST(CheckPluginFile, IsInspectedWithoutLoading) {
  const std::pair<const char*, const char*> cases[] = {
      {"no_entry",
       "error: inspect: does not export dlrgw_plugin_entry_v1; it is not a plugin for SDK 1.x, or its entry is "
       "hidden; build it with dlrgw_add_plugin()"},
      {"extra_export",
       "warning: inspect: exports more than its entry (fixture_helper); build it with dlrgw_add_plugin()"},
      {"unique_symbol",
       "error: inspect: exports unique symbols, which the old and the new copy would share on a reload "
       "(fixture_shared_state); build it with dlrgw_add_plugin()"},
  };
  for (const auto& [name, line] : cases) EXPECT_EQ(lines_of(check_plugin(fixture(name))).at(0), line);
  EXPECT_THAT(lines_of(check_plugin(fixture("missing_library"))).at(0),
              ::testing::HasSubstr("libfixture_absent.so: cannot open shared object file"));
  EXPECT_THAT(lines_of(check_plugin("/nowhere/x.so")).at(0), ::testing::HasSubstr("cannot be opened: No such file"));
}

TEST(CheckPluginFile, ASlowStageIsAWarning) {
  const CheckReport report = check_plugin(fixture("misbehaves_slow"));
  EXPECT_TRUE(report.passed());
  EXPECT_THAT(lines_of(report).at(0),
              ::testing::MatchesRegex("warning: stage fixture.misbehaves: process of 256 receipts: "
                                      "took 1[1-9][0-9][0-9] ms; a lane waits meanwhile.*"));
}

TEST(CheckPluginFile, AnotherArchitecture) {
  const test::TempDir dir;
  const std::string path = dir.write_file("other.so", test::read_file(fixture("misbehaves_none")));
  std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::uint16_t machine = EM_RISCV;
  out.seekp(offsetof(Elf64_Ehdr, e_machine));
  out.write(reinterpret_cast<const char*>(&machine), sizeof machine);
  out.close();
  EXPECT_THAT(lines_of(check_plugin(path)).at(0), ::testing::HasSubstr("is built for riscv, this host is"));
}

TEST(CheckPluginFile, TheStandardPluginsPass) {
  for (const char* name : {"normalise", "dedup", "correlate", "segments", "outbox", "admin_http"}) {
    const CheckReport report = check_plugin(std::string(DLRGW_PLUGINS_DIR) + "/dlrgw_" + name + ".so");
    EXPECT_TRUE(report.passed()) << report_text(name, report);
    EXPECT_GE(report.steps.size(), 5U);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// As the author does it: the sentence says how, and so it is done.
TEST(CheckPluginCommand, APluginBuiltForASanitizerRunsWhereItsRunTimeIsLoadedFirst) {
  const test::TempDir dir;
  const auto run = [&](const std::string& name, const std::string& preloaded) {
    test::SpawnOptions options;
    options.argv = {DLRGW_BINARY, "check-plugin", fixture("asan_" + name)};
    if (!preloaded.empty()) options.env.push_back("LD_PRELOAD=" + preloaded);
    options.stdout_path = dir.path() + "/out";
    std::ofstream(options.stdout_path, std::ios::trunc).flush();
    const int code = test::run_to_end(options);
    return std::to_string(code) + "\n" + test::read_file(options.stdout_path);
  };
  const std::string refused = run("none", "");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(
      refused, found,
      std::regex("^1\nerror: inspect: needs (lib[^ ]+), the run time of a sanitizer, which has to be loaded before all "
                 "else; build it without, or try it with LD_PRELOAD=(lib[^ ]+) dlr-gateway check-plugin\n")))
      << refused;
  const std::string run_time = found[2];
  EXPECT_EQ(found[1], run_time);
  EXPECT_THAT(run("none", run_time), ::testing::AllOf(::testing::StartsWith("0\n"), ::testing::HasSubstr(": passed, "),
                                                      ::testing::Not(::testing::HasSubstr(" allocations"))));
  EXPECT_THAT(run("overflows_heap", run_time),
              ::testing::ContainsRegex("^1\nerror: stage fixture.misbehaves: process of 1 receipts: AddressSanitizer: "
                                       "heap-buffer-overflow [^\n]*misbehaves.cpp[^\n]*; in a gateway that is damage "
                                       "without a word\n"));
}
#endif

TEST(CheckPluginCommand, ExitCodeAndJson) {
  const test::TempDir dir;
  const auto run = [&](const std::string& file) {
    test::SpawnOptions options;
    options.argv = {DLRGW_BINARY, "check-plugin", "--json", file};
    options.stdout_path = dir.path() + "/out";
    std::ofstream(options.stdout_path, std::ios::trunc).flush();
    return test::run_to_end(options);
  };
  EXPECT_EQ(run(fixture("misbehaves_none")), 0);
  EXPECT_THAT(test::read_file(dir.path() + "/out"), ::testing::HasSubstr("\"passed\":true"));
  EXPECT_EQ(run(fixture("misbehaves_verdict_unset")), 1);
  EXPECT_THAT(test::read_file(dir.path() + "/out"),
              ::testing::HasSubstr(R"({"severity":"error","step":"stage fixture.misbehaves: process of 1 receipts")"));
}

}  // namespace
}  // namespace dlrgw::host
