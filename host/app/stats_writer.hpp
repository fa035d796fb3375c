// SPDX-License-Identifier: Apache-2.0
// Stores what the lanes have counted, a few rows every few seconds, on a thread of its own. What PostgreSQL did not
// take is kept and sent again under the same key, so that an answer that was lost counts nothing twice. Owned by the
// gateway.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "app/stats_flushes.hpp"
#include "pipeline/ingest_stats.hpp"
#include "storage/pool.hpp"
#include "storage/statement.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

class StatsWriter {
 public:
  // instance: of this process, as in its log lines.
  StatsWriter(IngestStats& stats, Pool& pool, const Clock& clock, Logger& logger, const std::string& instance);
  ~StatsWriter();
  StatsWriter(const StatsWriter&) = delete;
  StatsWriter& operator=(const StatsWriter&) = delete;

  void start();
  // Once the lanes have ended: stores the rest. What cannot be stored now is lost and logged.
  void stop();

 private:
  void run();
  bool store();
  Status write(const StatsFlushes::Flush& flush);

  IngestStats& stats_;
  Pool& pool_;
  const Clock& clock_;
  Logger& logger_;
  const Statement insert_;
  StatsFlushes flushes_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dlrgw::host
