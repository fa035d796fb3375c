// SPDX-License-Identifier: Apache-2.0
#include "pipeline/replay_plan.hpp"

#include <gtest/gtest.h>

#include "pipeline/retry_policy.hpp"

namespace dlrgw::host {
namespace {

using Action = ReplayStep::Action;

TEST(ReplayPlan, AnUnavailableDependencyGivesBackWhateverTheSize) {
  EXPECT_EQ(plan_replay(FailureKind::kUnavailable, 1, 1).action, Action::kGiveBack);
  EXPECT_EQ(plan_replay(FailureKind::kUnavailable, 256, 9).action, Action::kGiveBack);
}

TEST(ReplayPlan, TransientRunsAgainWithGrowingDelayThenSplits) {
  std::uint32_t last = 0;
  for (std::uint32_t runs = 1; runs < kMaxTransientRuns; ++runs) {
    const ReplayStep step = plan_replay(FailureKind::kTransient, 256, runs);
    EXPECT_EQ(step.action, Action::kRunAgain);
    EXPECT_GT(step.delay_ms, last);
    last = step.delay_ms;
  }
  EXPECT_EQ(plan_replay(FailureKind::kTransient, 256, kMaxTransientRuns).action, Action::kSplit);
  EXPECT_EQ(plan_replay(FailureKind::kTransient, 1, kMaxTransientRuns).action, Action::kRetryEach);
}

TEST(ReplayPlan, OnePoisonReceiptIsIsolatedThenRejected) {
  EXPECT_EQ(plan_replay(FailureKind::kData, 256, 1).action, Action::kSplit);
  EXPECT_EQ(plan_replay(FailureKind::kData, 2, 1).action, Action::kSplit);
  EXPECT_EQ(plan_replay(FailureKind::kData, 1, 1).action, Action::kReject);
}

TEST(ReplayPlan, ABrokenInvariantIsReplayedNeverDecided) {
  EXPECT_EQ(plan_replay(FailureKind::kInvariant, 8, 1).action, Action::kRunAgain);
  EXPECT_EQ(plan_replay(FailureKind::kInvariant, 8, 2).action, Action::kSplit);
  EXPECT_EQ(plan_replay(FailureKind::kInvariant, 1, 2).action, Action::kRetryEach);
}

TEST(ReplayPlan, ABreachNeverAcknowledges) {
  EXPECT_EQ(plan_replay(FailureKind::kBreach, 256, 1).action, Action::kSplit);
  EXPECT_EQ(plan_replay(FailureKind::kBreach, 1, 1).action, Action::kRetryEach);
}

TEST(ReplayPlan, ATimeOutOfEverybodyHoldsAndCountsNothing) {
  for (const bool others_hold : {false, true}) {
    EXPECT_EQ(plan_timeout({256, false, others_hold, 1}).action, Action::kTryOne);
    EXPECT_EQ(plan_timeout({1, false, others_hold, 2}).action, Action::kHold);
    EXPECT_EQ(plan_timeout({1, false, others_hold, 1000}).action, Action::kHold);
  }
}

TEST(ReplayPlan, ATimeOutOfSomeIsIsolatedAndALockNeverCounts) {
  EXPECT_EQ(plan_timeout({256, true, true, 1}).action, Action::kSplit);
  EXPECT_EQ(plan_timeout({2, true, false, 9}).action, Action::kSplit) << "the ninth of 256 has two left";
  EXPECT_EQ(plan_timeout({64, true, true, kMaxTimeoutsInARow}).action, Action::kPark) << "it concerns nearly all";
  EXPECT_EQ(plan_timeout({1, true, true, 1}).action, Action::kPark) << "somebody else holds the lock";
  EXPECT_EQ(plan_timeout({1, true, false, 1}).action, Action::kRetryEach) << "its own statement is too slow";
}

TEST(RetryPolicy, BacksOffWithinWhatCanBeParked) {
  EXPECT_EQ(backoff_ms(0), 500U);
  EXPECT_EQ(backoff_ms(1), 1000U);
  EXPECT_EQ(backoff_ms(4), 8000U);
  EXPECT_EQ(backoff_ms(1000), 8000U);
  EXPECT_FALSE(retries_exhausted(20, 20));
  EXPECT_TRUE(retries_exhausted(21, 20));
}

}  // namespace
}  // namespace dlrgw::host
