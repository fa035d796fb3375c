// What a stage's retries and the times were, of receipts that went back to the server: JetStream counts deliveries, not
// our retries. Bounded in number and age; a forgotten entry means a fresh count, never a loss. Pure: the caller brings
// the time and the lock. Owned by the delivery buffer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "intake/delivery.hpp"

namespace dlrgw::host {

class RetryMemory {
 public:
  RetryMemory(std::size_t capacity, std::int64_t keep_us) : capacity_(capacity), keep_us_(keep_us) {}

  // Remembers retries, worked and waited time; a receipt without any is not worth a place.
  void remember(const Delivery& delivery, std::int64_t now_us);
  // Puts back what is remembered of this sequence, and forgets it.
  void recall(Delivery& delivery, std::int64_t now_us);
  void forget(std::uint64_t stream_seq);
  void clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t stream_seq = 0;
    std::int64_t until_us = 0;
    std::int64_t worked_us = 0;
    std::int64_t waited_us = 0;
    StageRetries retries;
  };
  void expire(std::int64_t now_us);

  std::size_t capacity_;
  std::int64_t keep_us_;
  std::list<Entry> entries_;  // oldest first, hence also the first to expire
  std::unordered_map<std::uint64_t, std::list<Entry>::iterator> by_seq_;
};

}  // namespace dlrgw::host
