// SPDX-License-Identifier: Apache-2.0
#include "pipeline/verdict_array.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(VerdictArray, BeginsUnsetAndTakesOnePerReceipt) {
  VerdictArray verdicts(3);
  ASSERT_EQ(verdicts.verdicts().size(), 3U);
  EXPECT_EQ(verdicts.verdicts()[0].action, DLRGW_ACTION_UNSET);
  for (std::size_t i = 0; i < 3; ++i) verdicts.data()[i] = {DLRGW_ACTION_CONTINUE, 0, 0, 0};
  EXPECT_TRUE(verdicts.intact());
}

TEST(VerdictArray, OneTooFarIsSeenOnBothSides) {
  VerdictArray behind(3);
  behind.data()[3] = {DLRGW_ACTION_CONTINUE, 0, 0, 0};
  EXPECT_FALSE(behind.intact());
  VerdictArray before(3);
  *(before.data() - 1) = {DLRGW_ACTION_CONTINUE, 0, 0, 0};
  EXPECT_FALSE(before.intact());
}

}  // namespace
}  // namespace dlrgw::host
