// SPDX-License-Identifier: Apache-2.0
// Two gateways under real traffic while their environment does what it likes, then calm: nothing is rejected, nothing
// is ended as PARTIAL that came in time, each receipt has one outcome, each message one billing event. Used by one
// test.
#pragma once
#include <chrono>
#include <cstdint>

namespace dlrgw::test {

struct RandomTroublePlan {
  std::uint64_t seed = 0;
  std::size_t per_second = 500;
  std::chrono::seconds length{0};      // of the trouble; the calm behind it comes on top
  std::chrono::seconds longest{0};     // of one trouble
  std::chrono::seconds grace{0};       // how long a message waits for its segments
  std::chrono::seconds hold_after{0};  // how long a receipt waits before it is put away
};

void run_random_trouble(const RandomTroublePlan& plan);

}  // namespace dlrgw::test
