// SPDX-License-Identifier: Apache-2.0
// One run: the bare loop before and after the gateway's drain, then each rate through both. One thread.
#pragma once
#include "bench/options.hpp"
#include "bench/report.hpp"
#include "bench/world.hpp"

namespace dlrgw::bench {

// run: counts from 1. Adds one value to each key of `out`.
void run_once(World& world, const Options& options, int run, Measurements& out, Progress& progress);
void reload_once(World& world, const Options& options, int run, Measurements& out, Progress& progress);

}  // namespace dlrgw::bench
