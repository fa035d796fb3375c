// SPDX-License-Identifier: Apache-2.0
// A whole system for an integration test: servers, migrated and provisioned, and a gateway; seeding, publishing,
// waiting until everything is settled, reading back what became of it. Owned by the test, one thread.
//
//   Scenario s;
//   s.gateway().start();
//   ASSERT_TRUE(s.gateway().wait_ready());
//   const auto messages = s.add_messages(100);
//   s.publish(s.receipts_for(messages, "DELIVRD"));
//   ASSERT_TRUE(s.wait_settled());
//   EXPECT_EQ(s.count_by_status().at("DELIVERED"), 100);
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/gateway.hpp"
#include "support/receipt.hpp"
#include "support/servers.hpp"

namespace dlrgw::test {

struct ScenarioOptions {
  // Without fsync: no test crashes the machine. What measures says PostgresOptions{}.
  PostgresOptions postgres{.fast = true, .statement_statistics = false, .settings = {}};
  GatewayOptions gateway;
};

struct CapturedEvent {
  std::string subject;
  std::string message_id;  // from the payload; empty for sms.dlr.unmatched
  std::string msg_id;      // header Nats-Msg-Id
  std::string data;
};

class Scenario {
 public:
  explicit Scenario(ScenarioOptions options = {});  // servers up, migrated, provisioned; the gateway is not started

  [[nodiscard]] Servers& servers() { return servers_; }
  [[nodiscard]] TestPostgres& postgres() { return servers_.postgres; }
  [[nodiscard]] TestNats& nats() { return servers_.nats; }
  [[nodiscard]] TestRedis& redis() { return servers_.redis; }
  [[nodiscard]] GatewayProcess& gateway() { return gateway_; }
  [[nodiscard]] Rng& rng() { return rng_; }

  // Messages with random ids and their correlations, inserted.
  std::vector<Message> add_messages(std::size_t count, const std::string& operator_id = "mno-test");
  [[nodiscard]] Receipt receipt_for(const Message& message,
                                    const std::string& raw_stat);  // a new event id, received now
  [[nodiscard]] std::vector<Receipt> receipts_for(const std::vector<Message>& messages, const std::string& raw_stat);

  // As smpp-connector; without Nats-Msg-Id, so that the stream takes repeats too.
  void publish(const std::vector<Receipt>& receipts);
  void publish_raw(const std::vector<std::string>& payloads);

  // Everything published is acknowledged or terminated, nothing is parked, the outbox is empty.
  bool wait_settled();
  [[nodiscard]] bool settled();

  [[nodiscard]] std::map<std::string, std::int64_t> count_by_status();   // dlr.delivery_receipts
  [[nodiscard]] std::map<std::string, std::int64_t> count_by_outcome();  // dlr_processed_total of the running gateway
  [[nodiscard]] std::int64_t count_rows(const std::string& table);       // "dlr.orphan_dlrs"
  [[nodiscard]] std::vector<CapturedEvent> events(const std::string& subject = {});
  // How many events of that subject each message has; with distinct, how many distinct Nats-Msg-Ids.
  [[nodiscard]] std::map<std::string, std::int64_t> events_by_message(const std::string& subject,
                                                                      bool distinct = false);

 private:
  Servers servers_;
  GatewayProcess gateway_;
  Rng rng_{std::random_device{}()};
};

}  // namespace dlrgw::test
