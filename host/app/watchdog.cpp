// SPDX-License-Identifier: Apache-2.0
#include "app/watchdog.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "boundary/crash_line.hpp"
#include "support/thread_stack.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kCheck = "plugins";
constexpr auto kLongestRound = 250ms;
constexpr auto kShortestRound = 10ms;

bool stop_signal_waits() {
  sigset_t pending;
  sigemptyset(&pending);
  ::sigpending(&pending);
  return ::sigismember(&pending, SIGTERM) == 1 || ::sigismember(&pending, SIGINT) == 1;
}

std::chrono::microseconds round_of(const CallLimits& limits) {
  std::chrono::microseconds out = kLongestRound;
  for (const auto limit : limits)
    if (limit.count() > 0) out = std::min(out, limit / 8);
  return std::max<std::chrono::microseconds>(out, kShortestRound);
}

// How long the thread has waited for a processor so far: what it could not work in is nobody's hang. 0 where the system
// does not say.
std::int64_t waited_for_processor_us(pid_t thread) {
  std::ifstream in("/proc/self/task/" + std::to_string(thread) + "/schedstat");
  std::int64_t ran_ns = 0, waited_ns = 0;
  return in >> ran_ns >> waited_ns ? waited_ns / 1'000 : 0;
}

std::string joined(const std::vector<std::string>& frames) {
  std::string out;
  for (const std::string& frame : frames) out.append(out.empty() ? "" : " < ").append(frame);
  return out.empty() ? "the thread does not answer" : out;
}

std::string_view name_of(CallKind kind) {
  constexpr std::array<std::string_view, kCallKinds> kNames{"stage", "quirk", "control", "route", "job"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string describe_call(const RunningCall& call) {
  std::string out = "plugin " + call.plugin + (call.version.empty() ? "" : " " + call.version) + ": " + call.what;
  // Instances are made lane by lane and say so themselves.
  if (call.lane != kNoLane && call.kind != CallKind::kControl) out += ", lane " + std::to_string(call.lane);
  return out;
}

Watchdog::Watchdog(WatchdogDeps deps) : deps_(std::move(deps)) {}

Watchdog::~Watchdog() { stop(); }

void Watchdog::start() {
  thread_ = std::thread([this] { run(); });
}

void Watchdog::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::ending() {
  const MutexLock lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

void Watchdog::run() {
  const auto round = round_of(deps_.limits);
  MutexLock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    look();
    end_in_time();
    lock.lock();
    changed_.wait_for(lock, round, [this]() DLRGW_REQUIRES(mutex_) { return stopping_; });
  }
}

void Watchdog::look() {
  std::string hanging;
  std::set<std::uint64_t> seen;
  std::map<std::uint64_t, std::int64_t> waited;
  for (const RunningCall& call : running_calls()) {
    const auto limit = deps_.limits[static_cast<std::size_t>(call.kind)];
    if (limit.count() == 0) continue;
    const std::int64_t now_us = waited_for_processor_us(call.thread);
    const auto before = waited_us_.find(call.id);
    const std::int64_t since_us = before == waited_us_.end() ? now_us : before->second;
    waited.emplace(call.id, since_us);
    const std::int64_t worked_us = call.plugin_us - (now_us - since_us);
    if (worked_us <= limit.count() && !told_.contains(call.id)) continue;
    seen.insert(call.id);
    if (hanging.empty()) hanging = describe_call(call);
    if (!told_.contains(call.id)) tell(call, worked_us);
  }
  if (seen.size() > 1) hanging += " and " + std::to_string(seen.size() - 1) + " more";
  told_ = std::move(seen);
  waited_us_ = std::move(waited);
  if (!hanging.empty())
    deps_.health.report(kCheck, HealthState::kDown, "does not come back: " + hanging + "; restart the gateway");
  if (hanging.empty() && down_) deps_.health.report(kCheck, HealthState::kOk, {});
  down_ = !hanging.empty();
}

void Watchdog::tell(const RunningCall& call, std::int64_t worked_us) {
  const std::string why = describe_call(call) + " did not come back within " +
                          std::to_string(deps_.limits[static_cast<std::size_t>(call.kind)] / 1ms) + " ms";
  // Before its stack is asked for: the signal may wake it, and what it does then must not count any more.
  if (call.lane != kNoLane && (call.kind == CallKind::kStage || call.kind == CallKind::kQuirk))
    deps_.give_up(call, why);
  const std::string stack = joined(stack_of(call.thread));
  deps_.metrics.plugin_error(call.plugin, "hang");
  deps_.logger.emit(Level::kError, "dlr.plugin.hangs",
                    {{"plugin", std::string_view(call.plugin)},
                     {"version", std::string_view(call.version)},
                     {"kind", name_of(call.kind)},
                     {"call", std::string_view(call.what)},
                     {"lane", call.lane == kNoLane ? std::int64_t{-1} : std::int64_t{call.lane}},
                     {"batch", static_cast<std::int64_t>(call.batch)},
                     {"workedMs", worked_us / 1000},
                     {"reason", std::string_view(why)},
                     {"stack", std::string_view(stack)}});
}

void Watchdog::end_in_time() {
  {
    const MutexLock lock(mutex_);
    if (!ending_ && !stop_signal_waits()) return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (!ends_at_) ends_at_ = now + deps_.shutdown_timeout;
  if (now >= *ends_at_) abandon_all("the gateway was told to stop and has not ended within gateway.shutdown_timeout");
}

void Watchdog::abandon_all(std::string_view why) const {
  std::string what;
  for (const RunningCall& call : running_calls()) what += (what.empty() ? "" : "; ") + describe_call(call);
  deps_.logger.emit(
      Level::kError, "dlr.shutdown.abandoned",
      {{"reason", why}, {"calls", what.empty() ? std::string_view("no plugin is called") : std::string_view(what)}});
  end_crash_watch();
  std::_Exit(kExitAbandoned);
}

}  // namespace dlrgw::host
