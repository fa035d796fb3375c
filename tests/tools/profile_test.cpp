// SPDX-License-Identifier: Apache-2.0
// `profile new` and `profile check` with the shipped plugins and no server: what they print and what they refuse.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/profile_commands.hpp"
#include "config/load_config.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ProfileTool : public ::testing::Test {
 protected:
  static std::optional<std::string> env(std::string_view name) {
    if (name == "DLRGW_PLUGIN_DIR") return DLRGW_PLUGINS_DIR;
    return std::nullopt;
  }
  std::string write(const std::string& name, const std::string& text) { return folder_.write_file(name, text); }
  static std::string capture(const std::string& more, const std::string& operator_id = "mno-x") {
    return R"({"operatorId":")" + operator_id + R"(","receivedAt":"2026-11-30T01:19:50.000Z",)" + more + "}\n";
  }
  bool propose(const std::string& captures, const std::string& ids = {}) {
    clear();
    return profile_new({*load_config(DLRGW_CONFIG, env).config, "mno-x", {captures}, ids}, out_, errors_);
  }
  bool check(const std::string& captures, const std::string& profile, bool json = false) {
    clear();
    return profile_check({*load_config(DLRGW_CONFIG, env).config, profile, {}, {captures}, json}, out_, errors_);
  }
  void clear() {
    out_.str("");
    errors_.clear();
  }

  test::TempDir folder_;
  std::ostringstream out_;
  std::vector<std::string> errors_;
};

TEST_F(ProfileTool, WhatItProposesIsAcceptedAsItIsAndReadsTheReceipts) {
  std::string lines;
  std::string ids;
  for (int i = 10; i < 40; ++i) {
    lines += capture(R"("rawReceipt":"id:x)" + std::to_string(i) + R"(99 done date:3011260649 stat:DELIVERD err:0")");
    ids += std::to_string(i) + "99\n";
  }
  const std::string captures = write("day.jsonl", lines);
  ASSERT_TRUE(propose(captures, write("ids.txt", ids))) << ::testing::PrintToString(errors_);
  EXPECT_THAT(out_.str(), StartsWith("# Proposed from 30 receipts of mno-x, "));
  EXPECT_THAT(out_.str(), HasSubstr("\ntime_zone = \"+05:30\"\n"));
  EXPECT_THAT(out_.str(), HasSubstr("\ndate_format = \"%d%m%y%H%M\"\n"));
  EXPECT_THAT(out_.str(), HasSubstr("\nid_pattern = \"^x(.+)$\"\n"));
  EXPECT_THAT(out_.str(), HasSubstr("\n\"DELIVERD\" = \"DELIVERED\"\n"));
  const std::string profile = write("x.toml", out_.str());
  ASSERT_TRUE(check(captures, profile)) << ::testing::PrintToString(errors_);
  EXPECT_THAT(out_.str(), HasSubstr("line 1:"));
  EXPECT_THAT(out_.str(), HasSubstr("dlrStatus \"UNKNOWN\" -> \"DELIVERED\""));
  EXPECT_THAT(out_.str(), HasSubstr("idCandidates [\"x1099\"] -> [\"1099\"]"));
  EXPECT_THAT(out_.str(), HasSubstr("dlrTimestamp null -> \"2026-11-30T01:19:00.000Z\""));
  EXPECT_THAT(out_.str(), HasSubstr("30 receipts, 30 differ: "));
}

TEST_F(ProfileTool, ABadCaptureIsToldWithFileLineAndReasonAndLeftOut) {
  const std::string captures =
      write("day.jsonl", "nonsense\n" + capture(R"("operatorMessageId":"1","rawStat":"DELIVRD")") +
                             capture(R"("operatorMessageId":"1","rawStat":"DELIVRD")", "mno-y"));
  EXPECT_TRUE(propose(captures));
  EXPECT_THAT(errors_, ElementsAre(captures + ":1: malformed_json: the payload is not one well-formed JSON text",
                                   captures + ": 1 line is of the operator mno-y, not of mno-x; left out"));
  EXPECT_THAT(out_.str(), StartsWith("# Proposed from 1 receipt of mno-x"));
}

TEST_F(ProfileTool, NothingToGoByIsASentence) {
  const std::string empty = write("empty.jsonl", "\n\n");
  EXPECT_FALSE(propose(empty));
  EXPECT_THAT(errors_,
              ElementsAre(empty + ": holds no captured receipt; write inbound payloads into it, one JSON object "
                                  "a line"));
  const std::string others = write("others.jsonl", capture(R"("operatorMessageId":"1")", "mno-y"));
  EXPECT_FALSE(propose(others));
  EXPECT_THAT(errors_, ElementsAre(others + ": 1 line is of the operator mno-y, not of mno-x; left out",
                                   others + ": no line is a receipt of mno-x; is the operator's id right?"));
  EXPECT_FALSE(propose("/nowhere/day.jsonl"));
  EXPECT_THAT(errors_, ElementsAre("/nowhere/day.jsonl: cannot be read; check the path and its permissions"));
  EXPECT_FALSE(propose(write("one.jsonl", capture(R"("operatorMessageId":"1")")), "/nowhere/ids.txt"));
  EXPECT_THAT(errors_, ElementsAre("/nowhere/ids.txt: cannot be read; check the path and its permissions"));
}

TEST_F(ProfileTool, AChangedProfileThatIsWrongIsToldWithItsPlace) {
  const std::string captures = write("day.jsonl", capture(R"("operatorMessageId":"1","rawStat":"DELIVRD")"));
  const std::string zone = write("zone.toml", "[operators.\"mno-x\"]\ntime_zone = \"Mars\"\n");
  EXPECT_FALSE(check(captures, zone));
  ASSERT_FALSE(errors_.empty());
  EXPECT_THAT(errors_[0], StartsWith(zone + ":2:13: operators.\"mno-x\".time_zone: is \"Mars\", which is no zone"));
  const std::string more = write("more.toml", "[nats]\nurl = \"nats://x\"\n");
  EXPECT_FALSE(check(captures, more));
  EXPECT_THAT(errors_[0], StartsWith(more + ":1:2: nats: does not belong here; a profile holds [operators."));
  const std::string none = write("none.toml", "# nothing\n");
  EXPECT_FALSE(check(captures, none));
  EXPECT_THAT(errors_, ElementsAre(none + ": holds no profile; write [operators.\"<id>\"] and its keys"));
}

TEST_F(ProfileTool, NoDifferenceIsToldToo) {
  const std::string captures = write("day.jsonl", capture(R"("operatorMessageId":"1","rawStat":"DELIVRD")"));
  const std::string profile = write("x.toml", "[operators.\"mno-x\"]\nstatus_aliases = { OK = \"DELIVERED\" }\n");
  EXPECT_TRUE(check(captures, profile)) << ::testing::PrintToString(errors_);
  EXPECT_EQ(out_.str(), "1 receipt, 0 differ\n");
  EXPECT_TRUE(check(captures, profile, true));
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace dlrgw::host
