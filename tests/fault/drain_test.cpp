// SPDX-License-Identifier: Apache-2.0
// A gateway that is told to stop leaves no delivery behind that others can have only after its AckWait.
#include <vector>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPerSecond = 500;
constexpr std::size_t kRounds = 8;

// The AckWait is far beyond the test's patience: what was stranded would not come.
TEST(Drain, WhatAGatewayLeavesComesToTheNextWithoutAnAckWait) {
  Scenario s;
  s.nats().set_ack_wait(30min);
  std::vector<Message> messages;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const auto share = s.add_messages(2 * kPerSecond);
    messages.insert(messages.end(), share.begin(), share.end());
    ASSERT_TRUE(started(s));
    const Publisher publisher(s.nats(), final_receipts(s, share), kPerSecond);
    ASSERT_TRUE(reaches(s.gateway(), "dlr_received_total", {}, kPerSecond)) << "round " << round;
    ASSERT_EQ(s.gateway().terminate(), 0);
    ASSERT_TRUE(publisher.wait());
  }
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

}  // namespace
}  // namespace dlrgw::test
