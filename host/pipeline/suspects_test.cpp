// SPDX-License-Identifier: Apache-2.0
#include "pipeline/suspects.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const SuspectId kOne{"S@1", 7}, kOther{"S@1", 8};
const BatchFailure kWhy{FailureKind::kHang, "check", "com.acme", {}, "did not come back", "stage check"};

TEST(Suspects, NobodyIsSuspectedBeforeAHang) {
  const Suspects suspects;
  EXPECT_TRUE(suspects.empty());
  EXPECT_FALSE(suspects.knows(kOne));
  EXPECT_FALSE(suspects.culprit(kOne));
}

TEST(Suspects, AllOfABatchRunAloneAndTheOneThatHangsAgainIsTheCulprit) {
  Suspects suspects;
  suspects.hung({kOne, kOther}, kWhy);
  EXPECT_TRUE(suspects.knows(kOne));
  EXPECT_FALSE(suspects.culprit(kOne));
  suspects.hung({kOne}, kWhy);
  ASSERT_TRUE(suspects.culprit(kOne));
  EXPECT_EQ(suspects.culprit(kOne)->plugin, "com.acme");
  EXPECT_FALSE(suspects.culprit(kOther));
}

// Where it takes longer to see a hang than an AckWait lasts, the same batch comes again before anybody is suspected.
TEST(Suspects, ABatchThatHangsTwiceHasNoCulpritYet) {
  Suspects suspects;
  suspects.hung({kOne, kOther}, kWhy);
  suspects.hung({kOne, kOther}, kWhy);
  EXPECT_FALSE(suspects.culprit(kOne));
  EXPECT_FALSE(suspects.culprit(kOther));
  suspects.hung({kOther}, kWhy);
  EXPECT_FALSE(suspects.culprit(kOne));
  EXPECT_TRUE(suspects.culprit(kOther));
}

TEST(Suspects, WhoWasAloneFromTheBeginningIsTriedOnceMore) {
  Suspects suspects;
  suspects.hung({kOne}, kWhy);
  EXPECT_FALSE(suspects.culprit(kOne));
  suspects.hung({kOne}, kWhy);
  EXPECT_TRUE(suspects.culprit(kOne));
}

TEST(Suspects, WhoGotThroughIsForgotten) {
  Suspects suspects;
  suspects.hung({kOne}, kWhy);
  suspects.forget(kOne);
  EXPECT_TRUE(suspects.empty());
}

TEST(Suspects, AStreamThatWasMadeAnewHasOtherReceipts) {
  Suspects suspects;
  suspects.hung({kOne}, kWhy);
  EXPECT_FALSE(suspects.knows({"S@2", 7}));
}

}  // namespace
}  // namespace dlrgw::host
