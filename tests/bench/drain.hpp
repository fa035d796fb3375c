// SPDX-License-Identifier: Apache-2.0
// A stream full of receipts, a gateway that starts, and the time until every receipt is committed and every event is
// relayed. One thread.
#pragma once
#include "bench/options.hpp"
#include "bench/usage.hpp"
#include "bench/world.hpp"

namespace dlrgw::bench {

struct Drain {
  double seconds = 0;  // from the first delivery until everything is committed and relayed
  double committed_seconds = 0;
  double ready_s = 0;  // from the start of the process until /ready answers 200
  double wal_bytes = 0;
  double rss_mib = 0;
  CpuTimes cpu;
};

// Receipts first … first+count-1. Leaves the gateway running in `gateway`. Throws unless exactly these rows and events
// are there afterwards.
[[nodiscard]] Drain run_drain(World& world, const std::string& database, std::int64_t first, std::int64_t count,
                              std::unique_ptr<test::GatewayProcess>& gateway, Progress& progress);

// What PostgreSQL spent on each statement since the last call of forget_statements; needs Options::statements.
void forget_statements(World& world, const std::string& database);
[[nodiscard]] std::string statement_table(World& world, const std::string& database, std::int64_t receipts);

}  // namespace dlrgw::bench
