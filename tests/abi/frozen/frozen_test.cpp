// SPDX-License-Identifier: Apache-2.0
// Plugins built from the frozen headers of 1.0 on today's gateway: a quirk in C, a stage with SQL, a stage with a route
// and a job, all at once, through start, traffic, a switch, a reload and a drain; and one that is the sink and submits.
// A quirk built from those of 1.1. In the preset `grow` the host is of a later minor.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

std::string plugin(const std::string& name, const std::string& more = {}) {
  return "[[plugins]]\nfile = \"" DLRGW_GOLDEN_DIR "/golden_1_0_" + name + ".so\"\n" + more + "\n";
}

TEST(Frozen10, ThePluginsOf10ServeTheWholeScenario) {
  const AdminKeys keys;
  Scenario s(with_keys(
      keys, shipped_config(
                {{"[pipeline]\n", plugin("quirk") + plugin("seen", "grants = [\"sql\"]\n") +
                                      plugin("tally", "[plugins.options]\nreport_every = \"1s\"\n") + "[pipeline]\n"},
                 {"\"normalise\", \"dedup.fingerprint\"",
                  "\"normalise\", \"acme.seen\", \"acme.tally\", \"dedup.fingerprint\""}})));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(60, "mno-acme");
  auto receipts = s.receipts_for(messages, "ZUGESTELLT");
  for (Receipt& receipt : receipts) receipt.operator_message_id += "-FRA";
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.count_by_status(), (std::map<std::string, std::int64_t>{{"DELIVERED", 60}}));
  EXPECT_EQ(s.count_rows("dlr.acme_seen"), 60);
  EXPECT_EQ(admin(s.gateway(), keys, "GET", "/acme/tally").body, R"({"DELIVERED":60})");
  ASSERT_TRUE(eventually([&] { return !s.gateway().logs("acme.tally").empty(); }));

  EXPECT_EQ(admin(s.gateway(), keys, "POST", "/v1/admin/plugins/acme-tally/disable").status, 200);
  EXPECT_EQ(admin(s.gateway(), keys, "POST", "/v1/admin/reload").status, 200);
  s.postgres().exec("INSERT INTO dlr.acme_seen_muted VALUES ('mno-muted')");
  const auto muted = s.add_messages(5, "mno-muted");
  s.publish(s.receipts_for(muted, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 60}, {"dropped", 5}}));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Frozen10, APluginOf10IsTheEndOfTheChainAndSubmits) {
  const AdminKeys keys;
  const std::string shipped = shipped_config({});
  const std::size_t plugins_at = shipped.find("\n[[plugins]]") + 1;
  Scenario s(with_keys(
      keys, shipped.substr(0, plugins_at) + "[[plugins]]\nfile = \"dlrgw_normalise.so\"\ngrants = [\"pii\"]\n" +
                plugin("outlet", "grants = [\"sql\", \"events\", \"publish\", \"pipeline\", \"pii\"]\n") +
                "[pipeline]\nstages = [\"normalise\", \"acme.outlet\"]\n"));
  ASSERT_TRUE(started(s));
  const auto receipts = s.receipts_for(s.add_messages(200), "DELIVRD");
  s.publish(receipts);
  const auto published = [&] { return s.events("webhook.dispatch"); };
  ASSERT_TRUE(eventually([&] { return published().size() == 200 && s.count_rows("dlr.acme_outlet") == 0; }));
  std::set<std::string> ids, of_receipts;
  for (const CapturedEvent& event : published()) {
    EXPECT_EQ(json_field(event.data, "status"), "DELIVERED");
    EXPECT_EQ(json_field(event.data, "candidates"), "firstsecond");
    ids.insert(event.msg_id);
    of_receipts.insert(json_field(event.data, "eventId"));
  }
  EXPECT_EQ(ids.size(), 200U);
  EXPECT_EQ(of_receipts.size(), 200U);
  EXPECT_EQ(s.gateway().metrics().sum("acme_outlet_receipts_total"), 200);

  const std::string payload = s.receipts_for(s.add_messages(1), "UNDELIV")[0].json();
  const HttpReply first = admin(s.gateway(), keys, "POST", "/acme/submissions/7", payload);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, R"({"outcome":"applied","reported":true})");
  EXPECT_EQ(lookup(s, "outcome", "dlr.acme_submissions", "id", "7"), "applied");
  EXPECT_EQ(admin(s.gateway(), keys, "POST", "/acme/submissions/7", payload).status, 409) << "decided already";
  EXPECT_EQ(admin(s.gateway(), keys, "POST", "/acme/submissions/8", "{}").status, 422);
  ASSERT_TRUE(eventually([&] { return published().size() == 201; }));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// A quirk of 1.1 that says what one of 1.0 cannot: a last word in an intermediate notification, a state in a TLV of one
// connector, an id that is none.
TEST(Frozen11, AQuirkOf11SeesAndSaysWhatItWasBuiltFor) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_GOLDEN_DIR
                                       "/golden_1_1_weave.so\"\ngrants = [\"pii\"]\n[pipeline]\n"}});
  Scenario s(options);
  const auto messages = s.add_messages(4, "mno-weave");
  const auto receipt = [&](std::size_t i, const char* stat, std::vector<std::pair<std::string, std::string>> more) {
    Receipt out = s.receipt_for(messages[i], stat);
    out.more = std::move(more);
    return out;
  };
  Receipt without_id = receipt(3, "DELIVRD", {});
  without_id.operator_message_id = "0";
  ASSERT_TRUE(started(s));
  s.publish({receipt(0, "UNDELIV", {{"esmClass", "32"}, {"tlvs", R"({"0x1403":"01"})"}}),
             receipt(1, "UNDELIV", {{"esmClass", "32"}, {"tlvs", R"({"0x1403":"00"})"}}),
             receipt(2, "?", {{"connectorId", "\"weave-b\""}, {"tlvs", R"({"0x1404":"4F4B"})"}}), without_id});
  ASSERT_TRUE(settles(s));
  const char* statuses[] = {"UNDELIVERED", "SUBMITTED", "DELIVERED", "SUBMITTED"};
  for (std::size_t i = 0; i < messages.size(); ++i)
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[i].message_id), statuses[i]) << i;
  EXPECT_EQ(lookup(s, "reason", "dlr.invalid_dlrs", "kind", "rejected"), "no_message_id");
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
