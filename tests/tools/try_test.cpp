// SPDX-License-Identifier: Apache-2.0
// Receipts through quirk and profile with no server at all: what each step did, and what is refused.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/try_receipts.hpp"
#include "config/load_config.hpp"
#include "support/json.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::host {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(TryEvents, OnePerLineAnArrayOrOneObject) {
  EXPECT_EQ(events_in("{\"a\":1}\n\n{\"a\":2}\n").size(), 2U);
  EXPECT_EQ(events_in("[{\"a\":1},{\"a\":2},{}]").size(), 3U);
  EXPECT_EQ(events_in("{\n \"a\": 1\n}\n").size(), 1U);
  EXPECT_EQ(events_in("not json\n").size(), 1U) << "it is shown as invalid";
  EXPECT_TRUE(events_in("").empty());
}

class Try : public ::testing::Test {
 protected:
  bool run(const std::string& plugin, const std::vector<std::string>& events, bool json = false,
           const std::string& more_config = {}) {
    const auto environment = [](std::string_view name) -> std::optional<std::string> {
      if (name == "DLRGW_PLUGIN_DIR") return DLRGW_PLUGINS_DIR;
      return std::nullopt;
    };
    const LoadedConfig loaded =
        parse_config(test::read_file(DLRGW_CONFIG) + "\n" + more_config, DLRGW_CONFIG, environment);
    out_.str("");
    errors_.clear();
    return try_receipts({*loaded.config, plugin, json}, events, out_, errors_);
  }
  static constexpr const char* kEvent = R"({"operatorId":"mno-quirk","operatorMessageId":"7","rawStat":"ZUGESTELLT"})";
  std::ostringstream out_;
  std::vector<std::string> errors_;
};

TEST_F(Try, ShowsWhatEachStepDid) {
  EXPECT_TRUE(run(DLRGW_FIXTURES_DIR "/fixture_ops.so", {kEvent})) << ::testing::PrintToString(errors_);
  const std::string text = out_.str();
  EXPECT_THAT(text, HasSubstr("event 1: mno-quirk\n  quirk fixture.german (fixture.ops): handled\n"
                              "      rawStat: \"ZUGESTELLT\" -> \"DELIVRD\"\n  normalise (normalise): continue\n"));
  EXPECT_THAT(text, HasSubstr("      dlrStatus: null -> \"DELIVERED\"  [rawStat, the standard table]\n"));
  EXPECT_THAT(
      text, HasSubstr("  not run, they need servers: dedup.fingerprint, correlate, dedup.replay, segments, outbox\n"));
}

TEST_F(Try, WithoutThePluginTheStandardMappingShows) {
  EXPECT_TRUE(run("", {kEvent}));
  EXPECT_THAT(out_.str(), HasSubstr("      dlrStatus: null -> \"UNKNOWN\"  [rawStat, which nobody knows]\n"));
  EXPECT_EQ(out_.str().find("quirk fixture"), std::string::npos);
}

TEST_F(Try, TellsWhichRuleGaveEachValueAndWhereItStands) {
  const std::string shipped = test::read_file(DLRGW_CONFIG);
  const auto line = std::to_string(std::count(shipped.begin(), shipped.end(), '\n') + 3);
  const LoadedConfig loaded = parse_config(
      shipped +
          "\n[operators.\"mno-r\"]\nstatus_aliases = { Done = \"DELIVERED\" }\nerror_codes = { \"00B\" = \"11\" }\n"
          "[operators.\"mno-r\".connectors.\"c-1\"]\nid_pattern = \"^x(.+)$\"\ntime_zone = \"Asia/Kolkata\"\n",
      "x.toml", [](std::string_view name) -> std::optional<std::string> {
        if (name == "DLRGW_PLUGIN_DIR") return DLRGW_PLUGINS_DIR;
        return std::nullopt;
      });
  ASSERT_TRUE(loaded) << to_string(loaded.errors.front());
  const std::string event =
      R"({"operatorId":"mno-r","connectorId":"c-1","receivedAt":"2026-11-30T01:19:50.000Z","networkErrorCode":"03000B",)"
      R"("rawReceipt":"id:x7 done date:20261130064945 stat:DONE err:00B"})";
  EXPECT_TRUE(try_receipts({*loaded.config, "", false}, {event}, out_, errors_)) << ::testing::PrintToString(errors_);
  const std::string text = out_.str();
  const int first = std::stoi(line);
  EXPECT_THAT(text, HasSubstr("dlrStatus: null -> \"DELIVERED\"  [stat: of the receipt text, status_aliases, x.toml:" +
                              line + ":20]\n"));
  EXPECT_THAT(text, HasSubstr("errorCode: null -> \"11\"  [err: of the receipt text, error_codes, x.toml:" +
                              std::to_string(first + 1) + ":17]\n"));
  EXPECT_THAT(text, HasSubstr("idCandidates: [] -> [\"7\"]  [id: of the receipt text, id_pattern, x.toml:" +
                              std::to_string(first + 3) + ":14]\n"));
  EXPECT_THAT(text,
              HasSubstr("[done date: of the receipt text, time_zone, x.toml:" + std::to_string(first + 4) + ":13]\n"));
}

