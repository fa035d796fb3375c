// SPDX-License-Identifier: Apache-2.0
// Which counts are stored under which key, so that none is stored twice: a flush that was not stored stays as it is,
// under its key, until it is; what is counted meanwhile waits for the next one. Pure. Owned by the stats writer, on its
// thread.
#pragma once
#include <cstdint>
#include <string>

#include "pipeline/ingest_stats.hpp"

namespace dlrgw::host {

class StatsFlushes {
 public:
  struct Flush {
    std::string instance;  // of the rows: unique per process start and flush
    IngestStats::Counts counts;
  };

  // process: unique per process start.
  explicit StatsFlushes(std::string process) : process_(std::move(process)) {}

  // What has to be stored now: the flush that was left over, or one of everything that was counted since. Null:
  // nothing.
  const Flush* next(IngestStats& stats);
  [[nodiscard]] bool is_left_over() const { return !pending_.counts.empty(); }
  // The flush that next() returned is stored.
  void stored() { pending_.counts.clear(); }
  // How many receipts are counted and not stored; forgets them.
  std::int64_t give_up(IngestStats& stats);

 private:
  const std::string process_;
  std::uint64_t flushes_ = 0;
  Flush pending_;
};

}  // namespace dlrgw::host
