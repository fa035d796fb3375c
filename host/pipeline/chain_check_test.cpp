// SPDX-License-Identifier: Apache-2.0
#include "pipeline/chain_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<StageDeclaration> kDeclared = {
    {"first", "com.a", true, {}, {"status"}},
    {"filter", "com.b", false, {"status"}, {}},
    {"store", "com.c", true, {"status"}, {"persisted"}},
};

TEST(ChainCheck, AcceptsAWorkingChainAndADisabledOptionalStage) {
  EXPECT_THAT(check_chain({{"first", "filter", "store"}, {}, {"com.c"}}, kDeclared), IsEmpty());
  EXPECT_THAT(check_chain({{"first", "filter", "store"}, {"filter"}, {"com.c"}}, kDeclared), IsEmpty());
}

TEST(ChainCheck, RefusesADisabledEssentialStage) {
  EXPECT_THAT(check_chain({{"first", "store"}, {"first"}, {"com.c"}}, kDeclared),
              ElementsAre(HasSubstr("\"first\" of plugin com.a is essential and cannot be disabled"),
                          HasSubstr("\"store\" of plugin com.c needs \"status\"")));
}

TEST(ChainCheck, RefusesAChainThatStoresNothing) {
  EXPECT_THAT(check_chain({{"first", "filter"}, {}, {"com.c"}}, kDeclared),
              ElementsAre(HasSubstr("\"store\" of plugin com.c is essential; add it"),
                          HasSubstr("no enabled stage provides \"persisted\"")));
}

TEST(ChainCheck, NamesBothStagesOfAnUnmetNeed) {
  EXPECT_THAT(
      check_chain({{"store", "first"}, {}, {"com.c"}}, kDeclared),
      ElementsAre("stage \"store\" of plugin com.c needs \"status\", which no enabled stage before it provides; stage "
                  "\"first\" of plugin com.a provides it: put it before"));
}

TEST(ChainCheck, RefusesUnknownStagesAndAWrongNumberOfSinks) {
  EXPECT_THAT(
      check_chain({{"first", "stroe", "store"}, {}, {}}, kDeclared),
      ElementsAre("stage \"stroe\" is not contributed by any enabled plugin; known stages: first, filter, store",
                  HasSubstr("exactly one sink must be active, 0 are registered (none)")));
  EXPECT_THAT(check_chain({{"first", "store"}, {}, {"com.c", "com.d"}}, kDeclared),
              ElementsAre(HasSubstr("2 are registered (com.c, com.d)")));
}

}  // namespace
}  // namespace dlrgw::host
