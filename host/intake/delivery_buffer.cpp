// SPDX-License-Identifier: Apache-2.0
#include "intake/delivery_buffer.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kGiveBackMs = 1'000;  // while held: long enough not to spin, short enough to resume soon
// After a drain: in a cluster the consumer's server may learn a little later that this host wants nothing more.
constexpr std::int64_t kLeaveMs = 250;
// Lanes look at the park no more often than this, and at least every kParkLook, so that a jump of the clock is noticed.
constexpr std::chrono::milliseconds kParkGrain{5};
constexpr std::chrono::milliseconds kParkLook{250};

}  // namespace

DeliveryBuffer::DeliveryBuffer(BufferLimits limits, Clock& clock, Replies& replies)
    : limits_(limits),
      clock_(clock),
      replies_(replies),
      park_(limits.max_parked),
      memory_(limits.max_remembered, limits.remember_us) {}

void DeliveryBuffer::push(std::vector<Delivery>&& fresh) {
  if (fresh.empty()) return;
  {
    const MutexLock guard(mutex_);
    if (!closed()) {
      const std::int64_t now_us = clock_.monotonic_us();
      for (Delivery& delivery : fresh) {
        memory_.recall(delivery, now_us);
        queue_.push_back(std::move(delivery));
      }
      fresh.clear();
      ++version_;
    }
  }
  work_.notify_one();
  for (Delivery& delivery : fresh) give_back(std::move(delivery), kGiveBackMs);
}

std::size_t DeliveryBuffer::room() const {
  const MutexLock guard(mutex_);
  return closed() || queue_.size() >= limits_.batch_max ? 0 : limits_.batch_max - queue_.size();
}

void DeliveryBuffer::wait_room(std::stop_token stop, std::chrono::milliseconds timeout) {
  MutexLock lock(mutex_);
  const std::size_t before = queue_.size();
  const bool was_closed = closed();
  room_.wait_for(lock, std::move(stop), timeout, [&]() DLRGW_REQUIRES(mutex_) {
    return draining_ || closed() != was_closed || queue_.size() < before;
  });
}

