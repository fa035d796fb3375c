// SPDX-License-Identifier: Apache-2.0
#include "boundary/quirk_breaker.hpp"

#include <utility>

namespace dlrgw::host {

bool QuirkBreaker::admit(std::int64_t now_us) {
  const MutexLock lock(mutex_);
  if (!open_) return true;
  if (now_us < next_probe_us_) return false;
  next_probe_us_ = now_us + kQuirkProbeEveryUs;
  return true;
}

QuirkBreaker::Change QuirkBreaker::failed(std::int64_t now_us, std::string_view why) {
  const MutexLock lock(mutex_);
  ++failures_;
  last_error_ = why;
  if (open_ || failures_ < kQuirkFailuresToOpen) return Change::kNone;
  open_ = true;
  next_probe_us_ = now_us + kQuirkProbeEveryUs;
  return std::exchange(told_open_, true) ? Change::kNone : Change::kOpened;
}

QuirkBreaker::Change QuirkBreaker::worked() {
  const MutexLock lock(mutex_);
  failures_ = 0;
  open_ = false;
  return std::exchange(told_open_, false) ? Change::kClosed : Change::kNone;
}

void QuirkBreaker::reset() {
  const MutexLock lock(mutex_);
  failures_ = 0;
  open_ = false;
}

bool QuirkBreaker::hold(std::uint64_t stream_seq, std::int64_t now_us, bool room) {
  const MutexLock lock(mutex_);
  const auto known = held_.find(stream_seq);
  if (known != held_.end()) {
    known->second = now_us;
    return true;
  }
  if (!room) {
    const std::size_t gone =
        std::erase_if(held_, [&](const auto& entry) { return now_us - entry.second > kQuirkHoldForgottenUs; });
    if (gone == 0) return false;
    *held_by_all_ -= gone;
  }
  held_.emplace(stream_seq, now_us);
  ++*held_by_all_;
  return true;
}

void QuirkBreaker::release(std::uint64_t stream_seq) {
  const MutexLock lock(mutex_);
  *held_by_all_ -= held_.erase(stream_seq);
}

QuirkBreaker::State QuirkBreaker::state() const {
  const MutexLock lock(mutex_);
  return {open_, failures_, held_.size(), last_error_};
}

}  // namespace dlrgw::host
