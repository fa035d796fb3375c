// SPDX-License-Identifier: Apache-2.0
#include "parked_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::outbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
constexpr std::int64_t kSecondUs = 1'000'000;

TEST(ParkedEvents, each_waits_by_itself_and_longer_each_time) {
  ParkedEvents parked;
  EXPECT_EQ(parked.park(7, 0)->wait_us, kSecondUs);
  EXPECT_THAT(parked.waiting(kSecondUs - 1), ElementsAre(7));
  EXPECT_THAT(parked.waiting(kSecondUs), IsEmpty()) << "it is tried again";
  EXPECT_EQ(parked.park(7, kSecondUs)->wait_us, 2 * kSecondUs);
  EXPECT_EQ(parked.park(8, kSecondUs)->wait_us, kSecondUs);
}

TEST(ParkedEvents, each_step_is_told_once) {
  ParkedEvents parked;
  int told = 0;
  for (int i = 0; i < 40; ++i) told += parked.park(7, 0)->is_new_step ? 1 : 0;
  EXPECT_EQ(told, 10) << "1, 2, 4 … 256 and 300 s";
}

TEST(ParkedEvents, what_is_published_at_last_is_forgotten) {
  ParkedEvents parked;
  parked.park(7, 0);
  parked.released(7);
  EXPECT_THAT(parked.waiting(0), IsEmpty());
  EXPECT_EQ(parked.park(7, 0)->wait_us, ParkedEvents::kFirstUs);
}

TEST(ParkedEvents, too_many_are_their_subjects_fault) {
  ParkedEvents parked;
  for (std::size_t id = 0; id < ParkedEvents::kMost; ++id) EXPECT_TRUE(parked.park(static_cast<std::int64_t>(id), 0));
  EXPECT_FALSE(parked.park(5000, 0));
  EXPECT_TRUE(parked.park(3, 0)) << "a known one";
  EXPECT_TRUE(parked.park(5000, 2 * ParkedEvents::kLongestUs)) << "the others went by another way";
}

}  // namespace
}  // namespace dlrgw::outbox
