// SPDX-License-Identifier: Apache-2.0
// Looks after calls into plugins that do not come back: names the culprit with its stack, says so in /ready, lets the
// lane be given up; and sees to it that the process ends when it is told to, whatever hangs. A thread of its own that
// calls no plugin and waits for nobody. Started before the first plugin is loaded.
#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include <dlrgw/cpp/mutex.hpp>

#include "boundary/call_watch.hpp"
#include "boundary/health_registry.hpp"
#include "pipeline/host_metrics.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

// How long a call may be in the plugin's own code, without the time for which it has no processor; zero: as long as it
// likes.
using CallLimits = std::array<std::chrono::microseconds, kCallKinds>;

struct WatchdogDeps {
  Logger& logger;
  HostMetrics& metrics;
  HealthRegistry& health;
  CallLimits limits;
  std::chrono::microseconds shutdown_timeout;
  // A stage or quirk hangs in this lane. [watchdog]
  std::function<void(const RunningCall& call, const std::string& why)> give_up;
};

// What the process ends with when something hung at its end.
inline constexpr int kExitAbandoned = 3;

class Watchdog {
 public:
  explicit Watchdog(WatchdogDeps deps);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void start();
  void stop();
  // [any] The gateway was told to stop: it ends within the time for that. The watchdog also sees a stop signal that
  // nobody has taken, because whoever would hangs.
  void ending();
  // Names what hangs and ends the process at once. [any]
  [[noreturn]] void abandon_all(std::string_view why) const;

 private:
  void run();
  void look();
  // worked_us: in the plugin's own code so far, as the limits count.
  void tell(const RunningCall& call, std::int64_t worked_us);
  void end_in_time();

  WatchdogDeps deps_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  bool ending_ DLRGW_GUARDED_BY(mutex_) = false;
  // Only the thread uses these. Calls; and how long the thread of a call had waited for a processor when it was first
  // seen.
  std::set<std::uint64_t> told_;
  std::map<std::uint64_t, std::int64_t> waited_us_;
  std::optional<std::chrono::steady_clock::time_point> ends_at_;
  bool down_ = false;
  std::thread thread_;
};

// "plugin com.acme 1.2.0: stage check: process, lane 3".
std::string describe_call(const RunningCall& call);

}  // namespace dlrgw::host
