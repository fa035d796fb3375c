// SPDX-License-Identifier: Apache-2.0
// A gateway that vanishes without a word: its connections to PostgreSQL stay open and nothing comes through them any
// more. The other one leads.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/silent_proxy.hpp"

namespace dlrgw::test {
namespace {

TEST(Takeover, AGatewayThatFallsSilentLosesItsLocksAndTheOtherLeads) {
  Scenario s;
  SilentProxy proxy(s.postgres().port());
  GatewayOptions options;
  options.replica = 1;
  options.env["DLRGW_PG"] = "host=127.0.0.1 port=" + std::to_string(proxy.port()) + " dbname=sms";
  GatewayProcess vanishing(s.servers(), options);
  vanishing.start();
  ASSERT_TRUE(vanishing.wait_ready());
  ASSERT_TRUE(reaches(vanishing, "dlr_outbox_leader", {}, 1));
  ASSERT_TRUE(started(s));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_outbox_leader"), 0) << "each gateway says whether it leads";

  proxy.fall_silent();
  EXPECT_TRUE(time_until_ready_is(vanishing, 503)) << "it notices itself: nothing is sent to it any more\n"
                                                   << log_summary(vanishing);
  ASSERT_TRUE(reaches(s.gateway(), "dlr_outbox_leader", {}, 1)) << log_summary(s.gateway());
  const auto messages = s.add_messages(20);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  // What the vanished gateway had fetched is delivered again after its AckWait.
  EXPECT_TRUE(settles(s));
  for (const auto& [message, count] : s.events_by_message("billing.events", true)) EXPECT_EQ(count, 1) << message;
  EXPECT_EQ(s.events_by_message("billing.events").size(), messages.size());
  EXPECT_EQ(vanishing.get("/ready").status, 503) << "for as long as it lasts";
  vanishing.kill9();

  // Its number is free too: a successor under the same one starts.
  GatewayProcess successor(
      s.servers(), {.binary = {}, .plugin_dir = {}, .config_path = {}, .config_text = {}, .replica = 1, .env = {}});
  successor.start();
  EXPECT_TRUE(successor.wait_ready()) << log_summary(successor);
}

}  // namespace
}  // namespace dlrgw::test
