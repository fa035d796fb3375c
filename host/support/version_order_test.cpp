// SPDX-License-Identifier: Apache-2.0
#include "support/version_order.hpp"

#include <array>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(CompareVersions, NumbersNotTextAndPreReleasesFirst) {
  constexpr std::array ascending{"0.9", "1.0.0-rc1", "1.0.0-rc2", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(compare_versions(ascending[i], ascending[j]), i <=> j) << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(CompareVersions, AMissingNumberIsZeroAndABuildDoesNotMatter) {
  EXPECT_EQ(compare_versions("1", "1.0.0"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("1.0.0+deb12u1", "1.0.0"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("", "0.0.0"), std::strong_ordering::equal);
}

}  // namespace
}  // namespace dlrgw::host
