#include "intake/retry_memory.hpp"

#include <iterator>
#include <utility>

namespace dlrgw::host {

void RetryMemory::remember(const Delivery& delivery, std::int64_t now_us) {
  expire(now_us);
  forget(delivery.stream_seq);
  if (delivery.retries.entries.empty() && delivery.waited_us == 0 && delivery.worked_us == 0) return;
  if (entries_.size() >= capacity_) forget(entries_.front().stream_seq);
  entries_.push_back(
      {delivery.stream_seq, now_us + keep_us_, delivery.worked_us, delivery.waited_us, delivery.retries});
  by_seq_[delivery.stream_seq] = std::prev(entries_.end());
}

void RetryMemory::recall(Delivery& delivery, std::int64_t now_us) {
  if (entries_.empty()) return;
  expire(now_us);
  const auto found = by_seq_.find(delivery.stream_seq);
  if (found == by_seq_.end()) return;
  Entry& entry = *found->second;
  delivery.worked_us = entry.worked_us;
  delivery.waited_us = entry.waited_us;
  delivery.retries = std::move(entry.retries);
  forget(delivery.stream_seq);
}

void RetryMemory::forget(std::uint64_t stream_seq) {
  const auto found = by_seq_.find(stream_seq);
  if (found == by_seq_.end()) return;
  entries_.erase(found->second);
  by_seq_.erase(found);
}

void RetryMemory::clear() {
  entries_.clear();
  by_seq_.clear();
}

void RetryMemory::expire(std::int64_t now_us) {
  while (!entries_.empty() && entries_.front().until_us <= now_us) forget(entries_.front().stream_seq);
}

}  // namespace dlrgw::host
