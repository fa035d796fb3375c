// SPDX-License-Identifier: Apache-2.0
// Offline: the plugin against the SDK's fake host. The plugin is C, its test C++.
#include <gtest/gtest.h>

#include <dlrgw/testing/plugin.hpp>

namespace {

using namespace dlrgw::testing;

TEST(AcmeMute, EndsReceiptsOfTheOperatorsThatTheOptionLists) {
  FakeHost host;
  host.entries("muted", {{"", "mno-quiet"}, {"", "mno-mute"}});
  TestPlugin plugin(host);
  TestReceipt& heard = host.receipt({.operator_id = "mno-loud"});
  TestReceipt& muted = host.receipt({.operator_id = "mno-mute"});
  TestReceipt& longer = host.receipt({.operator_id = "mno-mute-2"});
  const auto verdicts = plugin.process("acme.mute", {&heard, &muted, &longer});
  EXPECT_EQ(verdicts[0].action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(verdicts[1].action, DLRGW_ACTION_DROP);
  EXPECT_EQ(verdicts[1].reason, "muted");
  EXPECT_EQ(verdicts[2].action, DLRGW_ACTION_CONTINUE);
}

TEST(AcmeMute, LetsAllPassWithoutTheOption) {
  FakeHost host;
  TestPlugin plugin(host);
  TestReceipt& receipt = host.receipt({.operator_id = "mno-mute"});
  EXPECT_EQ(plugin.process("acme.mute", {&receipt})[0].action, DLRGW_ACTION_CONTINUE);
}

}  // namespace
