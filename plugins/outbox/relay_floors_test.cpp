// SPDX-License-Identifier: Apache-2.0
#include "relay_floors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {
namespace {

using testing::ElementsAre;
using testing::Pair;

// Two events, both acknowledged.
PublishedRow row(std::int64_t id, std::string_view subject) {
  return {id, subject, {{"e1", "1", DLRGW_OK}, {"e2", "2", DLRGW_OK}}};
}

TEST(RelayFloors, a_look_starts_a_slack_behind_what_was_acknowledged) {
  RelayFloors floors;
  const PublishedRow round[] = {row(5'001, "a"), row(5'002, "b"), row(5'003, "a"), row(7, "c")};
  floors.settle(round);
  EXPECT_THAT(floors.after({}), ElementsAre(Pair("a", 4'003), Pair("b", 4'002), Pair("c", 0)));
  const std::string waiting[] = {"b"};
  EXPECT_THAT(floors.after(waiting), ElementsAre(Pair("a", 4'003), Pair("c", 0)));
}

TEST(RelayFloors, a_failure_anywhere_in_the_look_sends_the_next_to_the_first_row) {
  for (const std::size_t failed : {0U, 1U, 2U}) {
    RelayFloors floors;
    PublishedRow round[] = {row(5'001, "a"), row(5'002, "a"), row(5'003, "a")};
    floors.settle(round);
    round[failed].events[1].result = DLRGW_E_TRANSIENT;
    floors.settle(round);
    EXPECT_THAT(floors.after({}), ElementsAre(Pair("a", 0))) << failed;
  }
}

TEST(RelayFloors, whole_looks_are_due_first_and_then_for_a_share_of_the_time) {
  RelayFloors floors;
  EXPECT_TRUE(floors.whole_look_due(0));
  floors.whole_look_done(0, 10);
  EXPECT_TRUE(floors.whole_look_due(11)) << "no subject is known: there is nothing else to look for";
  const PublishedRow round[] = {row(1, "a")};
  floors.settle(round);
  EXPECT_FALSE(floors.whole_look_due(209));
  EXPECT_TRUE(floors.whole_look_due(210));
}

// It waited for a lock, say: what became visible late must not wait for twenty times as long.
TEST(RelayFloors, a_whole_look_that_took_long_is_not_the_last_for_long) {
  RelayFloors floors;
  const PublishedRow round[] = {row(1, "a")};
  floors.settle(round);
  constexpr std::int64_t kEnd = 60'000'000;
  floors.whole_look_done(0, kEnd);
  EXPECT_FALSE(floors.whole_look_due(kEnd + RelayFloors::kLongestApartUs - 1));
  EXPECT_TRUE(floors.whole_look_due(kEnd + RelayFloors::kLongestApartUs));
}

}  // namespace
}  // namespace dlrgw::outbox
