// SPDX-License-Identifier: Apache-2.0
#include "app/watches.hpp"

#include <algorithm>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstPause = 50ms;
constexpr auto kPausePerRelapse = 500ms;
constexpr auto kRelapse = 5s;  // lost again so soon after a recovery: the probe gets through, the work does not
constexpr int kMostRelapses = 10;
constexpr auto kTrialAfter = 2s;  // while batches are blocked, some are let through on trial this often
constexpr auto kQuietFor = 18s;   // longer than a trial: a redelivery plus the longest statement time-out
constexpr auto kNoProgressFor = 10s;

}  // namespace

DatabaseWatch::Change DatabaseWatch::set(bool up, MonotonicTime now) {
  if (up_ == up) return Change::kNone;
  const bool first = !up_;
  up_ = up;
  if (up) {
    recovered_at_ = now;
    return first ? Change::kFirstUp : Change::kRecovered;
  }
  relapses_ = recovered_at_ && now - *recovered_at_ < kRelapse ? std::min(relapses_ + 1, kMostRelapses) : 0;
  return Change::kLost;
}

std::chrono::milliseconds DatabaseWatch::pause_before_probe() const {
  return relapses_ == 0 ? kFirstPause : kPausePerRelapse * relapses_;
}

void BlockedWatch::blocked(const std::string& dependency, const std::string& text, MonotonicTime now) {
  blocked_at_ = now;
  dependency_ = dependency;
  last_trouble_ = text;
}

BlockedWatch::Step BlockedWatch::look(bool work_goes_on, MonotonicTime now) {
  if (!blocked_at_) return Step::kFree;
  const auto since = now - *blocked_at_;
  if (since > kQuietFor || work_goes_on) {
    blocked_at_.reset();
    return Step::kOver;
  }
  return since > kTrialAfter ? Step::kTrial : Step::kHeld;
}

bool ProgressWatch::is_stuck(bool something_to_do, std::chrono::microseconds since_commit, MonotonicTime now) {
  if (!something_to_do || !since_ || since_commit < now - *since_) since_ = now;
  return now - *since_ > kNoProgressFor;
}

bool has_work(const IntakeStatus& intake, bool lanes_at_work) {
  return intake.active && (intake.pending > 0 || intake.queued > 0 || lanes_at_work);
}

std::vector<ReadyCheck> ready_checks(const IntakeStatus& intake, bool draining,
                                     const std::map<std::string, HealthEntry>& dependencies) {
  std::vector<ReadyCheck> checks;
  checks.push_back({"nats", intake.connected ? ReadyState::kOk : ReadyState::kUnavailable,
                    intake.connected ? "" : "not connected; reconnecting"});
  checks.push_back({"consumer", intake.active ? ReadyState::kOk : ReadyState::kUnavailable, intake.problem});
  if (draining) checks.push_back({"draining", ReadyState::kUnavailable, "the gateway is shutting down"});
  for (const auto& [name, entry] : dependencies) {
    const ReadyState state = entry.state == HealthState::kOk         ? ReadyState::kOk
                             : entry.state == HealthState::kDegraded ? ReadyState::kDegraded
                                                                     : ReadyState::kUnavailable;
    checks.push_back({name, state, entry.detail});
  }
  return checks;
}

}  // namespace dlrgw::host
