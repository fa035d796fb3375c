// SPDX-License-Identifier: Apache-2.0
// The ceiling: PostgreSQL alone executing what the gateway executes. Captured once, replayed in every run. One thread.
#pragma once
#include <span>

#include "bench/options.hpp"
#include "bench/replay.hpp"
#include "bench/usage.hpp"
#include "bench/world.hpp"

namespace dlrgw::bench {

// Drains receipts 0 … count-1 in a database of its own while PostgreSQL logs every statement.
[[nodiscard]] Script capture(World& world, std::int64_t count, Progress& progress);

struct Ceiling {
  double receipts_per_s = 0;
  double postgres_cpu_us = 0;  // per receipt
};
// In another fresh database, on as many connections as the shipped pool `svc` has, with nothing else running.
[[nodiscard]] Ceiling run_ceiling(World& world, const Script& script, std::int64_t count, Progress& progress);
// Of several replays of one script: all receipts over all the time. Not for none.
[[nodiscard]] Ceiling mean(std::span<const Ceiling> ceilings);

}  // namespace dlrgw::bench
