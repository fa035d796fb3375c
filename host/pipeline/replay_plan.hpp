// SPDX-License-Identifier: Apache-2.0
// What to do with a batch that failed as a whole and was rolled back. Pure: the lane executes the plan.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::host {

enum class FailureKind {
  kUnavailable,  // a dependency is away: nobody's fault, nothing counts
  kTransient,    // deadlock, lost or in-doubt connection, a stage over the deadline
  kTimeout,      // PostgreSQL let the work wait too long: for a lock, for a session, or in a statement
  kData,         // some row can never be stored
  kInvariant,    // a unique key was hit, or a row changed other than exactly one
  kBreach,       // a stage failed, threw or broke the contract
};
std::string_view to_string(FailureKind kind);

struct BatchFailure {
  FailureKind kind = FailureKind::kBreach;
  std::string stage;  // empty: at commit
  std::string plugin;
  std::string dependency;    // kUnavailable and kTimeout only
  std::string text;          // no data of receipts in it
  bool others_hold = false;  // kTimeout only: what was waited for is held by somebody else
};

struct ReplayStep {
  enum class Action {
    kRunAgain,   // the same receipts, after delay_ms
    kSplit,      // two halves, each on its own
    kTryOne,     // one receipt alone, then the others
    kHold,       // the dependency does not serve: give back everything that the lane carries
    kPark,       // come again later, without a retry being counted
    kGiveBack,   // back to the stream; fetch again when the dependency answers
    kRetryEach,  // park it with back-off; counted per stage
    kReject,     // store it as rejected
  };
  Action action = Action::kRunAgain;
  std::uint32_t delay_ms = 0;
};

inline constexpr std::uint32_t kMaxTransientRuns = 6;
inline constexpr std::uint32_t kMaxInvariantRuns = 2;

// A lane gives up to isolate whom a time-out concerns after as many in a row: one of 256 is found within nine.
inline constexpr std::uint32_t kMaxTimeoutsInARow = 10;

struct TimeoutFacts {
  std::size_t size = 0;        // receipts in the failed group
  bool others_commit = false;  // since this run began, or of this very batch after its first time-out
  bool others_hold = false;    // as in BatchFailure
  std::uint32_t in_a_row = 1;  // time-outs of this lane without a commit between
};
ReplayStep plan_timeout(const TimeoutFacts& facts);

// Any kind but kTimeout. size = receipts in the failed group; runs = how often this very group has failed so far,
// from 1.
ReplayStep plan_replay(FailureKind kind, std::size_t size, std::uint32_t runs);

}  // namespace dlrgw::host
