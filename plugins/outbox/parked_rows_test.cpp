// SPDX-License-Identifier: Apache-2.0
#include "parked_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::outbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::string_view kA[] = {"a"};
constexpr std::string_view kB[] = {"b"};
constexpr std::string_view kBoth[] = {"a", "b"};

TEST(ParkedRows, each_waits_by_itself_and_longer_each_time) {
  ParkedRows parked;
  EXPECT_EQ(parked.unreadable(7, 0)->wait_us, kSecondUs);
  EXPECT_THAT(parked.waiting(kSecondUs - 1), ElementsAre(7));
  EXPECT_THAT(parked.waiting(kSecondUs), IsEmpty()) << "it is tried again";
  EXPECT_EQ(parked.unreadable(7, kSecondUs)->wait_us, 2 * kSecondUs);
  EXPECT_EQ(parked.unreadable(8, kSecondUs)->wait_us, kSecondUs);
}

TEST(ParkedRows, each_step_is_told_once) {
  ParkedRows parked;
  int told = 0;
  for (int i = 0; i < 40; ++i) told += parked.unreadable(7, 0)->is_new_step ? 1 : 0;
  EXPECT_EQ(told, 10) << "1, 2, 4 … 256 and 300 s";
}

TEST(ParkedRows, a_refused_event_leaves_the_others_of_its_row_alone) {
  ParkedRows parked;
  parked.refused(7, kA, 0);
  parked.holds(7, kBoth);
  EXPECT_TRUE(parked.left_alone(7, "a", 0));
  EXPECT_FALSE(parked.left_alone(7, "b", 0));
  EXPECT_FALSE(parked.left_alone(8, "a", 0));
  EXPECT_FALSE(parked.left_alone(7, "a", kSecondUs)) << "its time has come";
  EXPECT_THAT(parked.waiting(0), IsEmpty()) << "there is more in the row";
  parked.holds(7, kA);
  EXPECT_THAT(parked.waiting(0), ElementsAre(7)) << "the others are gone";
}

TEST(ParkedRows, those_of_a_row_wait_together) {
  ParkedRows parked;
  parked.refused(7, kA, 0);
  EXPECT_EQ(parked.refused(7, kB, kSecondUs)->wait_us, 2 * kSecondUs);
  parked.holds(7, kBoth);
  EXPECT_TRUE(parked.left_alone(7, "a", 2 * kSecondUs));
  EXPECT_THAT(parked.waiting(2 * kSecondUs), ElementsAre(7));
}

TEST(ParkedRows, what_is_published_at_last_or_read_again_is_forgotten) {
  ParkedRows parked;
  parked.refused(7, kA, 0);
  parked.holds(7, {});
  parked.unreadable(8, 0);
  parked.holds(8, kA);
  EXPECT_THAT(parked.waiting(0), IsEmpty());
  EXPECT_EQ(parked.refused(7, kA, 0)->wait_us, ParkedRows::kFirstUs);
}

TEST(ParkedRows, too_many_are_their_subjects_fault) {
  ParkedRows parked;
  for (std::size_t id = 0; id < ParkedRows::kMost; ++id)
    EXPECT_TRUE(parked.refused(static_cast<std::int64_t>(id), kA, 0));
  EXPECT_FALSE(parked.refused(5000, kA, 0));
  EXPECT_TRUE(parked.refused(3, kA, 0)) << "a known one";
  EXPECT_TRUE(parked.refused(5000, kA, 2 * ParkedRows::kLongestUs)) << "the others went by another way";
}

}  // namespace
}  // namespace dlrgw::outbox
