// SPDX-License-Identifier: Apache-2.0
// Three gateways on one consumer, restarted one after the other under 2,000 receipts/s: no receipt is lost or counted
// twice.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kPerSecond = 2'000;
constexpr std::size_t kReceipts = 50'000;
constexpr double kP99Ms = 500;

TEST(RollingRestart, OfThreeGatewaysUnderLoadLosesDoublesAndDelaysNothing) {
  ScenarioOptions options;
  options.postgres.settings = {"track_commit_timestamp=on"};
  Scenario s(options);
  std::vector<std::unique_ptr<GatewayProcess>> gateways;
  for (unsigned replica = 0; replica < 3; ++replica) {
    GatewayOptions one;
    one.replica = replica;
    gateways.push_back(std::make_unique<GatewayProcess>(s.servers(), one));
    gateways.back()->start();
    ASSERT_TRUE(gateways.back()->wait_ready()) << gateways.back()->error_output();
  }
  const auto messages = s.add_messages(kReceipts);
  std::vector<Receipt> receipts = final_receipts(s, messages);
  for (Receipt& receipt : receipts) receipt.received_at.clear();  // the stream's time: when it was published
  const Publisher publisher(s.nats(), std::move(receipts), kPerSecond);
  for (const auto& gateway : gateways) {
    const std::size_t from = publisher.published();
    ASSERT_TRUE(eventually([&] { return publisher.published() >= from + 2 * kPerSecond; }));
    EXPECT_EQ(gateway->terminate(), 0);
    ASSERT_LT(publisher.published(), kReceipts) << "the load ended before the restarts";
    gateway->start();
    ASSERT_TRUE(gateway->wait_ready()) << gateway->error_output();
  }
  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(s.wait_settled());
  expect_each_once(s, messages);
  const double p99 = std::stod(s.postgres().value(
      "SELECT extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY pg_xact_commit_timestamp(xmin) - "
      "received_at)) * 1000 FROM dlr.delivery_receipts"));
  RecordProperty("p99_ms", static_cast<int>(p99));
  EXPECT_LT(p99, kP99Ms) << "from the stream to the commit";
  for (const auto& gateway : gateways) EXPECT_GT(gateway->metrics().sum("dlr_received_total"), 0);
}

}  // namespace
}  // namespace dlrgw::test
