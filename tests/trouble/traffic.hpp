// SPDX-License-Identifier: Apache-2.0
// Receipts published at an even rate in the order of their places, as a connector does that keeps what NATS has not
// confirmed. More may be added while it runs; without any it rests. Used by one test; publishes on a thread of its own.
#pragma once
#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "support/nats.hpp"
#include "support/receipt.hpp"

namespace dlrgw::test {

class Traffic {
 public:
  Traffic(TestNats& nats, std::size_t per_second);
  ~Traffic();  // stops
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // behind: so many places after the last receipt that was added without.
  void add(const Receipt& receipt, std::size_t behind = 0);
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] std::size_t published() const { return published_; }

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] std::vector<NatsMessage> take(std::size_t count);

  TestNats& nats_;
  const std::size_t per_second_;
  std::atomic<std::size_t> published_{0};
  mutable std::mutex mutex_;
  std::size_t end_ = 0;                            // guarded by mutex_
  std::multimap<std::size_t, NatsMessage> queue_;  // by place; guarded by mutex_
  std::jthread thread_;
};

}  // namespace dlrgw::test
