// SPDX-License-Identifier: Apache-2.0
#include "pipeline/replay_plan.hpp"

namespace dlrgw::host {
namespace {

using Action = ReplayStep::Action;

constexpr std::uint32_t kFirstDelayMs = 10;

std::uint32_t delay_after(std::uint32_t runs) { return kFirstDelayMs << (runs < 6 ? runs - 1 : 5); }  // 10 … 320 ms

// If another batch is committed meanwhile, the trouble concerns only some receipts. If none is, it may concern all, or
// the receipt that spoils the others may be in this very group: so one receipt is tried alone.
ReplayStep plan_for_some(const ReplayFacts& facts) {
  if (facts.stopping && facts.kind == FailureKind::kTimeout)
    return {Action::kHold};  // a shutdown does not wait for other sessions' locks
  if (facts.size == 1) {
    if (facts.waits) return {Action::kWait};
    return {facts.others_commit && facts.alike < kAlikeToHold ? Action::kWait : Action::kHold};
  }
  if (!facts.others_commit) return {Action::kTryOne};
  if (facts.timeouts >= kMaxTimeoutsInARow) return {Action::kWait};
  return {Action::kSplit};
}

// First the same receipts again, since the next run may well succeed; then halves, until the receipt that fails is
// alone.
ReplayStep again_or_halves(const ReplayFacts& facts, std::uint32_t max_runs, Action alone) {
  if (facts.runs < max_runs) return {Action::kRunAgain, delay_after(facts.runs)};
  return {facts.size > 1 ? Action::kSplit : alone};
}

}  // namespace

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUnavailable:
      return "unavailable";
    case FailureKind::kEnvironment:
      return "environment";
    case FailureKind::kTimeout:
      return "timeout";
    case FailureKind::kConflict:
      return "transient";
    case FailureKind::kInvariant:
      return "invariant";
    case FailureKind::kData:
      return "data";
    case FailureKind::kStageUnavailable:
      return "stage_unavailable";
    case FailureKind::kStageLate:
      return "stage_late";
    case FailureKind::kHang:
      return "hang";
    case FailureKind::kBreach:
      return "breach";
  }
  return "breach";
}

bool may_concern_some(FailureKind kind) {
  return kind == FailureKind::kEnvironment || kind == FailureKind::kTimeout || kind == FailureKind::kStageUnavailable;
}

ReplayStep plan_replay(const ReplayFacts& facts) {
  switch (facts.kind) {
    case FailureKind::kUnavailable:
      return {Action::kGiveBack};
    case FailureKind::kEnvironment:
    case FailureKind::kTimeout:
    case FailureKind::kStageUnavailable:
      return plan_for_some(facts);
    case FailureKind::kConflict:
      return again_or_halves(facts, kMaxConflictRuns, Action::kWait);
    case FailureKind::kInvariant:
      return again_or_halves(facts, kMaxInvariantRuns, Action::kWait);
    // The group may be too large for the deadline.
    case FailureKind::kStageLate:
      return again_or_halves(facts, kMaxConflictRuns, Action::kRetryEach);
    case FailureKind::kData:
    case FailureKind::kHang:
      return {facts.size > 1 ? Action::kSplit : Action::kReject};
    case FailureKind::kBreach:
      break;
  }
  return {facts.size > 1 ? Action::kSplit : Action::kRetryEach};
}

}  // namespace dlrgw::host
