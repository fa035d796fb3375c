// SPDX-License-Identifier: Apache-2.0
// PostgreSQL answers but does not serve: locks of other sessions, no session to be had. What is reported of it, and
// that no receipt pays for it.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

TEST(PostgresBlocked, ALockedTableHoldsTheReceiptsAndCountsNoRetry) {
  Scenario s;
  const auto messages = s.add_messages(300);
  ASSERT_TRUE(started(s));
  HeldLock lock(s.postgres(), "LOCK TABLE orch.sms_messages IN ACCESS EXCLUSIVE MODE");
  s.publish(s.receipts_for(messages, "DELIVRD"));
  EXPECT_TRUE(ready_says(s, 503, "a lock was not free in time")) << log_summary(s.gateway());
  // Trials find the lock still there: /ready does not say otherwise in between.
  EXPECT_TRUE(stays_not_ready(s)) << log_summary(s.gateway());
  EXPECT_GT(s.gateway().metrics().sum("dlr_dependency_errors_total", {{"dependency", "postgresql"}}), 0);
  // A busy machine may see a trial get through in between; the lines stay few.
  EXPECT_LE(s.gateway().logs("dlr.dependency.degraded").size(), 6U) << log_summary(s.gateway());
  lock.release();
  EXPECT_TRUE(ready_says(s, 200, "")) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 300);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// Neither a server nor a plugin has reported anything: that nothing moves is enough.
TEST(NothingMoves, IsToldWhateverTheReason) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                       "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
                      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}});
  Scenario s(std::move(options));
  const auto messages = s.add_messages(1);
  ASSERT_TRUE(started(s));
  auto receipts = s.receipts_for(messages, "DELIVRD");
  receipts[0].error_code = "V-HANG";
  s.publish(receipts);
  EXPECT_TRUE(ready_says(s, 503, "progress")) << log_summary(s.gateway());
}

TEST(PostgresBlocked, AShutdownWaitsForNobodysLock) {
  Scenario s;
  const auto messages = s.add_messages(50);
  ASSERT_TRUE(started(s));
  HeldLock lock(s.postgres(), "LOCK TABLE orch.sms_messages IN ACCESS EXCLUSIVE MODE");
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_lanes_busy") > 0; }));
  EXPECT_EQ(s.gateway().terminate(), 0);
  lock.release();
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 50);
}

TEST(PostgresBlocked, ARelayWithoutSessionsIsNamedByReady) {
  Scenario s;
  const auto messages = s.add_messages(10);
  s.postgres().exec("ALTER ROLE dlr_relay PASSWORD 'not-the-one'");
  s.gateway().start();
  EXPECT_TRUE(ready_says(s, 503, "postgresql.relay")) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().metrics().sum("dlr_dependency_up", {{"dependency", "postgresql.relay"}}), 0);
  EXPECT_EQ(s.gateway().logs("dlr.dependency.degraded").size(), 1U);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 10; }))
      << "receipts are stored meanwhile, their events wait";
  EXPECT_EQ(s.count_rows("dlr.outbox_events"), 30);
  s.postgres().exec("ALTER ROLE dlr_relay PASSWORD 'test-DLRGW_PG_RELAY_PASSWORD'");  // as the harness configures it
  EXPECT_TRUE(ready_says(s, 200, "")) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events_by_message("billing.events").size(), 10U);
}

}  // namespace
}  // namespace dlrgw::test
