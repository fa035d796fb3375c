// SPDX-License-Identifier: Apache-2.0
#include "storage/session_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SessionFacts as_it_must_be() { return {"15.4", "dlr_svc", false, false, false, "read committed", "on"}; }

TEST(JudgeSession, AcceptsWhatTheGatewayReliesOn) { EXPECT_THAT(judge_session(as_it_must_be()), IsEmpty()); }

TEST(JudgeSession, SaysEverythingThatIsOtherwise) {
  const SessionFacts facts{"15.4", "dlr_svc", true, false, true, "read committed", "on"};
  EXPECT_THAT(judge_session(facts), ElementsAre(HasSubstr("role dlr_svc is a superuser"),
                                                HasSubstr("ALTER ROLE dlr_svc RESET default_transaction_read_only")));
}

TEST(JudgeSession, AStandbyIsToldAsSuchAndNotAsReadOnlyToo) {
  SessionFacts facts = as_it_must_be();
  facts.in_recovery = facts.read_only = true;
  EXPECT_THAT(judge_session(facts), ElementsAre(HasSubstr("target_session_attrs=read-write")));
}

}  // namespace
}  // namespace dlrgw::host
