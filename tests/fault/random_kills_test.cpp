// SPDX-License-Identifier: Apache-2.0
#include "fault/random_kills.hpp"

#include <gtest/gtest.h>

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(RandomKills, FourDuringFourThousandReceipts) {
  run_random_kills({.receipts = 4'000, .per_second = 500, .kills = 4, .nats_away = 3s, .real_ack_wait = false});
}

}  // namespace
}  // namespace dlrgw::test
