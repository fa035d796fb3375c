// SPDX-License-Identifier: Apache-2.0
// Puts receipts through again that were put away because something that was not their fault stood in their way, until
// each of them settles. Run by a singleton job of the host. Owned by the gateway; turn() on the job's thread, held()
// from any.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "boundary/submission.hpp"
#include "intake/delivery.hpp"
#include "pipeline/host_metrics.hpp"
#include "pipeline/ingest_stats.hpp"
#include "storage/pool.hpp"
#include "storage/unit_of_work.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

struct HeldDeps {
  const Clock& clock;
  Logger& logger;
  HostMetrics& metrics;
  IngestStats& ingest_stats;
  Pool& pool;  // "svc"
  const Statement& insert_invalid;
  std::function<Result<SubmissionResult>(const Submission&)> submit;
};

class HeldReceipts {
 public:
  explicit HeldReceipts(HeldDeps deps);

  // Tries the held receipts, beginning after the one that was tried last. Ends when several in a row do not settle,
  // when all were tried, or when it should stop. An error means that the rows could not be read.
  Status turn(const std::function<bool()>& should_stop);
  // How many are held for each reason, as this host's latest turn found; empty while another host leads.
  [[nodiscard]] std::map<std::string, std::size_t> held() const;
  // Forgets what held() knows, because this host no longer leads.
  void forget();

 private:
  struct Row {
    std::string identity;
    std::int64_t seq = 0;
    std::string event_id, operator_id, reason, stage, plugin, payload;
    std::int64_t received_at_us = 0, stream_time_us = 0;
  };
  enum class Tried { kSettled, kStillHeld, kGone };

  Result<std::vector<Row>> read_page();
  Tried try_one(const Row& row);
  Tried reject(const Row& row, const std::string& why);
  Status release(UnitOfWork& unit, const Row& row);
  Status count();

  const HeldDeps deps_;
  const Statement page_, release_, count_;
  // On the job's thread only: after which receipt the next page begins, and how often the stages asked for retries.
  std::string after_identity_;
  std::int64_t after_seq_ = 0;
  std::map<std::pair<std::string, std::int64_t>, StageRetries> retries_;

  mutable Mutex mutex_;
  std::map<std::string, std::size_t> held_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
