// SPDX-License-Identifier: Apache-2.0
#include "pipeline/take_verdicts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/plugin.h>

namespace dlrgw::host {
namespace {

using testing::HasSubstr;
using testing::Optional;

class VerdictTest : public testing::Test {
 protected:
  VerdictTest() {
    plugin_.id = "com.a";
    plugin_.reasons = {{"twice", DLRGW_OUTCOME_DUPLICATE}, {"bare", ""}};
    stage_.name = "a";
    stage_.plugin = &plugin_;
  }
  PluginIdentity plugin_;
  StageSlot stage_;
  Verdict verdict_;
};

TEST_F(VerdictTest, ContinueChangesNothing) {
  EXPECT_FALSE(take_verdict(verdict_, {DLRGW_ACTION_CONTINUE, 0, 99, 0}, stage_));
  EXPECT_EQ(verdict_.action, Verdict::Action::kContinue);
  EXPECT_EQ(verdict_.stage, "");
}

TEST_F(VerdictTest, DropCountsAsTheReasonsOutcome) {
  EXPECT_FALSE(take_verdict(verdict_, {DLRGW_ACTION_DROP, 0, 0, 0}, stage_));
  EXPECT_EQ(verdict_.action, Verdict::Action::kDrop);
  EXPECT_EQ(verdict_.outcome, "duplicate");
  EXPECT_EQ(verdict_.reason, "twice");
  EXPECT_EQ(verdict_.stage, "a");
}

TEST_F(VerdictTest, DropWithoutOutcomeCountsAsDropped) {
  EXPECT_FALSE(take_verdict(verdict_, {DLRGW_ACTION_DROP, 0, 1, 0}, stage_));
  EXPECT_EQ(verdict_.outcome, "dropped");
}

TEST_F(VerdictTest, RetryKeepsItsDelay) {
  EXPECT_FALSE(take_verdict(verdict_, {DLRGW_ACTION_RETRY, 3000, 1, 0}, stage_));
  EXPECT_EQ(verdict_.action, Verdict::Action::kRetry);
  EXPECT_EQ(verdict_.retry_after_ms, 3000U);
  EXPECT_EQ(verdict_.outcome, "");
}

TEST_F(VerdictTest, RejectCountsAsRejectedWhateverTheReasonSays) {
  EXPECT_FALSE(take_verdict(verdict_, {DLRGW_ACTION_REJECT, 0, 0, 0}, stage_));
  EXPECT_EQ(verdict_.action, Verdict::Action::kReject);
  EXPECT_EQ(verdict_.outcome, "rejected");
}

TEST_F(VerdictTest, UnsetUnknownAndUndeclaredFailClosed) {
  EXPECT_THAT(take_verdict(verdict_, {}, stage_), Optional(HasSubstr("left a verdict unset")));
  EXPECT_THAT(take_verdict(verdict_, {5, 0, 0, 0}, stage_), Optional(HasSubstr("unknown action 5")));
  EXPECT_THAT(take_verdict(verdict_, {DLRGW_ACTION_DROP, 0, 2, 0}, stage_), Optional(HasSubstr("gave reason 2")));
  EXPECT_EQ(verdict_.action, Verdict::Action::kContinue);
}

class TakeVerdicts : public VerdictTest {
 protected:
  TakeVerdicts() {
    batch_.id = 1;
    for (std::size_t i = 0; i < 4; ++i) {
      Inbound inbound;
      inbound.raw_stat = "raw" + std::to_string(i);
      batch_.receipts.emplace_back(Delivery{}, std::move(inbound), batch_.handle_of(i));
    }
    batch_.begin_run(2);
  }
  std::vector<std::string> next_sees() const {
    std::vector<std::string> out;
    for (std::size_t k = 0; k < batch_.alive.size(); ++k) {
      EXPECT_EQ(batch_.views[k].handle, batch_.handle_of(batch_.alive[k]));
      out.emplace_back(batch_.views[k].raw_status.ptr, batch_.views[k].raw_status.len);
    }
    EXPECT_EQ(batch_.views.size(), batch_.alive.size());
    return out;
  }
  static constexpr dlrgw_verdict kGoOn{DLRGW_ACTION_CONTINUE, 0, 0, 0}, kDrop{DLRGW_ACTION_DROP, 0, 1, 0},
      kRetry{DLRGW_ACTION_RETRY, 5, 1, 0};
  Batch batch_;
};

TEST_F(TakeVerdicts, WhatEndsIsClosedUpAndEditsAreSeen) {
  ASSERT_EQ(batch_.receipts[2].set_text(DLRGW_EDIT_RAW_STATUS, "edited"), DLRGW_OK);
  ASSERT_EQ(batch_.receipts[1].set_text(DLRGW_EDIT_RAW_STATUS, "ended"), DLRGW_OK);
  EXPECT_FALSE(take_verdicts(batch_, std::vector{kGoOn, kDrop, kGoOn, kGoOn}, stage_));
  EXPECT_EQ(next_sees(), (std::vector<std::string>{"raw0", "edited", "raw3"}));
  EXPECT_EQ(batch_.receipts[1].verdict.action, Verdict::Action::kDrop);

  ASSERT_EQ(batch_.receipts[0].set_text(DLRGW_EDIT_RAW_STATUS, "late"), DLRGW_OK);
  EXPECT_FALSE(take_verdicts(batch_, std::vector{kGoOn, kRetry, kGoOn}, stage_));
  EXPECT_EQ(next_sees(), (std::vector<std::string>{"late", "raw3"}));
  EXPECT_EQ(batch_.receipts[2].verdict.action, Verdict::Action::kRetry);
  EXPECT_EQ(batch_.receipts[3].verdict.action, Verdict::Action::kContinue);

  EXPECT_FALSE(take_verdicts(batch_, std::vector{kDrop, kDrop}, stage_));
  EXPECT_TRUE(next_sees().empty());
}

TEST_F(TakeVerdicts, OneThatIsWrongIsABreach) {
  EXPECT_THAT(take_verdicts(batch_, std::vector{kGoOn, kGoOn, dlrgw_verdict{}, kGoOn}, stage_),
              Optional(HasSubstr("left a verdict unset")));
}

TEST_F(TakeVerdicts, ARunKnowsWhetherAnythingWasRetried) {
  EXPECT_FALSE(batch_.retried);
  batch_.receipts[3].delivery().retries.increment("a");
  batch_.begin_run(2);
  EXPECT_TRUE(batch_.retried);
}

}  // namespace
}  // namespace dlrgw::host
