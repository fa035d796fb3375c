// SPDX-License-Identifier: Apache-2.0
#include "relay_floors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(RelayFloors, a_look_starts_a_slack_behind_what_was_acknowledged) {
  RelayFloors floors;
  const Published round[] = {
      {50'001, "a", DLRGW_OK}, {50'002, "b", DLRGW_OK}, {50'003, "a", DLRGW_OK}, {7, "c", DLRGW_OK}};
  floors.settle(round);
  EXPECT_THAT(floors.after({}), ElementsAre(Pair("a", 40'003), Pair("b", 40'002), Pair("c", 0)));
  const std::string waiting[] = {"b"};
  EXPECT_THAT(floors.after(waiting), ElementsAre(Pair("a", 40'003), Pair("c", 0)));
}

TEST(RelayFloors, a_failure_anywhere_in_the_look_sends_the_next_to_the_first_row) {
  for (const std::size_t failed : {0U, 1U, 2U}) {
    RelayFloors floors;
    Published round[] = {{50'001, "a", DLRGW_OK}, {50'002, "a", DLRGW_OK}, {50'003, "a", DLRGW_OK}};
    floors.settle(round);
    round[failed].result = DLRGW_E_TRANSIENT;
    floors.settle(round);
    EXPECT_THAT(floors.after({}), ElementsAre(Pair("a", 0))) << failed;
  }
}

TEST(RelayFloors, whole_looks_are_due_first_and_then_for_a_share_of_the_time) {
  RelayFloors floors;
  EXPECT_TRUE(floors.whole_look_due(0));
  floors.whole_look_done(0, 10);
  EXPECT_TRUE(floors.whole_look_due(11)) << "no subject is known: there is nothing else to look for";
  const Published round[] = {{1, "a", DLRGW_OK}};
  floors.settle(round);
  EXPECT_FALSE(floors.whole_look_due(209));
  EXPECT_TRUE(floors.whole_look_due(210));
}

}  // namespace
}  // namespace dlrgw::outbox
