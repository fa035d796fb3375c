// SPDX-License-Identifier: Apache-2.0
// Kills at random moments during a stream of receipts, with every server failing once in the middle.
#pragma once
#include <chrono>
#include <cstddef>

namespace dlrgw::test {

struct RandomKillsPlan {
  std::size_t receipts = 0;
  std::size_t per_second = 0;
  int kills = 0;
  std::chrono::milliseconds nats_away{};
  bool real_ack_wait = false;  // false: expired by the administrator after each kill, true: it has to pass
};

void run_random_kills(const RandomKillsPlan& plan);

}  // namespace dlrgw::test
