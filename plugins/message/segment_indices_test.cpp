// SPDX-License-Identifier: Apache-2.0
#include "message/segment_indices.hpp"

#include <gtest/gtest.h>

namespace dlrgw::message {
namespace {

TEST(SegmentIndices, hold_1_to_255) {
  SegmentIndices set{1, 255, 255};
  EXPECT_EQ(set.size(), 2U);
  EXPECT_TRUE(set.contains(1));
  EXPECT_TRUE(set.contains(255));
  for (const std::uint32_t other : {0U, 2U, 256U, 4'000'000'000U}) EXPECT_FALSE(set.contains(other)) << other;
  EXPECT_THROW(set.insert(0), Error);
  EXPECT_THROW(set.insert(256), Error);
}

TEST(SegmentIndices, are_compared_as_sets) {
  EXPECT_TRUE(SegmentIndices{}.empty());
  EXPECT_TRUE(SegmentIndices{}.is_subset_of({}));
  EXPECT_TRUE((SegmentIndices{2}.is_subset_of({1, 2, 3})));
  EXPECT_FALSE((SegmentIndices{2, 4}.is_subset_of({1, 2, 3})));
  EXPECT_EQ((SegmentIndices{1, 2}), (SegmentIndices{2, 1}));
}

}  // namespace
}  // namespace dlrgw::message
