// SPDX-License-Identifier: Apache-2.0
// Who is in whose code: every thread that calls into a plugin says so before and after, so that a call that does not
// come back has a name. Time inside the host's own services does not count as the plugin's. Marking is cheap: a lock
// that nobody else wants. One per process, because the calls of a thread are the process's; any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace dlrgw::host {

enum class CallKind : std::uint8_t { kStage, kQuirk, kControl, kRoute, kJob };
inline constexpr std::size_t kCallKinds = 5;

inline constexpr std::uint32_t kNoLane = UINT32_MAX;

// What is called. Texts are copied, and cut where they are longer than any name may be.
struct CallSite {
  CallKind kind = CallKind::kControl;
  std::string_view plugin, version;
  std::string_view what;  // "stage acme.check: process"
  std::uint32_t lane = kNoLane;
  std::uint64_t batch = 0;
};

// The marks of one thread, innermost last. Plain memory: the thread itself reads them in a signal handler.
struct CallFrame {
  CallKind kind = CallKind::kControl;
  std::array<char, 68> plugin{};
  std::array<char, 36> version{};
  std::array<char, 100> what{};
  std::uint32_t lane = kNoLane;
  std::uint64_t batch = 0;
  std::uint64_t id = 0;            // of this call among all
  std::int64_t began_us = 0;       // monotonic; later than the call where it was shown to be alive
  std::int64_t in_host_us = 0;     // spent in services since then
  std::int64_t host_since_us = 0;  // in one now; 0 = in the plugin's code
  bool abandoned = false;
};

// Lives on the calling thread's stack around one call. Ends the process by abort() when the plugin has jumped over
// calls and services of the host (longjmp): what they held is held for ever. Its mark is still that of the call that
// was left.
class PluginCall {
 public:
  explicit PluginCall(const CallSite& site);
  ~PluginCall();
  PluginCall(const PluginCall&) = delete;
  PluginCall& operator=(const PluginCall&) = delete;

 private:
  std::uint64_t id_ = 0;  // 0: not marked
  bool paused_outer_ = false;
};

// Around what a service of the host does for the plugin of this thread and that may wait.
class HostTime {
 public:
  HostTime();
  ~HostTime();
  HostTime(const HostTime&) = delete;
  HostTime& operator=(const HostTime&) = delete;

 private:
  bool counts_ = false;
};

// The plugin of this thread has shown that it works: its time begins anew.
void plugin_is_alive();

// A call as others see it.
struct RunningCall {
  CallKind kind = CallKind::kControl;
  std::string plugin, version, what;
  std::uint32_t lane = kNoLane;
  std::uint64_t batch = 0;
  std::uint64_t id = 0;
  std::int64_t plugin_us = 0;  // in the plugin's own code
  bool abandoned = false;
  pid_t thread = 0;
};

// The innermost call of every thread that is in a plugin.
std::vector<RunningCall> running_calls();
// Gives up the thread whose innermost call this still is, with all the calls around it; false when it has come back.
// before: runs while the thread cannot leave the call.
bool abandon_call(std::uint64_t id, const std::function<void()>& before = {});

// This thread was given up inside a call: what it carries is no longer its own, and it has to end. Once true, always.
[[nodiscard]] bool this_thread_is_abandoned();

// For a signal handler: the innermost frame of this thread, or null. Only what lies in it, no lock.
const CallFrame* innermost_frame_of_this_thread();

}  // namespace dlrgw::host
