// SPDX-License-Identifier: Apache-2.0
// The heart: one batch through the stages of a snapshot and into one transaction. Everything it does can be rolled back
// until the commit; what must not be repeated happens in settle. Runs on the lane's thread.
#pragma once
#include <functional>
#include <optional>

#include "boundary/batch.hpp"
#include "boundary/snapshot.hpp"
#include "pipeline/host_metrics.hpp"
#include "pipeline/ingest_stats.hpp"
#include "pipeline/invalid_rows.hpp"
#include "pipeline/replay_plan.hpp"
#include "pipeline/waiting_room.hpp"

namespace dlrgw::host {

struct RunDeps {
  const Clock& clock;
  Logger& logger;
  HostMetrics& metrics;
  Metrics& metrics_registry;        // for values that plugins held back
  Pool& pool;                       // "svc"
  const Statement& insert_invalid;  // the host's own row for what is invalid or rejected
  IngestStats& ingest_stats;        // what lanes settle; submissions are not counted
  WaitingRoom& waiting;
  std::uint32_t max_retries = 20;
};

// nullopt = committed; every receipt of the batch has its verdict. Otherwise everything was rolled back.
std::optional<BatchFailure> run_batch(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                      const RunDeps& deps);

// Adds and flushes what belongs to the same transaction, once the receipt's own rows are flushed.
using Completion = std::function<Status(Batch&)>;

// Runs one stored payload that is already in the batch: stages, completion, commit. A dry run or a RETRY keeps nothing,
// a REJECT keeps the completion only. The receipt is neither counted nor acknowledged.
std::optional<BatchFailure> run_submission(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                           const RunDeps& deps, const Completion& complete);

// Runs the stage at `index` on the receipts that are still alive in a dry batch: takes verdicts and applies edits, and
// commits nothing. For tools that look at the receipts between stages.
std::optional<BatchFailure> run_dry_stage(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                          std::size_t index, const RunDeps& deps);

// Commits a batch whose receipts all get a verdict of the host's own, without a stage being called.
std::optional<BatchFailure> settle_alike(Batch& batch, const Snapshot& snapshot, const RunDeps& deps,
                                         const std::function<Verdict(const Receipt&)>& verdict,
                                         const HeldFacts& held = {});

}  // namespace dlrgw::host
