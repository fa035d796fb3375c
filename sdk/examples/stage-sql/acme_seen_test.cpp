// SPDX-License-Identifier: Apache-2.0
// The plugin against the SDK's fake host: first offline, where the test says what the query answers and reads the rows,
// then in a PostgreSQL of its own, which runs scripts and statements as a gateway does.
#include <gtest/gtest.h>

#include <dlrgw/testing/database.hpp>
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

TEST(AcmeSeen, DoesTheSameInPostgresqlAndBearsRepetition) {
  if (const std::string missing = TestDatabase::missing(); !missing.empty()) GTEST_SKIP() << missing;
  TestDatabase database;
  FakeHost host;
  host.grant("sql").use(database);
  TestPlugin plugin(host);
  database.exec("INSERT INTO acme_seen_muted VALUES ('mno-muted')");
  TestReceipt& heard = host.receipt({.operator_id = "mno-loud", .status = dlrgw::DlrStatus::kDelivered});
  TestReceipt& muted = host.receipt({.operator_id = "mno-muted", .status = dlrgw::DlrStatus::kExpired});
  for (int time = 0; time < 2; ++time) {
    const auto verdicts = plugin.process("acme.seen", {&heard, &muted});
    EXPECT_EQ(verdicts[0].action, DLRGW_ACTION_CONTINUE);
    EXPECT_EQ(verdicts[1].reason, "muted");
  }
  EXPECT_EQ(database.rows("SELECT operator_id, status FROM acme_seen ORDER BY operator_id"),
            (SqlRows{{"mno-loud", "DELIVERED"}, {"mno-muted", "EXPIRED"}}));
}

}  // namespace
