// SPDX-License-Identifier: Apache-2.0
// What the supervisor decides, without its I/O: whether PostgreSQL was lost or is back and when to ask it again,
// whether batches are blocked, whether work gets on, and what /ready answers. Values that are fed events and the time
// of a monotonic clock. Owned by the supervisor; one thread at a time.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "boundary/health_registry.hpp"
#include "http/builtin_routes.hpp"
#include "intake/intake_types.hpp"

namespace dlrgw::host {

using MonotonicTime = std::chrono::steady_clock::time_point;

// What is known of PostgreSQL, from probes and from the lanes.
class DatabaseWatch {
 public:
  enum class Change { kNone, kFirstUp, kLost, kRecovered };
  Change set(bool up, MonotonicTime now);
  [[nodiscard]] bool is_up() const { return up_.value_or(false); }
  // How long to wait after a loss before the server is asked again: longer with each loss that follows a recovery at
  // once, so that a server that comes and goes is not hammered.
  [[nodiscard]] std::chrono::milliseconds pause_before_probe() const;

 private:
  std::optional<bool> up_;  // empty: not looked at yet
  std::optional<MonotonicTime> recovered_at_;
  int relapses_ = 0;
};

// Batches that no server is too far away for, and that get nowhere all the same. A probe that is answered says nothing
// about a lock or a renamed column: only a batch that was committed does, or that none ran into the trouble for a
// while.
class BlockedWatch {
 public:
  void blocked(const std::string& dependency, const std::string& text, MonotonicTime now);
  // The server itself was lost, which outranks blocked batches.
  void server_lost() { blocked_at_.reset(); }
  // kOver is returned once. kTrial: some batches are to be let through to find out.
  enum class Step { kFree, kOver, kHeld, kTrial };
  Step look(bool work_goes_on, MonotonicTime now);
  [[nodiscard]] bool is_blocked() const { return blocked_at_.has_value(); }
  [[nodiscard]] const std::string& dependency() const { return dependency_; }      // of the latest trouble
  [[nodiscard]] const std::string& last_trouble() const { return last_trouble_; }  // empty: none since the start

 private:
  std::optional<MonotonicTime> blocked_at_;  // empty: batches get through
  std::string dependency_;
  std::string last_trouble_;
};

// Whether receipts are there and none of them is committed, whatever the reason.
class ProgressWatch {
 public:
  // Fed at least every few seconds. since_commit: since a batch was committed, or since the start. True: nothing was
  // committed for 10 s although there was something to do all the time.
  bool is_stuck(bool something_to_do, std::chrono::microseconds since_commit, MonotonicTime now);

 private:
  std::optional<MonotonicTime> since_;  // when it last got on, or had nothing to do
};

[[nodiscard]] bool has_work(const IntakeStatus& intake, bool lanes_at_work);

// The checks of /ready.
[[nodiscard]] std::vector<ReadyCheck> ready_checks(const IntakeStatus& intake, bool draining,
                                                   const std::map<std::string, HealthEntry>& dependencies);

}  // namespace dlrgw::host
