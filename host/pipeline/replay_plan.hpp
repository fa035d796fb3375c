// SPDX-License-Identifier: Apache-2.0
// What to do with a group of receipts whose run failed as a whole and was rolled back. Pure: takes values and returns a
// step, which the lane carries out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::host {

enum class FailureKind {
  kUnavailable,       // PostgreSQL is away: no receipt is to blame, and no retry is counted
  kEnvironment,       // PostgreSQL answers, but a schema change, privilege, trigger or constraint is in the way
  kTimeout,           // PostgreSQL let the work wait too long: for a lock, for a session, or in a statement
  kConflict,          // deadlock, lost or in-doubt connection
  kInvariant,         // one of our unique keys was hit, or a row changed other than exactly one
  kData,              // some row can never be stored
  kStageUnavailable,  // a stage says that something it needs, other than PostgreSQL, is away
  kStageLate,         // a stage reported a passing trouble, or ran over the batch's deadline
  kHang,              // a stage or quirk did not come back; its receipts are nobody's until they come again
  kBreach,            // a stage failed, threw or broke the contract
};
std::string_view to_string(FailureKind kind);

struct BatchFailure {
  FailureKind kind = FailureKind::kBreach;
  std::string stage;  // empty: at commit
  std::string plugin;
  std::string dependency;  // whose absence or trouble it is; empty when there is none
  std::string text;        // no data of receipts in it
  std::string cause;       // what failed, and how: the same for failures that are alike
};

// Whether a failure of this kind may concern only some receipts although none of them is to blame.
bool may_concern_some(FailureKind kind);

struct ReplayStep {
  enum class Action {
    kRunAgain,   // the same receipts, after delay_ms
    kSplit,      // two halves, each on its own
    kTryOne,     // one receipt alone, then the others
    kWait,       // each receipt waits for a while, alone and without a retry being counted
    kHold,       // it concerns all receipts: give back all that the lane carries, and take nothing until it is over
    kGiveBack,   // PostgreSQL is away: back to the stream; fetch again when it answers
    kRetryEach,  // each waits with back-off, and its stage's retries are counted
    kReject,     // store it as rejected
  };
  Action action = Action::kRunAgain;
  std::uint32_t delay_ms = 0;
  bool operator==(const ReplayStep&) const = default;
};

inline constexpr std::uint32_t kMaxConflictRuns = 6;
inline constexpr std::uint32_t kMaxInvariantRuns = 2;
// A lane finds the receipt that a time-out concerns by halving its group: nine runs for 256 receipts, of seconds each.
// After this many time-outs in a row it stops looking, and all receipts that are left wait.
inline constexpr std::uint32_t kMaxTimeoutsInARow = 10;
// After so many different receipts in a row that failed alike, each of them alone, the intake is held.
inline constexpr std::uint32_t kAlikeToHold = 5;

struct ReplayFacts {
  FailureKind kind = FailureKind::kBreach;
  std::size_t size = 1;    // receipts in the group
  std::uint32_t runs = 1;  // how often this very group has failed so far, this time included
  bool others_commit =
      false;                // a batch was committed since this run began, or one of this take after its first failure
  bool waits = false;       // the group is a receipt that has already waited
  std::uint32_t alike = 0;  // different receipts in a row that failed alike, each alone, this one included
  std::uint32_t timeouts = 0;  // of this lane, without a commit in between, this one included
  bool stopping = false;       // the gateway shuts down
};
ReplayStep plan_replay(const ReplayFacts& facts);

}  // namespace dlrgw::host
