// SPDX-License-Identifier: Apache-2.0
// Three gateways on one consumer, restarted one after the other under 2,000 receipts/s: no receipt is lost or counted
// twice.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kPerSecond = 2'000;
constexpr std::size_t kEach = 15'000;  // receipts around the restart of one gateway

TEST(RollingRestart, OfThreeGatewaysUnderLoadLosesAndDoublesNothing) {
  Scenario s;
  std::vector<std::unique_ptr<GatewayProcess>> gateways;
  for (unsigned replica = 0; replica < 3; ++replica) {
    GatewayOptions one;
    one.replica = replica;
    gateways.push_back(std::make_unique<GatewayProcess>(s.servers(), one));
    gateways.back()->start();
    ASSERT_TRUE(gateways.back()->wait_ready()) << gateways.back()->error_output();
  }
  std::vector<Message> messages;
  for (const auto& gateway : gateways) {
    const auto share = s.add_messages(kEach);
    messages.insert(messages.end(), share.begin(), share.end());
    const Publisher publisher(s.nats(), final_receipts(s, share), kPerSecond);
    ASSERT_TRUE(eventually([&] { return publisher.published() >= 2 * kPerSecond; }));
    EXPECT_EQ(gateway->terminate(), 0);
    gateway->start();
    ASSERT_TRUE(gateway->wait_ready()) << gateway->error_output();
    ASSERT_TRUE(publisher.wait());
  }
  ASSERT_TRUE(s.wait_settled());
  expect_each_once(s, messages);
  for (const auto& gateway : gateways) EXPECT_GT(gateway->metrics().sum("dlr_received_total"), 0);
}

}  // namespace
}  // namespace dlrgw::test
