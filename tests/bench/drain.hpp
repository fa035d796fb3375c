// SPDX-License-Identifier: Apache-2.0
// A stream full of receipts, a gateway or bare loop that starts, and the time until every receipt is committed and
// every event is relayed. One thread.
#pragma once
#include "bench/contender.hpp"
#include "bench/options.hpp"
#include "bench/usage.hpp"

namespace dlrgw::bench {

struct Drain {
  double seconds = 0;  // from the first delivery until everything is committed and relayed
  double committed_seconds = 0;
  double ready_s = 0;  // from the start of the process until it is ready
  double wal_bytes = 0;
  double disk_bytes = 0;  // by which its tables and their indexes have grown, the outbox left out
  double blocks = 0;      // that PostgreSQL looked at, in memory or not, from the start of the process to its end
  double rss_mib = 0;
  CpuTimes cpu;
  CpuTimes threads;  // of the process, by name
};

// Receipts first … first+count-1, from the start of the process to its end. Throws unless exactly these rows and events
// are there afterwards.
[[nodiscard]] Drain run_drain(World& world, Contender& contender, const std::string& database, std::int64_t first,
                              std::int64_t count, Progress& progress);

// What PostgreSQL spent on each statement since the last call of forget_statements; needs Options::statements.
void forget_statements(World& world, const std::string& database);
[[nodiscard]] std::string statement_table(World& world, const std::string& database, std::int64_t receipts);

}  // namespace dlrgw::bench
