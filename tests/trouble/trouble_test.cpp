// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "trouble/random_trouble.hpp"
#include "trouble/trouble_main.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(RandomTrouble, NothingIsLostDoubledOrToldWrongly) {
  run_random_trouble(
      {.seed = chosen_seed(), .length = chosen_length(25s), .longest = 5s, .grace = 15s, .hold_after = 4s});
}

}  // namespace
}  // namespace dlrgw::test
