// SPDX-License-Identifier: Apache-2.0
// Random histories of one message: 1 to 8 segments, up to two attempts of each, every status, copies, replays, old
// times, in any order. Values; what is generated follows from the seed.
#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "decisions/model.hpp"

namespace dlrgw::decisions {

using Random = std::mt19937_64;

struct HistoryOptions {
  // Each segment has one final state, however often and from whichever attempt it is reported.
  bool without_conflicts = false;
  std::int64_t start_us = 1'760'000'000'000'000;
};

struct RandomHistory {
  ModelMessage message;                // nothing has happened yet
  std::vector<ModelReceipt> receipts;  // in the order in which they come; an event may come again
};

RandomHistory random_history(Random& random, const HistoryOptions& options);

// True once in n.
inline bool once_in(Random& random, std::uint64_t n) { return random() % n == 0; }

// Seeds of a run: DLRGW_SEED alone when it is set, else `count` from the system. A test that fails prints its seed.
std::vector<std::uint64_t> seeds(std::size_t count);

}  // namespace dlrgw::decisions
