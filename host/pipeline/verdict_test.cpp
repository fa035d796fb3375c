#include "pipeline/verdict.hpp"

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

}  // namespace
}  // namespace dlrgw::host
