// SPDX-License-Identifier: Apache-2.0
// Offline: the plugin against the SDK's fake host.
#include <gtest/gtest.h>

#include <dlrgw/testing/plugin.hpp>

namespace {

using namespace dlrgw::testing;

TEST(AcmeTally, PassesEveryReceiptAndCountsWhatWasCommitted) {
  FakeHost host;
  TestPlugin plugin(host);
  TestReceipt& one = host.receipt({.status = dlrgw::DlrStatus::kDelivered});
  TestReceipt& two = host.receipt({.status = dlrgw::DlrStatus::kExpired});
  for (const TestVerdict& verdict : plugin.process("acme.tally", {&one, &two})) {
    EXPECT_EQ(verdict.action, DLRGW_ACTION_CONTINUE);
  }
  EXPECT_EQ(plugin.request({.path = "/acme/tally"}).body, "{}") << "nothing is committed yet";
  plugin.settle("acme.tally", {&one, &two});
  EXPECT_EQ(plugin.request({.path = "/acme/tally"}).body, R"({"DELIVERED":1,"EXPIRED":1})");
  plugin.run_job("acme.tally.report");
  const auto logs = host.logs();
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].event, "acme.tally");
  EXPECT_EQ(logs[0].fields.at("tally"), R"({"DELIVERED":1,"EXPIRED":1})");
}

}  // namespace
