// SPDX-License-Identifier: Apache-2.0
// A stage that keeps failing: its receipts are held without a retry being counted, /ready says so, and operations see
// and reset it.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

class StageBreaker : public testing::Test {
 protected:
  StageBreaker() { std::ofstream(broken_).flush(); }
  // quirk_hold_share: 200 of 20,000.
  std::string config() const {
    return shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                            "/fixture_flaky_stage.so\"\n[plugins.options]\nbroken_file = \"" +
                                                broken_ + "\"\n\n[pipeline]\n"},
                           {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.flaky\", \"dedup.replay\""},
                           {"quirk_hold_share = 0.25", "quirk_hold_share = 0.01"}});
  }
  std::string stage(Scenario& s, const std::string& field) {
    return json_field(part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/pipeline").body, "stages", "fixture.flaky"),
                      field);
  }
  AdminKeys keys_;
  TempDir dir_;
  const std::string broken_ = dir_.path() + "/broken";
};

TEST_F(StageBreaker, HoldsItsReceiptsIsDownAndIsResetByHand) {
  Scenario s(with_keys(keys_, config()));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(100);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  // All but the one of a probe, which is called and asks for a retry by itself.
  ASSERT_TRUE(eventually([&] { return std::stoi(stage(s, "held")) >= 80; })) << stage(s, "held") << " held";
  EXPECT_EQ(stage(s, "breaker"), "open");
  EXPECT_THAT(stage(s, "lastError"), HasSubstr("the list of senders is missing"));
  const HttpReply ready = s.gateway().get("/ready");
  EXPECT_EQ(ready.status, 503) << "every receipt passes it";
  EXPECT_THAT(ready.body, HasSubstr("stage fixture.flaky"));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 0);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  const auto opened = s.gateway().logs("dlr.stage.breaker");
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(json_field(opened[0], "state"), "open");
  EXPECT_EQ(json_field(opened[0], "plugin"), "fixture.flakystage");

  std::filesystem::remove(broken_);
  const HttpReply reset = admin(s.gateway(), keys_, "POST", "/v1/admin/stages/fixture.flaky/reset");
  EXPECT_EQ(reset.status, 200) << reset.body;
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(stage(s, "breaker"), "closed");
  EXPECT_EQ(stage(s, "held"), "0");
  EXPECT_TRUE(s.gateway().wait_ready()) << "once it has worked";
  EXPECT_THAT(audit_rows(s), testing::Contains(std::string(kActor) + " stage.reset stage fixture.flaky ok"));
  const HttpReply unknown = admin(s.gateway(), keys_, "POST", "/v1/admin/stages/acme/reset");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json_field(unknown.body, "detail"), "no stage that runs is called \"acme\"");
}

TEST_F(StageBreaker, ClosesByItselfWhenAProbeWorks) {
  Scenario s(with_keys(keys_, config()));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(300);  // more than it may hold: those are retried, none is rejected
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return stage(s, "breaker") == "open"; }));
  std::filesystem::remove(broken_);
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(stage(s, "breaker"), "closed");
}

}  // namespace
}  // namespace dlrgw::test
