// SPDX-License-Identifier: Apache-2.0
// What the fault tests share: a load whose every receipt must be found exactly once, a publisher that behaves like the
// SMPP connector while servers come and go, and the oracle. Used by one test; the publisher has a thread of its own.
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/scenario.hpp"

namespace dlrgw::test {

// The shipped configuration with texts replaced; throws when one is not there.
[[nodiscard]] std::string shipped_config(const std::vector<std::pair<std::string, std::string>>& replacements);

// Terminal receipts of all five kinds, one per message.
[[nodiscard]] std::vector<Receipt> final_receipts(Scenario& scenario, const std::vector<Message>& messages);

// Publishes in order, per_second of them, and repeats what NATS did not confirm under the same Nats-Msg-Id.
class Publisher {
 public:
  Publisher(TestNats& nats, std::vector<Receipt> receipts, std::size_t per_second);
  ~Publisher();  // stops
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  [[nodiscard]] std::size_t published() const { return published_; }
  [[nodiscard]] bool done() const { return published_ == receipts_.size(); }
  bool wait() const;  // until everything is published; false when nothing goes any more

 private:
  void run(const std::stop_token& stop);
  bool publish(std::size_t first, std::size_t count);

  TestNats& nats_;
  const std::vector<Receipt> receipts_;
  const std::size_t per_second_;
  std::atomic<std::size_t> published_{0};
  std::jthread thread_;
};

// Publishes receipts [first, last) at once; a repeat of one is not stored again.
void publish_once(TestNats& nats, const std::vector<Receipt>& receipts, std::size_t first, std::size_t last);

// What AckWait would do in 30 s: every delivery without an answer is delivered again. Only while no gateway runs; the
// consumer is then as before. Receipts that were settled stay settled.
void expire_ack_wait(TestNats& nats);

// The oracle: each message has exactly one receipt row, is final, and has exactly one event of each of the three kinds,
// counted by message and by Nats-Msg-Id; nothing is late, quarantined, invalid, rejected, orphaned or waiting to be
// sent.
void expect_each_once(Scenario& scenario, const std::vector<Message>& messages);

// Waits until /ready answers that status; the time it took, for a report, or nothing if it never did.
[[nodiscard]] std::optional<std::chrono::milliseconds> time_until_ready_is(GatewayProcess& gateway, int status);

// No batch failed: unique keys are a safety net, and a race that falls into it was decided wrongly. Not for a gateway
// whose servers went away.
void expect_no_batch_failed(const GatewayProcess& gateway);

// Log lines that are not of one receipt: what a fault writes.
[[nodiscard]] std::size_t fault_log_lines(const GatewayProcess& gateway);
[[nodiscard]] std::string log_summary(const GatewayProcess& gateway);  // event × count, for a failed test

}  // namespace dlrgw::test
