// SPDX-License-Identifier: Apache-2.0
// Decides whether Redis is asked at all. After a failure no lane asks for a while; then one caller probes. Owned by the
// plugin, shared by its lanes; any thread. The caller brings the time.
#pragma once
#include <cstdint>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::dedup {

class Breaker {
 public:
  enum class Gate {
    kClosed,  // ask
    kProbe,   // ask: this caller finds out whether it works again
    kOpen,    // do not ask
  };

  explicit Breaker(std::int64_t open_us) : open_us_(open_us) {}

  Gate enter(std::int64_t now_us);
  // gate: what enter() answered. True when the state changed, so that it is reported once.
  bool succeeded(Gate gate);
  bool failed(std::int64_t now_us);
  // Grows with each opening: a connection made before it is suspect.
  [[nodiscard]] std::uint64_t generation() const;

 private:
  enum class State { kUntried, kClosed, kOpen };
  const std::int64_t open_us_;
  mutable Mutex mutex_;
  State state_ DLRGW_GUARDED_BY(mutex_) = State::kUntried;
  std::int64_t open_until_us_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::uint64_t generation_ DLRGW_GUARDED_BY(mutex_) = 0;
};

}  // namespace dlrgw::dedup
