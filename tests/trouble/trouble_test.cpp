// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "trouble/random_trouble.hpp"
#include "trouble/trouble_main.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

// Each run of all tests has the same troubles; the long run has others each time.
constexpr std::uint64_t kSeed = 6;

TEST(RandomTrouble, NothingIsLostDoubledOrToldWrongly) {
  run_random_trouble(
      {.seed = chosen_seed(kSeed), .length = chosen_length(180s), .longest = 5s, .grace = 15s, .hold_after = 4s});
}

}  // namespace
}  // namespace dlrgw::test
