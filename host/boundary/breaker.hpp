// SPDX-License-Identifier: Apache-2.0
// Stops calling a quirk or a stage that keeps failing, or that does not come back. While the breaker is open its
// receipts are held: they wait and come again, and no retry is counted, up to a share of what the consumer may leave
// unacknowledged. One call now and then probes whether it works again. It tells /ready and the log when it opens and
// closes. Owned by its snapshot, so that a new version begins with a closed breaker. Thread-safe.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <dlrgw/cpp/mutex.hpp>

#include "boundary/health_registry.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

inline constexpr std::uint32_t kFailuresToOpen = 10;  // in a row, over all lanes
inline constexpr std::uint32_t kStallCountsAs = 4;    // failures: each costs a lane its thread, so three are enough
inline constexpr std::int64_t kProbeEveryUs = 5'000'000;
// Between probes of what did not come back: one minute, then twice as long after each that did not either.
inline constexpr std::int64_t kStallProbeAfterUs = 60'000'000;
inline constexpr std::int64_t kLongestStallPauseUs = 3'600'000'000;
inline constexpr std::int64_t kHoldForgottenUs = 60'000'000;  // held, and since taken by another host

enum class BreakerKind : std::uint8_t { kQuirk, kStage };

// What the breaker stands before. The texts are copied; registry and logger outlive the breaker.
struct BreakerSubject {
  BreakerKind kind = BreakerKind::kQuirk;
  std::string_view name, plugin, version;
  HealthRegistry& health;
  Logger& logger;
};

class Breaker {
 public:
  // held_by_all: how many receipts all breakers of the pipeline hold.
  Breaker(const BreakerSubject& subject, std::shared_ptr<std::atomic<std::size_t>> held_by_all);
  ~Breaker();
  Breaker(const Breaker&) = delete;
  Breaker& operator=(const Breaker&) = delete;
  [[nodiscard]] BreakerKind kind() const { return kind_; }
  [[nodiscard]] std::size_t held_by_all() const { return *held_by_all_; }

  // Whether it may be called now.
  bool admit(std::int64_t now_us);
  void failed(std::int64_t now_us, std::string_view why);
  // A call did not come back.
  void stalled(std::int64_t now_us, std::string_view why);
  void worked();
  // Somebody asks for it: calls begin again at once. The breaker is reported as closed once a call worked.
  void reset();

  // Holds a receipt that admit() turned away, by its stream sequence, if there is room for one more. Returns whether.
  bool hold(std::uint64_t stream_seq, std::int64_t now_us, bool room);
  // The receipt is no longer held: it was handled after all.
  void release(std::uint64_t stream_seq);

  struct State {
    bool open = false;
    std::uint32_t failures = 0;  // in a row
    std::size_t held = 0;
    std::string last_error;
  };
  [[nodiscard]] State state() const;

 private:
  void count(std::uint32_t failures, std::int64_t now_us, std::int64_t pause_us, std::string_view why);
  void tell(bool opened, std::string_view why) const;

  const BreakerKind kind_;
  const std::string name_, plugin_, version_;
  HealthRegistry& health_;
  Logger& logger_;
  const std::shared_ptr<std::atomic<std::size_t>> held_by_all_;
  mutable Mutex mutex_;
  bool open_ DLRGW_GUARDED_BY(mutex_) = false;
  bool told_open_ DLRGW_GUARDED_BY(mutex_) = false;
  std::uint32_t failures_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t next_probe_us_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t stall_pause_us_ DLRGW_GUARDED_BY(mutex_) = kStallProbeAfterUs;
  std::string last_error_ DLRGW_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::int64_t> held_ DLRGW_GUARDED_BY(mutex_);  // stream sequence → when it was last seen
};

}  // namespace dlrgw::host