TEST_F(Try, ADefaultAndAQuirkAreRulesToo) {
  EXPECT_TRUE(run("", {R"({"operatorId":"mno-n","receivedAt":"2026-11-30T01:19:50.000Z","esmClass":32,)"
                       R"("rawReceipt":"id:7 done date:20261130011945 stat:UNDELIV","tlvs":{"0x0423":"03000B"}})"}));
  EXPECT_THAT(out_.str(),
              HasSubstr("dlrStatus: null -> \"UNKNOWN\"  [not final: stat: of the receipt text, the standard "
                        "table, esm_class of an intermediate notification]\n"));
  EXPECT_THAT(out_.str(), HasSubstr("[done date: of the receipt text, time_zone]\n")) << "UTC stands nowhere";
  EXPECT_THAT(out_.str(), HasSubstr("errorCode: null -> \"11\"  [TLV 0x0423]\n"));
  EXPECT_THAT(out_.str(), HasSubstr("networkErrorCode: null -> \"03000b\"  [TLV 0x0423]\n"));
}

TEST_F(Try, JsonHasStepsEditsAndTheReceipt) {
  EXPECT_TRUE(run(DLRGW_FIXTURES_DIR "/fixture_ops.so", {kEvent}, true));
  const std::string line = out_.str();
  EXPECT_EQ(test::json_field(line, "ok"), "true");
  EXPECT_EQ(test::json_field(test::json_field(line, "receipt"), "dlrStatus"), "DELIVERED");
  EXPECT_THAT(test::json_field(line, "steps"), HasSubstr(R"("edits":{"rawStat":["ZUGESTELLT","DELIVRD"]})"));
  EXPECT_THAT(test::json_field(line, "notRun"), HasSubstr("correlate"));
}

// The rule that docs/developing.md adds.
TEST_F(Try, AStatusAliasWithACodeIsTheRuleOfOneOperator) {
  const auto status_at = [&](const std::string& operator_id) {
    EXPECT_TRUE(run(
        "", {R"({"operatorId":")" + operator_id + R"(","operatorMessageId":"7","rawStat":"UNDELIV","errorCode":"77"})"},
        true, "[operators.\"mno-x\"]\nstatus_aliases = { \"UNDELIV err:77\" = \"EXPIRED\" }\n"));
    return test::json_field(test::json_field(out_.str(), "receipt"), "dlrStatus");
  };
  EXPECT_EQ(status_at("mno-x"), "EXPIRED");
  EXPECT_EQ(status_at("mno-y"), "UNDELIVERED");
}

TEST_F(Try, AnInvalidEventAndAFailingQuirkAreNoSuccess) {
  EXPECT_FALSE(run("", {"{}", kEvent}));
  EXPECT_THAT(out_.str(),
              HasSubstr("event 1: invalid, missing_field: field operatorId is missing\nevent 2: mno-quirk\n"));
  EXPECT_FALSE(run(DLRGW_FIXTURES_DIR "/fixture_misbehaves_quirk_throws.so",
                   {R"({"operatorId":"mno-test","operatorMessageId":"7","rawStat":"DELIVRD"})"}));
  EXPECT_THAT(out_.str(), HasSubstr("quirk fixture.misbehaves (fixture.misbehaves): failed: "));
  EXPECT_THAT(out_.str(), HasSubstr("  normalise (normalise): retry after 5000 ms: quirk_failed\n"));
}

TEST_F(Try, APluginThatCannotBeLoadedIsASentence) {
  EXPECT_FALSE(run("/nowhere/x.so", {kEvent}));
  ASSERT_FALSE(errors_.empty());
  EXPECT_THAT(errors_.front(), EndsWith(": plugin file /nowhere/x.so does not exist; install it or correct \"file\""));
}

}  // namespace
}  // namespace dlrgw::host
