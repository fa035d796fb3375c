// SPDX-License-Identifier: Apache-2.0
#include "intake/retry_memory.hpp"

namespace dlrgw::host {

void RetryMemory::remember(const Delivery& delivery, std::int64_t now_us, std::int64_t delay_us) {
  expire(now_us);
  forget(delivery.stream_seq);
  if (delivery.retries.entries.empty() && delivery.waited_us == 0 && delivery.worked_us == 0) return;
  if (entries_.size() >= capacity_ && !entries_.empty()) forget(by_expiry_.begin()->second);
  const std::int64_t until_us = now_us + delay_us + keep_us_;
  entries_[delivery.stream_seq] = {until_us, delivery.worked_us, delivery.waited_us, delivery.retries};
  by_expiry_.emplace(until_us, delivery.stream_seq);
}

void RetryMemory::recall(Delivery& delivery, std::int64_t now_us) {
  if (entries_.empty()) return;
  expire(now_us);
  const auto found = entries_.find(delivery.stream_seq);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  delivery.worked_us = entry.worked_us;
  delivery.waited_us = entry.waited_us;
  delivery.retries = std::move(entry.retries);
  forget(delivery.stream_seq);
}

void RetryMemory::forget(std::uint64_t stream_seq) {
  const auto found = entries_.find(stream_seq);
  if (found == entries_.end()) return;
  by_expiry_.erase({found->second.until_us, stream_seq});
  entries_.erase(found);
}

void RetryMemory::clear() {
  entries_.clear();
  by_expiry_.clear();
}

void RetryMemory::expire(std::int64_t now_us) {
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now_us) forget(by_expiry_.begin()->second);
}

}  // namespace dlrgw::host
