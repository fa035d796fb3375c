// SPDX-License-Identifier: Apache-2.0
// Offline: the plugin against the SDK's fake host, which says what the query answers and keeps the rows. The SQL itself
// is prepared by the gateway that loads the plugin.
#include <gtest/gtest.h>

#include <dlrgw/testing/plugin.hpp>

namespace {

using namespace dlrgw::testing;

TEST(AcmeSeen, JournalsEveryReceiptAndEndsThoseOfMutedOperators) {
  FakeHost host;
  host.grant("sql");
  host.sql().answer("muted", {{"mno-muted"}});
  TestPlugin plugin(host);
  TestReceipt& heard = host.receipt({.operator_id = "mno-loud", .status = dlrgw::DlrStatus::kDelivered});
  TestReceipt& muted = host.receipt({.operator_id = "mno-muted", .status = dlrgw::DlrStatus::kExpired});
  const auto verdicts = plugin.process("acme.seen", {&heard, &muted});
  EXPECT_EQ(verdicts[0].action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(verdicts[1].action, DLRGW_ACTION_DROP);
  EXPECT_EQ(verdicts[1].reason, "muted");
  EXPECT_EQ(host.sql().rows("muted"), (SqlRows{{"mno-loud"}, {"mno-muted"}})) << "one row for each operator";
  const SqlRows noted = host.sql().rows("note");
  ASSERT_EQ(noted.size(), 2U);
  EXPECT_EQ(noted[0][1], "mno-loud");
  EXPECT_EQ(noted[0][2], "DELIVERED");
  EXPECT_EQ(noted[1][1], "mno-muted") << "a dropped receipt keeps its row";
}

}  // namespace
