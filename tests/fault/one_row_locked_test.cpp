// A receipt whose message somebody else has locked: its neighbours get on, and it is applied when the lock is gone.
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
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 63; }, 75s)) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().get("/ready").status, 200);
  lock.release();
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 64);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
}

}  // namespace
}  // namespace dlrgw::test
