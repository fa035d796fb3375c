// SPDX-License-Identifier: Apache-2.0
// A steady rate of receipts through a running gateway or bare loop: how long each takes to its commit and to its last
// event. One thread.
#pragma once
#include "bench/contender.hpp"

namespace dlrgw::bench {

struct Rate {
  double commit_p50_ms = 0;
  double commit_p99_ms = 0;
  double relay_p50_ms = 0;
  double relay_p99_ms = 0;
  double achieved_per_s = 0;  // below the rate wanted: the publisher itself did not get the CPU it needs
  double cpu_us = 0;          // of the process and all servers, per receipt
};

// first: number of the first message that no receipt was for.
[[nodiscard]] Rate run_rate(World& world, const Options& options, const std::string& database, std::int64_t first,
                            int per_second, Contender& contender, Progress& progress);

}  // namespace dlrgw::bench
