// SPDX-License-Identifier: Apache-2.0
#include "intake/park.hpp"

#include <gtest/gtest.h>

#include "support/clock.hpp"

namespace dlrgw::host {
namespace {

Delivery numbered(std::uint64_t seq) {
  Delivery delivery;
  delivery.stream_seq = seq;
  return delivery;
}
std::vector<std::uint64_t> numbers(const std::vector<Delivery>& list) {
  std::vector<std::uint64_t> out;
  for (const Delivery& delivery : list) out.push_back(delivery.stream_seq);
  return out;
}

TEST(Park, NothingComesOutBeforeItIsDue) {
  ManualClock clock(1'000);
  Park park(10);
  ASSERT_TRUE(park.put(numbered(1), clock.monotonic_us() + 3'000'000));
  std::vector<Delivery> out;
  clock.advance_us(2'999'999);
  EXPECT_EQ(park.take_due(clock.monotonic_us(), 10, out), 0U);
  clock.advance_us(1);
  EXPECT_EQ(park.take_due(clock.monotonic_us(), 10, out), 1U);
  EXPECT_EQ(park.size(), 0U);
  EXPECT_FALSE(park.next_due_us());
}

TEST(Park, TheLongestDueComesFirstAndEqualOnesInTheirOrder) {
  Park park(10);
  for (const auto& [seq, due] :
       std::vector<std::pair<std::uint64_t, std::int64_t>>{{1, 30}, {2, 10}, {3, 20}, {4, 10}, {5, 30}})
    ASSERT_TRUE(park.put(numbered(seq), due));
  EXPECT_EQ(park.next_due_us(), 10);
  std::vector<Delivery> out;
  park.take_due(30, 10, out);
  EXPECT_EQ(numbers(out), (std::vector<std::uint64_t>{2, 4, 3, 1, 5}));
}

TEST(Park, TakesNoMoreThanAsked) {
  Park park(10);
  for (std::uint64_t seq = 0; seq < 5; ++seq) ASSERT_TRUE(park.put(numbered(seq), 0));
  std::vector<Delivery> out;
  EXPECT_EQ(park.take_due(0, 2, out), 2U);
  EXPECT_EQ(park.size(), 3U);
}

TEST(Park, AFullParkRefusesAndLeavesTheDeliveryAlone) {
  Park park(1);
  ASSERT_TRUE(park.put(numbered(1), 0));
  Delivery second = numbered(2);
  second.payload = "kept";
  EXPECT_FALSE(park.put(std::move(second), 0));
  EXPECT_EQ(second.payload, "kept");  // NOLINT(bugprone-use-after-move): refused means untouched
}

TEST(Park, TakeAllEmptiesIt) {
  Park park(10);
  for (std::uint64_t seq = 0; seq < 3; ++seq) ASSERT_TRUE(park.put(numbered(seq), 1'000'000));
  EXPECT_EQ(park.take_all().size(), 3U);
  EXPECT_EQ(park.size(), 0U);
}

}  // namespace
}  // namespace dlrgw::host
