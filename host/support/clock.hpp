// SPDX-License-Identifier: Apache-2.0
// Time as a dependency. Wall clock for what is stored, monotonic clock for what is measured or waited for.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace dlrgw::host {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::int64_t now_us() const = 0;        // µs since the Unix epoch
  [[nodiscard]] virtual std::int64_t monotonic_us() const = 0;  // never steps back
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_us() const override {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  }
  [[nodiscard]] std::int64_t monotonic_us() const override {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
  }
};

// For tests: moves only when told.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_us) : now_us_(now_us) {}
  [[nodiscard]] std::int64_t now_us() const override { return now_us_.load(); }
  [[nodiscard]] std::int64_t monotonic_us() const override { return now_us_.load(); }
  void advance_us(std::int64_t by) { now_us_ += by; }

 private:
  std::atomic<std::int64_t> now_us_;
};

}  // namespace dlrgw::host
