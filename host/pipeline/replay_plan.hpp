// What to do with a batch that failed as a whole and was rolled back. Pure: the lane executes the plan.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::host {

enum class FailureKind {
  kUnavailable,  // a dependency is away: nobody's fault, nothing counts
  kTransient,    // deadlock, lock or statement time-out, lost or in-doubt connection, deadline
  kData,         // some row can never be stored
  kInvariant,    // a unique key was hit, or a row changed other than exactly one
  kBreach,       // a stage failed, threw or broke the contract
};
std::string_view to_string(FailureKind kind);

struct BatchFailure {
  FailureKind kind = FailureKind::kBreach;
  std::string stage;       // empty: at commit
  std::string plugin;
  std::string dependency;  // kUnavailable only
  std::string text;        // no data of receipts in it
};

struct ReplayStep {
  enum class Action {
    kRunAgain,   // the same receipts, after delay_ms
    kSplit,      // two halves, each on its own
    kGiveBack,   // back to the stream; fetch again when the dependency answers
    kRetryEach,  // park it with back-off; counted per stage
    kReject,     // store it as rejected
  };
  Action action = Action::kRunAgain;
  std::uint32_t delay_ms = 0;
};

inline constexpr std::uint32_t kMaxTransientRuns = 6;
inline constexpr std::uint32_t kMaxInvariantRuns = 2;

// size = receipts in the failed group; runs = how often this very group has failed so far, from 1.
ReplayStep plan_replay(FailureKind kind, std::size_t size, std::uint32_t runs);

}  // namespace dlrgw::host
