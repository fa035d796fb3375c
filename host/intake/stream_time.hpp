// SPDX-License-Identifier: Apache-2.0
// What time it is at the stream: never later than it really is there, whatever this host's clock on the wall says. The
// server tells times with receipts and answers, all of them past; since it told one, at least as much time has passed
// as the monotonic clock says. Owned by the intake; any thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

namespace dlrgw::host {

class StreamTime {
 public:
  // The server told stream_us (µs since the Unix epoch); it was heard at monotonic_us or before.
  void told(std::int64_t stream_us, std::int64_t monotonic_us) {
    const std::int64_t ahead_us = stream_us - monotonic_us;
    std::int64_t known = ahead_us_.load(std::memory_order_relaxed);
    while (known < ahead_us && !ahead_us_.compare_exchange_weak(known, ahead_us, std::memory_order_relaxed)) {
    }
  }
  // At least this late it is there at that time of the monotonic clock; nullopt while the server has told none.
  [[nodiscard]] std::optional<std::int64_t> at(std::int64_t monotonic_us) const {
    const std::int64_t ahead_us = ahead_us_.load(std::memory_order_relaxed);
    if (ahead_us == kUnknown) return std::nullopt;
    return monotonic_us + ahead_us;
  }
  // Another stream, perhaps of a server with another clock.
  void forget() { ahead_us_ = kUnknown; }

 private:
  static constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::min();
  std::atomic<std::int64_t> ahead_us_{kUnknown};
};

}  // namespace dlrgw::host
