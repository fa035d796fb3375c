// SPDX-License-Identifier: Apache-2.0
#include "nats/permission_probe.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(JudgeRefusal, TheReplyIsLookedAtAfterTheSubject) {
  constexpr auto kReply = "_R_.check.billing.events";
  EXPECT_EQ(judge_refusal("Permissions Violation for Publish with Reply of \"_R_.check.billing.events\"",
                          "billing.events", kReply),
            Permit::kAllowed);
  EXPECT_EQ(judge_refusal("Permissions Violation for Publish to \"billing.events\"", "billing.events", kReply),
            Permit::kDenied);
  // Of an earlier subject, or none at all.
  EXPECT_EQ(judge_refusal("Permissions Violation for Publish to \"billing\"", "billing.events", kReply),
            Permit::kUnknown);
  EXPECT_EQ(judge_refusal("", "billing.events", kReply), Permit::kUnknown);
}

}  // namespace
}  // namespace dlrgw::host
