// SPDX-License-Identifier: Apache-2.0
// Whose turn it is among the lanes: only a few take batches at a time. Meanwhile receipts wait in the intake and form
// larger batches, which cost less per receipt; if all lanes took batches, many small ones would keep the processors
// busy with the fixed cost of each. A slow lane, one that waits for a lock, a server or a plugin, no longer counts
// against that number, so throughput suffers only once all lanes are slow. Owned by the lane pool; any thread.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <stop_token>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "support/clock.hpp"

namespace dlrgw::host {

class Turns {
 public:
  static constexpr std::int64_t kPatienceUs = 250'000;  // of work on a batch, before a lane counts as slow

  Turns(const Clock& clock, std::uint32_t lanes, std::uint32_t at_once);

  // The lane is done with its batch and waits until it may look for another one, or until `stop` is requested.
  void await(const std::stop_token& stop, std::uint32_t lane);
  // As await(), without the wait: whether the lane may look now.
  bool try_take(std::uint32_t lane);
  // The lane has found a batch.
  void begin(std::uint32_t lane);

 private:
  enum class State : std::uint8_t { kWaiting, kLooking, kWorking };
  struct Lane {
    State state = State::kWaiting;
    std::int64_t slow_at_us = 0;  // kWorking: monotonic
  };
  bool take(std::uint32_t lane, std::int64_t now_us) DLRGW_REQUIRES(mutex_);

  const Clock& clock_;
  const std::uint32_t at_once_;
  Mutex mutex_;
  std::condition_variable_any stopped_;
  std::vector<Lane> lanes_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