std::vector<Delivery> DeliveryBuffer::take(const std::stop_token& stop) {
  std::vector<Delivery> batch;
  std::vector<Delivery> stale;
  MutexLock lock(mutex_);
  while (!stop.stop_requested() && !draining_) {
    std::optional<std::int64_t> due_us;
    const std::int64_t now_us = clock_.monotonic_us();
    if (!held_) {
      park_.take_due(now_us, limits_.batch_max, batch);
      while (batch.size() < limits_.batch_max && !queue_.empty()) {
        // Its AckWait could run out in the lane: give it back, so that it comes again with a full one.
        const bool old = now_us - queue_.front().delivered_monotonic_us > limits_.max_age_us;
        (old ? stale : batch).push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      due_us = park_.next_due_us();
    }
    if (!batch.empty() || !stale.empty()) {
      const bool more = !queue_.empty() || (due_us && *due_us <= now_us);
      lock.unlock();
      if (more) work_.notify_one();
      room_.notify_one();
      for (Delivery& delivery : stale) nak(std::move(delivery), 0);
      stale.clear();
      if (!batch.empty()) return batch;
      lock.lock();
      continue;
    }
    const std::uint64_t seen = version_;
    const auto changed = [&]() DLRGW_REQUIRES(mutex_) { return draining_ || version_ != seen; };
    if (!due_us) {
      work_.wait(lock, stop, changed);
    } else {
      const auto left = std::chrono::milliseconds((*due_us - now_us) / 1000 + 1);
      work_.wait_for(lock, stop, std::clamp(left, kParkGrain, kParkLook), changed);
    }
  }
  return {};
}

bool DeliveryBuffer::park(Delivery&& delivery, std::int64_t delay_ms) {
  const std::int64_t delay_us = delay_ms * 1000;
  bool parked = false;
  bool wake = false;
  {
    const MutexLock guard(mutex_);
    const std::int64_t now_us = clock_.monotonic_us();
    const bool fits = !closed() && delay_us <= limits_.max_park_delay_us &&
                      now_us - delivery.delivered_monotonic_us + delay_us <= limits_.max_age_us;
    const auto front_us = park_.next_due_us();
    parked = fits && park_.put(std::move(delivery), now_us + delay_us);
    if (parked && (!front_us || now_us + delay_us < *front_us)) {
      wake = true;  // lanes still sleep until the old front is due, or for ever
      ++version_;
    }
    // NOLINTNEXTLINE(bugprone-use-after-move): put() left it alone
    if (!parked && !held_) memory_.remember(delivery, now_us, delay_us);
  }
  if (wake) work_.notify_all();
  if (!parked) give_back(std::move(delivery), delay_ms);  // NOLINT(bugprone-use-after-move)
  return parked;
}

void DeliveryBuffer::ack(Delivery&& delivery) { replies_.send(delivery, "+ACK"); }

void DeliveryBuffer::term(Delivery&& delivery) { replies_.send(delivery, "+TERM"); }

void DeliveryBuffer::nak(Delivery&& delivery, std::int64_t delay_ms) {
  {
    const MutexLock guard(mutex_);
    if (!held_) memory_.remember(delivery, clock_.monotonic_us(), delay_ms * 1000);
  }
  give_back(std::move(delivery), delay_ms);
}

void DeliveryBuffer::hold(std::string why) {
  std::vector<Delivery> back;
  {
    const MutexLock guard(mutex_);
    held_ = true;
    why_ = std::move(why);
    memory_.clear();
    back = empty_out();
  }
  for (Delivery& delivery : back) give_back(std::move(delivery), kGiveBackMs);
}

void DeliveryBuffer::resume() {
  {
    const MutexLock guard(mutex_);
    held_ = false;
    why_.clear();
    ++version_;
  }
  work_.notify_all();
  room_.notify_all();
}

bool DeliveryBuffer::held() const {
  const MutexLock guard(mutex_);
  return held_;
}

std::string DeliveryBuffer::why_held() const {
  const MutexLock guard(mutex_);
  return why_;
}

void DeliveryBuffer::drop_all() {
  const MutexLock guard(mutex_);
  (void)empty_out();
}

void DeliveryBuffer::forget_retries() {
  const MutexLock guard(mutex_);
  memory_.clear();
}

void DeliveryBuffer::start_draining() {
  {
    const MutexLock guard(mutex_);
    draining_ = true;
  }
  work_.notify_all();
  room_.notify_all();
}

void DeliveryBuffer::pull_ended() {
  std::vector<Delivery> back;
  std::vector<std::pair<Delivery, std::int64_t>> withheld;
  {
    const MutexLock guard(mutex_);
    pull_ended_ = true;
    back = empty_out();
    withheld.swap(withheld_);
  }
  for (const Delivery& delivery : back) send_nak(delivery, kLeaveMs);
  for (const auto& [delivery, delay_ms] : withheld) send_nak(delivery, std::max(delay_ms, kLeaveMs));
}

void DeliveryBuffer::give_back(Delivery&& delivery, std::int64_t delay_ms) {
  {
    const MutexLock guard(mutex_);
    if (draining_ && !pull_ended_) {
      withheld_.emplace_back(std::move(delivery), delay_ms);
      return;
    }
  }
  send_nak(delivery, delay_ms);
}

std::size_t DeliveryBuffer::queued() const {
  const MutexLock guard(mutex_);
  return queue_.size();
}

std::size_t DeliveryBuffer::parked() const {
  const MutexLock guard(mutex_);
  return park_.size();
}

std::vector<Delivery> DeliveryBuffer::empty_out() {
  std::vector<Delivery> all = park_.take_all();
  std::ranges::move(queue_, std::back_inserter(all));
  queue_.clear();
  return all;
}

void DeliveryBuffer::send_nak(const Delivery& delivery, std::int64_t delay_ms) {
  if (delay_ms <= 0) return replies_.send(delivery, "-NAK");
  replies_.send(delivery, "-NAK {\"delay\":" + std::to_string(delay_ms * 1'000'000) + "}");
}

}  // namespace dlrgw::host
