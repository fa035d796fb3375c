// SPDX-License-Identifier: Apache-2.0
// Watches from outside, as administrator of NATS, when each receipt of a rate phase was acknowledged and when its
// events had reached their stream. Nothing is asked of the gateway or of PostgreSQL. The acknowledgement stands for the
// commit: the gateway sends it right after, never before, so that the time until it is seen is an upper bound of the
// time until the commit. Owned by the phase; its two readers are threads of its own, the results may be read once
// complete() holds.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/load.hpp"

namespace dlrgw::bench {

class Observer {
 public:
  // message_ids[i] belongs to the receipt that will be stored as the i-th after last_seq.
  Observer(test::TestNats& nats, const std::vector<std::string>& message_ids);
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  [[nodiscard]] std::int64_t acknowledged() const;
  [[nodiscard]] std::int64_t events() const;
  [[nodiscard]] bool complete() const;
  [[nodiscard]] const std::vector<Clock::time_point>& acknowledged_at() const;
  [[nodiscard]] const std::vector<Clock::time_point>& relayed_at() const;  // the last event of each receipt

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Events of a final receipt for a message of one segment: aggregated, billing, webhook.
inline constexpr int kEventsPerReceipt = 3;

}  // namespace dlrgw::bench
