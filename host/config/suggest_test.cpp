// SPDX-License-Identifier: Apache-2.0
#include "config/suggest.hpp"

#include <array>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::array<std::string_view, 3> kNames{"batch_max", "max_retries", "url"};

TEST(Suggest, NamesTheNearest) {
  EXPECT_EQ(suggestion("batch_mx", kNames), "; did you mean \"batch_max\"?");
  EXPECT_EQ(suggestion("batch-max", kNames), "; did you mean \"batch_max\"?");
  EXPECT_EQ(suggestion("max_retreis", kNames), "; did you mean \"max_retries\"?");
  EXPECT_EQ(suggestion("ulr", kNames), "; did you mean \"url\"?");
}

TEST(Suggest, ElseListsAFew) {
  EXPECT_EQ(suggestion("colour", kNames), "; known here: batch_max, max_retries, url");
  EXPECT_EQ(suggestion("x", {}), "");
}

}  // namespace
}  // namespace dlrgw::host
