// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>

#include "trouble/random_trouble.hpp"
#include "trouble/trouble_main.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(RandomTroubleLong, HalfAnHourOfIt) {
  run_random_trouble({.seed = chosen_seed(std::random_device{}()),
                      .length = chosen_length(1800s),
                      .longest = 60s,
                      .grace = 240s,
                      .hold_after = 120s});
}

}  // namespace
}  // namespace dlrgw::test
