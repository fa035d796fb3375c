// SPDX-License-Identifier: Apache-2.0
// One receipt that runs into time-outs while others get through. Another session has locked its message: it is applied
// when the lock is gone. It is slow itself: that is not its fault either, and it is put away in the end.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(PostgresBlocked, OneLockedRowStopsNobodyElse) {
  Scenario s;
  const auto messages = s.add_messages(64);
  ASSERT_TRUE(started(s));
  HeldLock lock(s.postgres(),
                "SELECT FROM orch.sms_messages WHERE message_id = '" + messages[0].message_id + "' FOR UPDATE");
  s.publish(s.receipts_for(messages, "DELIVRD"));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 63; })) << log_summary(s.gateway());
  EXPECT_TRUE(ready_says(s, 200, "")) << log_summary(s.gateway());
  lock.release();
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 64);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
}

TEST(PostgresBlocked, OneThatIsSlowItselfIsPutAwayAndStopsNobodyElse) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"hold_after = \"1h\"", "hold_after = \"20s\""},
                      {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                       "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
                      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}});
  Scenario s(std::move(options));
  const auto messages = s.add_messages(2'400);
  ASSERT_TRUE(started(s));
  auto receipts = s.receipts_for(messages, "DELIVRD");
  receipts[100].error_code = "V-SLOW";
  const Publisher traffic(s.nats(), receipts, 40);
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.invalid_dlrs") == 1; })) << log_summary(s.gateway());
  EXPECT_TRUE(ready_says(s, 200, "")) << log_summary(s.gateway());
  ASSERT_TRUE(traffic.wait());
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 2'399);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.invalid_dlrs WHERE kind = 'held' AND reason = 'timeout'"), 1);
}

}  // namespace
}  // namespace dlrgw::test
