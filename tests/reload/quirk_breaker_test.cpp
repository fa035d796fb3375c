// SPDX-License-Identifier: Apache-2.0
// A quirk that keeps failing: its receipts are held without a retry being counted, beyond a share they are rejected,
// none is ever mapped by the standard table, and operations see and reset it.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

class QuirkBreaker : public testing::Test {
 protected:
  QuirkBreaker() { std::ofstream(broken_).flush(); }
  std::string config(const std::string& more = {}) const {
    return shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                            "/fixture_flaky_quirk.so\"\n[plugins.options]\nbroken_file = \"" +
                                                broken_ + "\"\n\n[pipeline]\n" + more},
                           {"quirk_hold_share = 0.25", "quirk_hold_share = 0.01"},  // 200 of 20,000
                           {"max_retries = 20", "max_retries = 1"},
                           {"retries = 2 ", "retries = 1 "}});
  }
  std::string quirk(Scenario& s, const std::string& field) {
    const std::string plugin =
        part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/plugins").body, "plugins", "fixture.flaky");
    return json_field(part_of(plugin, "quirks", "fixture.flaky"), field);
  }
  AdminKeys keys_;
  TempDir dir_;
  const std::string broken_ = dir_.path() + "/broken";
};

TEST_F(QuirkBreaker, HoldsUpToItsShareRejectsTheRestAndIsResetByHand) {
  Scenario s(with_keys(keys_, config()));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(300);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return quirk(s, "held") == "200" && s.count_rows("dlr.invalid_dlrs") == 100; }))
      << quirk(s, "held") << " held, " << s.count_rows("dlr.invalid_dlrs") << " rejected";
  EXPECT_EQ(quirk(s, "breaker"), "open");
  EXPECT_THAT(quirk(s, "lastError"), HasSubstr("the table of states is missing"));
  EXPECT_THAT(s.gateway().get("/ready").body, HasSubstr("quirk fixture.flaky"));
  EXPECT_EQ(s.gateway().get("/ready").status, 200);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 0) << "never the standard mapping";
  EXPECT_EQ(
      s.postgres().count("SELECT count(*) FROM dlr.invalid_dlrs WHERE kind = 'rejected' AND reason = 'quirk_failed'"),
      100);
  const auto opened = s.gateway().logs("dlr.quirk.breaker");
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(json_field(opened[0], "state"), "open");

  std::filesystem::remove(broken_);
  const HttpReply reset = admin(s.gateway(), keys_, "POST", "/v1/admin/quirks/fixture.flaky/reset");
  EXPECT_EQ(reset.status, 200) << reset.body;
  EXPECT_EQ(quirk(s, "breaker"), "closed");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE error_code = 'quirk'"), 200)
      << "held ones had no retry counted";
  EXPECT_EQ(quirk(s, "held"), "0");
  EXPECT_TRUE(eventually([&] { return json_field(s.gateway().get("/ready").body, "status") == "ok"; }))
      << "once it has worked: " << s.gateway().get("/ready").body;
  EXPECT_THAT(audit_rows(s), testing::Contains(std::string(kActor) + " quirk.reset quirk fixture.flaky ok"));

  const Row one = s.postgres().rows("SELECT stream_identity, stream_seq FROM dlr.invalid_dlrs LIMIT 1").at(0);
  std::string identity = one.at(0);
  for (std::size_t at = 0; (at = identity.find_first_of("@:", at)) != std::string::npos;) {
    identity.replace(at, 1, identity[at] == '@' ? "%40" : "%3A");
  }
  const HttpReply again =
      admin(s.gateway(), keys_, "POST", "/v1/admin/dlr/rejected/" + identity + "/" + one.at(1) + "/resubmit");
  EXPECT_EQ(json_field(again.body, "outcome"), "applied") << again.body;
  const HttpReply unknown = admin(s.gateway(), keys_, "POST", "/v1/admin/quirks/acme/reset");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json_field(unknown.body, "detail"), "no plugin that runs contributes a quirk called \"acme\"");
}

TEST_F(QuirkBreaker, ClosesByItselfWhenAProbeWorks) {
  Scenario s(with_keys(keys_, config()));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(40);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return quirk(s, "breaker") == "open"; }));
  std::filesystem::remove(broken_);
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(quirk(s, "breaker"), "closed");
}

TEST_F(QuirkBreaker, TheStandardMappingOnlyWhenTheProfileSaysSo) {
  Scenario s(with_keys(keys_, shipped_config({})));
  std::ofstream(s.gateway().config_path(), std::ios::trunc)
      << config() << "\n[operators.\"mno-test\"]\non_failure = \"standard\"\n";
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(40);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE plugin IS NULL"), 40);
  EXPECT_EQ(quirk(s, "held"), "0");
}

}  // namespace
}  // namespace dlrgw::test
