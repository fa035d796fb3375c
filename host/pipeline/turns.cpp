// SPDX-License-Identifier: Apache-2.0
#include "pipeline/turns.hpp"

#include <algorithm>
#include <chrono>

namespace dlrgw::host {

Turns::Turns(const Clock& clock, std::uint32_t lanes, std::uint32_t at_once)
    : clock_(clock), at_once_(at_once), lanes_(lanes) {}

void Turns::await(const std::stop_token& stop, std::uint32_t lane) {
  // A lane that ends in time keeps its turn, so a turn becomes free only when a lane turns out to be slow. Nothing
  // notifies the others of that: they look from time to time.
  MutexLock lock(mutex_);
  while (!take(lane, clock_.monotonic_us()) && !stop.stop_requested())
    stopped_.wait_for(lock, stop, std::chrono::microseconds(kPatienceUs), [] { return false; });
}

bool Turns::try_take(std::uint32_t lane) {
  const MutexLock lock(mutex_);
  return take(lane, clock_.monotonic_us());
}

void Turns::begin(std::uint32_t lane) {
  const std::int64_t now_us = clock_.monotonic_us();
  const MutexLock lock(mutex_);
  lanes_[lane] = {State::kWorking, now_us + kPatienceUs};
}

bool Turns::take(std::uint32_t lane, std::int64_t now_us) {
  lanes_[lane].state = State::kWaiting;
  const auto counts = [now_us](const Lane& other) {
    return other.state == State::kLooking || (other.state == State::kWorking && now_us < other.slow_at_us);
  };
  if (std::ranges::count_if(lanes_, counts) >= static_cast<std::ptrdiff_t>(at_once_)) return false;
  lanes_[lane].state = State::kLooking;
  return true;
}

}  // namespace dlrgw::host
