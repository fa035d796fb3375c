// SPDX-License-Identifier: Apache-2.0
#include "pipeline/replay_plan.hpp"

namespace dlrgw::host {
namespace {

constexpr std::uint32_t kFirstDelayMs = 10;

std::uint32_t delay_after(std::uint32_t runs) { return kFirstDelayMs << (runs < 6 ? runs - 1 : 5); }  // 10 … 320 ms

}  // namespace

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUnavailable:
      return "unavailable";
    case FailureKind::kTransient:
      return "transient";
    case FailureKind::kTimeout:
      return "timeout";
    case FailureKind::kData:
      return "data";
    case FailureKind::kInvariant:
      return "invariant";
    case FailureKind::kBreach:
      return "breach";
  }
  return "breach";
}

ReplayStep plan_replay(FailureKind kind, std::size_t size, std::uint32_t runs) {
  using Action = ReplayStep::Action;
  switch (kind) {
    case FailureKind::kUnavailable:
      return {Action::kGiveBack, 0};
    case FailureKind::kTransient:
      // A deadline may be missed because of the size of the work: halve it before giving it back.
      if (runs < kMaxTransientRuns) return {Action::kRunAgain, delay_after(runs)};
      return {size > 1 ? Action::kSplit : Action::kRetryEach, 0};
    case FailureKind::kData:
      return {size > 1 ? Action::kSplit : Action::kReject, 0};
    case FailureKind::kInvariant:
      if (runs < kMaxInvariantRuns) return {Action::kRunAgain, delay_after(runs)};
      return {size > 1 ? Action::kSplit : Action::kRetryEach, 0};
    case FailureKind::kTimeout:
    case FailureKind::kBreach:
      return {size > 1 ? Action::kSplit : Action::kRetryEach, 0};
  }
  return {Action::kRetryEach, 0};
}

// Nobody commits: it is the database, unless the one that poisons is in this very group. That is found out with one
// receipt alone. Others commit: it concerns some of these. Who waits for what somebody else holds is not to blame.
ReplayStep plan_timeout(const TimeoutFacts& facts) {
  using Action = ReplayStep::Action;
  if (!facts.others_commit) return {facts.size > 1 ? Action::kTryOne : Action::kHold, 0};
  if (facts.size > 1) return {facts.in_a_row < kMaxTimeoutsInARow ? Action::kSplit : Action::kPark, 0};
  return {facts.others_hold ? Action::kPark : Action::kRetryEach, 0};
}

}  // namespace dlrgw::host
