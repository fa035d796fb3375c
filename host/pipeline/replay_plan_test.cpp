// SPDX-License-Identifier: Apache-2.0
#include "pipeline/replay_plan.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using Action = ReplayStep::Action;

constexpr FailureKind kAll[] = {FailureKind::kUnavailable,      FailureKind::kEnvironment, FailureKind::kTimeout,
                                FailureKind::kConflict,         FailureKind::kInvariant,   FailureKind::kData,
                                FailureKind::kStageUnavailable, FailureKind::kStageLate,   FailureKind::kBreach};
constexpr FailureKind kOfSome[] = {FailureKind::kEnvironment, FailureKind::kTimeout, FailureKind::kStageUnavailable};

Action action(const ReplayFacts& facts) { return plan_replay(facts).action; }

TEST(ReplayPlan, EachKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const FailureKind kind : kAll) names.insert(to_string(kind));
  EXPECT_EQ(names.size(), std::size(kAll));
  EXPECT_EQ(to_string(static_cast<FailureKind>(99)), "breach");
}

TEST(ReplayPlan, AnAbsentServerCostsNobodyAnything) {
  EXPECT_EQ(action({.kind = FailureKind::kUnavailable, .size = 256, .runs = 9}), Action::kGiveBack);
}

TEST(ReplayPlan, WhereNobodyCommitsOneIsTriedAndThenAllIsHeld) {
  for (const FailureKind kind : kOfSome) {
    EXPECT_EQ(action({.kind = kind, .size = 256}), Action::kTryOne);
    EXPECT_EQ(action({.kind = kind, .size = 1, .alike = 1}), Action::kHold);
  }
}

TEST(ReplayPlan, WhereOthersCommitOnlyThoseConcernedWait) {
  for (const FailureKind kind : kOfSome) {
    EXPECT_EQ(action({.kind = kind, .size = 256, .others_commit = true}), Action::kSplit);
    EXPECT_EQ(action({.kind = kind, .size = 1, .others_commit = true, .alike = 1}), Action::kWait);
  }
}

TEST(ReplayPlan, SeveralThatFailAlikeAreEverybodysTrouble) {
  for (const FailureKind kind : kOfSome) {
    EXPECT_EQ(action({.kind = kind, .others_commit = true, .alike = kAlikeToHold - 1}), Action::kWait);
    EXPECT_EQ(action({.kind = kind, .others_commit = true, .alike = kAlikeToHold}), Action::kHold);
  }
}

TEST(ReplayPlan, OneThatWaitsAlreadyHoldsNobodyUp) {
  for (const FailureKind kind : kOfSome) EXPECT_EQ(action({.kind = kind, .waits = true}), Action::kWait);
}

TEST(ReplayPlan, TimeOutsAreNotLookedForWithoutEnd) {
  EXPECT_EQ(action({.kind = FailureKind::kTimeout, .size = 64, .others_commit = true, .timeouts = kMaxTimeoutsInARow}),
            Action::kWait);
}

TEST(ReplayPlan, AShutdownWaitsForNobodysLock) {
  EXPECT_EQ(action({.kind = FailureKind::kTimeout, .size = 64, .stopping = true}), Action::kHold);
  EXPECT_EQ(action({.kind = FailureKind::kEnvironment, .size = 64, .stopping = true}), Action::kTryOne);
}

TEST(ReplayPlan, ConflictsAreRunAgainWithGrowingDelays) {
  for (std::uint32_t runs = 1; runs < kMaxConflictRuns; ++runs)
    EXPECT_EQ(plan_replay({.kind = FailureKind::kConflict, .size = 9, .runs = runs}),
              (ReplayStep{Action::kRunAgain, 10U << (runs - 1)}));
  EXPECT_EQ(action({.kind = FailureKind::kConflict, .size = 9, .runs = kMaxConflictRuns}), Action::kSplit);
  EXPECT_EQ(action({.kind = FailureKind::kConflict, .size = 1, .runs = kMaxConflictRuns}), Action::kWait);
  EXPECT_EQ(action({.kind = FailureKind::kStageLate, .size = 1, .runs = kMaxConflictRuns}), Action::kRetryEach);
  EXPECT_EQ(action({.kind = FailureKind::kStageLate, .size = 2, .runs = kMaxConflictRuns + 3}), Action::kSplit);
}

TEST(ReplayPlan, ABrokenInvariantIsNeverABusinessDecision) {
  EXPECT_EQ(action({.kind = FailureKind::kInvariant, .size = 1, .runs = 1}), Action::kRunAgain);
  EXPECT_EQ(action({.kind = FailureKind::kInvariant, .size = 8, .runs = kMaxInvariantRuns}), Action::kSplit);
  EXPECT_EQ(action({.kind = FailureKind::kInvariant, .size = 1, .runs = kMaxInvariantRuns}), Action::kWait);
}

TEST(ReplayPlan, OnlyARowThatCannotBeStoredIsRejected) {
  EXPECT_EQ(action({.kind = FailureKind::kData, .size = 2}), Action::kSplit);
  EXPECT_EQ(action({.kind = FailureKind::kData, .size = 1}), Action::kReject);
  for (const FailureKind kind : kAll)
    for (const bool others : {false, true})
      for (const std::uint32_t runs : {1U, 20U})
        if (kind != FailureKind::kData) {
          EXPECT_NE(action({.kind = kind, .runs = runs, .others_commit = others}), Action::kReject) << to_string(kind);
        }
}

TEST(ReplayPlan, ABreachIsIsolatedAndCounted) {
  EXPECT_EQ(action({.kind = FailureKind::kBreach, .size = 2}), Action::kSplit);
  EXPECT_EQ(action({.kind = FailureKind::kBreach, .size = 1}), Action::kRetryEach);
}

}  // namespace
}  // namespace dlrgw::host
