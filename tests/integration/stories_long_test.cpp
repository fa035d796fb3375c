// SPDX-License-Identifier: Apache-2.0
// Stories that have to wait out the consumer's AckWait of 30 s.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

TEST(Us009Outage, NatsStoppedInTheMiddleOfTheLoad) {
  Scenario s;
  const auto messages = s.add_messages(5'000);
  ASSERT_TRUE(started(s));
  publish_once(s.nats(), final_receipts(s, messages), 0, messages.size());
  ASSERT_TRUE(reaches(s.gateway(), "dlr_batches_total", {}, 3));
  s.nats().kill9();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503));
  s.nats().start();
  ASSERT_TRUE(time_until_ready_is(s.gateway(), 200)) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

}  // namespace
}  // namespace dlrgw::test
