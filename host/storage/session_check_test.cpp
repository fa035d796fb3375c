#include "storage/session_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SessionFacts as_it_must_be() { return {"15.4", "dlr_svc", false, false, false, "read committed", "on"}; }

TEST(JudgeSession, AcceptsWhatTheGatewayReliesOn) {
  EXPECT_THAT(judge_session("svc", as_it_must_be()), IsEmpty());
  SessionFacts stronger = as_it_must_be();
  stronger.synchronous_commit = "remote_apply";
  EXPECT_THAT(judge_session("svc", stronger), IsEmpty());
}

TEST(JudgeSession, SaysEverythingThatIsOtherwise) {
  const SessionFacts facts{"15.4", "dlr_svc", true, false, true, "repeatable read", "off"};
  EXPECT_THAT(judge_session("svc", facts), ElementsAre(HasSubstr("role dlr_svc is a superuser"), HasSubstr("read-only"),
                                                       HasSubstr("are repeatable read, must be read committed"),
                                                       HasSubstr("synchronous_commit is off")));
}

TEST(JudgeSession, TheRelayNeedNotWaitForTheDisk) {
  SessionFacts facts = as_it_must_be();
  facts.synchronous_commit = "off";
  EXPECT_THAT(judge_session("relay", facts), IsEmpty());
  EXPECT_THAT(judge_session("admin", facts), ElementsAre(HasSubstr("synchronous_commit")));
}

TEST(JudgeSession, AStandbyIsToldAsSuchAndNotAsReadOnlyToo) {
  SessionFacts facts = as_it_must_be();
  facts.in_recovery = facts.read_only = true;
  EXPECT_THAT(judge_session("svc", facts), ElementsAre(HasSubstr("target_session_attrs=read-write")));
}

}  // namespace
}  // namespace dlrgw::host
