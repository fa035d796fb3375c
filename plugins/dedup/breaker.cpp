// SPDX-License-Identifier: Apache-2.0
#include "breaker.hpp"

namespace dlrgw::dedup {

Breaker::Gate Breaker::enter(std::int64_t now_us) {
  const MutexLock lock(mutex_);
  if (state_ != State::kOpen) return Gate::kClosed;
  if (now_us < open_until_us_) return Gate::kOpen;
  // The next caller waits for this probe or, if the probe never reports, for another period.
  open_until_us_ = now_us + open_us_;
  return Gate::kProbe;
}

bool Breaker::succeeded(Gate gate) {
  const MutexLock lock(mutex_);
  // An answer to a call that began before the breaker opened says nothing about now.
  if (state_ == State::kClosed || (state_ == State::kOpen && gate != Gate::kProbe)) return false;
  state_ = State::kClosed;
  return true;
}

bool Breaker::failed(std::int64_t now_us) {
  const MutexLock lock(mutex_);
  const bool changed = state_ != State::kOpen;
  if (changed) ++generation_;
  state_ = State::kOpen;
  open_until_us_ = now_us + open_us_;
  return changed;
}

std::uint64_t Breaker::generation() const {
  const MutexLock lock(mutex_);
  return generation_;
}

}  // namespace dlrgw::dedup
