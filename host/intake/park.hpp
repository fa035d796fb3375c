// SPDX-License-Identifier: Apache-2.0
// Receipts that wait for their own retry, outside any lane: a heap by due time, bounded. Pure: the caller brings the
// time and the lock. Owned by the delivery buffer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "intake/delivery.hpp"

namespace dlrgw::host {

class Park {
 public:
  explicit Park(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] bool full() const { return heap_.size() >= capacity_; }
  // The delivery stays with the caller when the park is full.
  bool put(Delivery&& delivery, std::int64_t due_us);
  [[nodiscard]] std::optional<std::int64_t> next_due_us() const;
  // Moves at most `max` deliveries that are due at `now_us` to the end of `out`, the longest due first; equal ones in
  // the order in which they came.
  std::size_t take_due(std::int64_t now_us, std::size_t max, std::vector<Delivery>& out);
  // Everything, due or not, in no order.
  std::vector<Delivery> take_all();

 private:
  struct Entry {
    std::int64_t due_us = 0;
    std::uint64_t order = 0;
    Delivery delivery;
  };
  static bool later(const Entry& a, const Entry& b);

  std::size_t capacity_;
  std::uint64_t next_order_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace dlrgw::host
