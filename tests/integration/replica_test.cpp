// SPDX-License-Identifier: Apache-2.0
// The number of a gateway in its cluster: chosen, taken, refused.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

TEST(Replica, AutoTakesTheLowestFreeNumber) {
  Scenario s;
  ASSERT_TRUE(started(s));  // holds 0
  const GatewayOptions automatic{.binary = {},
                                 .plugin_dir = {},
                                 .config_path = {},
                                 .config_text = {},
                                 .replica = 0,
                                 .env = {{"DLRGW_REPLICA", "auto"}}};
  GatewayProcess first(s.servers(), automatic);
  GatewayProcess second(s.servers(), automatic);
  first.start();  // at the same time
  second.start();
  ASSERT_TRUE(first.wait_ready());
  ASSERT_TRUE(second.wait_ready());
  const auto messages = s.add_messages(30);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().terminate(), 0);
  GatewayProcess third(s.servers(), automatic);
  third.start();
  EXPECT_TRUE(third.wait_ready()) << "0 is free again";
}

TEST(BadReplica, ATakenNumberIsRefusedAndTheHolderGoesOn) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const CliResult second = s.gateway().run_cli({"run", "--config", s.gateway().config_path()});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("replica 0 is held by another gateway"), std::string::npos) << second.err;
  EXPECT_EQ(second.out.find("dlr.http.listening"), std::string::npos);
  const auto messages = s.add_messages(5);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  GatewayProcess other(s.servers(),
                       {.binary = {}, .plugin_dir = {}, .config_path = {}, .config_text = {}, .replica = 1, .env = {}});
  other.start();
  EXPECT_TRUE(other.wait_ready()) << "a number of its own";
}

}  // namespace
}  // namespace dlrgw::test
