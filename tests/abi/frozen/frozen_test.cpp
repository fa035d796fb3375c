// Plugins built from the frozen headers of 1.0 on today's gateway: a quirk in C, a stage with SQL, a stage with a route
// and a job, all at once, through start, traffic, a switch, a reload and a drain.
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
  ASSERT_TRUE(eventually([&] { return !s.gateway().logs("acme.tally").empty(); }, 10s));

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

}  // namespace
}  // namespace dlrgw::test
