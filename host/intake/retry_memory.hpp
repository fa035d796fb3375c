// SPDX-License-Identifier: Apache-2.0
// Remembers the stages' retries and the times of receipts that went back to the server, because JetStream counts
// deliveries and not our retries. An entry lasts for the delay with which its receipt was given back, and a while
// longer. Their number is bounded: the entries that go first are those whose receipts should have come again long ago
// and have probably gone to another host. Pure: the caller brings the time and the lock. Owned by the delivery buffer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>

#include "intake/delivery.hpp"

namespace dlrgw::host {

class RetryMemory {
 public:
  RetryMemory(std::size_t capacity, std::int64_t keep_us) : capacity_(capacity), keep_us_(keep_us) {}

  // Remembers retries, worked and waited time, unless there are none.
  // delay_us: how long the server keeps the receipt.
  void remember(const Delivery& delivery, std::int64_t now_us, std::int64_t delay_us);
  // Puts back what is remembered of this sequence, and forgets it.
  void recall(Delivery& delivery, std::int64_t now_us);
  void forget(std::uint64_t stream_seq);
  void clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::int64_t until_us = 0;
    std::int64_t worked_us = 0;
    std::int64_t waited_us = 0;
    StageRetries retries;
  };
  void expire(std::int64_t now_us);

  std::size_t capacity_;
  std::int64_t keep_us_;
  std::unordered_map<std::uint64_t, Entry> entries_;            // by stream sequence
  std::set<std::pair<std::int64_t, std::uint64_t>> by_expiry_;  // the same
};

}  // namespace dlrgw::host
