// SPDX-License-Identifier: Apache-2.0
// Plugin files that change every half second beside a steady rate of receipts: how long a reload takes, and what it
// costs the receipts. The thread that reloads lives as long as the call.
#pragma once
#include <string>
#include <vector>

#include "bench/rate.hpp"

namespace dlrgw::bench {

struct Reloads {
  Rate without;                 // the same rate before
  Rate beside;                  // while files change
  std::vector<double> took_ms;  // each `dlr-gateway reload`, its process included
};

// Starts a gateway of its own for that database, whose messages have had no receipt yet.
[[nodiscard]] Reloads run_reloads(World& world, const Options& options, const std::string& database, int per_second,
                                  Progress& progress);

}  // namespace dlrgw::bench
