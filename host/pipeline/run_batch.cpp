// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run_batch.hpp"

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/receipt.hpp>

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"
#include "pipeline/batch_rules.hpp"
#include "pipeline/take_verdicts.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

BatchFailure failed(const Batch& batch, const Error& error, std::string_view stage, std::string_view plugin) {
  return failure_of(batch.work->unit.failure(), error, stage, plugin);
}

BatchFailure breach(const StageSlot& stage, FailureKind kind, std::string text) {
  return {kind, stage.name, stage.plugin->id, {}, std::move(text), cause_of_stage(stage.name)};
}

std::optional<BatchFailure> run_stage(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                      std::size_t index, const RunDeps& deps) {
  const StageSlot& stage = snapshot.stages[index];
  if (batch.alive.empty()) return std::nullopt;
  batch.seen[index] = batch.alive;
  for (std::size_t k = 0; batch.retried && k < batch.alive.size(); ++k) {
    batch.views[k].stage_retries = batch.receipts[batch.alive[k]].delivery().retries.of(stage.name);
  }

  std::vector<dlrgw_verdict> verdicts(batch.alive.size());
  const dlrgw_batch call{sizeof(dlrgw_batch),
                         static_cast<std::uint32_t>(batch.views.size()),
                         sizeof(dlrgw_receipt),
                         sizeof(dlrgw_receipt),
                         sizeof(dlrgw_verdict),
                         batch.dry_run ? DLRGW_BATCH_DRY_RUN : 0,
                         batch.views.data(),
                         batch.work.get(),
                         batch.id,
                         batch.deadline_us};
  const std::int64_t started = deps.clock.monotonic_us();
  const Status done = call_guarded("plugin " + stage.plugin->id + ": stage " + stage.name, [&](dlrgw_error* e) {
    return stage.table.process(lane.stages[index], &call, verdicts.data(), e);
  });
  batch.stage_us.push_back(deps.clock.monotonic_us() - started);
  if (!batch.dry_run) deps.metrics.stage(stage.name, static_cast<double>(batch.stage_us.back()) / 1e6);
  if (!done) return failed(batch, done.error(), stage.name, stage.plugin->id);
  // A stage that ignored a failed statement must not go on to a commit that cannot happen.
  if (const DbFailure* db = batch.work->unit.failure()) return failed(batch, db->error(), stage.name, stage.plugin->id);
  if (deps.clock.now_us() > batch.deadline_us) {
    return breach(stage, FailureKind::kStageLate, "the batch ran over its deadline");
  }
  if (auto wrong = take_verdicts(batch, verdicts, stage)) return breach(stage, FailureKind::kBreach, *wrong);
  return std::nullopt;
}

// Whether a receipt whose quirk is not being called may wait without a retry being counted: only while there is room.
QuirkRoom quirk_room(Receipt& receipt, const RunDeps& deps) {
  QuirkBreaker* quirk = receipt.turned_away_by;
  if (quirk == nullptr) return QuirkRoom::kNotTurnedAway;
  const bool room = deps.waiting.has_room_for_quirks(quirk->held_by_all());
  const bool held = quirk->hold(receipt.delivery().stream_seq, deps.clock.monotonic_us(), room);
  return held ? QuirkRoom::kHeld : QuirkRoom::kFull;
}

void limit_retries(Batch& batch, const RunDeps& deps) {
  for (Receipt& receipt : batch.receipts)
    if (receipt.verdict.action == Verdict::Action::kRetry)
      limit_retry(receipt.verdict, receipt.delivery().retries.of(receipt.verdict.stage), deps.max_retries,
                  quirk_room(receipt, deps));
}

// Sends the rows and events of what is kept: CONTINUE and DROP.
std::optional<BatchFailure> flush(Batch& batch, const Snapshot& snapshot) {
  const KeepRow keep = [&batch](std::uint64_t tag) {
    if (tag == 0) return true;
    const Receipt* receipt = batch.find(tag);
    return receipt != nullptr && keeps_rows(receipt->verdict.action);
  };
  Result<std::uint32_t> events = persist_events(*batch.work, snapshot.sink, keep);
  if (!events) return failed(batch, events.error(), "sink", snapshot.sink.plugin->id);
  batch.persisted_events = *events;
  if (Status flushed = batch.work->unit.flush(keep); !flushed) return failed(batch, flushed.error(), {}, {});
  return std::nullopt;
}

std::optional<BatchFailure> commit(Batch& batch, const Snapshot& snapshot, const RunDeps& deps,
                                   const HeldFacts& held = {}) {
  const Status added = add_invalid_rows(batch, deps.insert_invalid, held);
  if (!added) return failed(batch, added.error(), {}, {});
  if (auto failure = flush(batch, snapshot)) return failure;
  fail_point("host.before_commit");
  Result<std::uint64_t> committed = batch.work->unit.commit();
  if (!committed) return failed(batch, committed.error(), {}, {});
  fail_point("host.after_commit");
  deps.metrics.batch();
  return std::nullopt;
}

std::optional<BatchFailure> run_stages(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                       const RunDeps& deps) {
  batch.begin_run(snapshot.stages.size());
  for (std::size_t i = 0; i < snapshot.stages.size(); ++i) {
    if (auto failure = run_stage(batch, snapshot, lane, i, deps)) return failure;
  }
  for (Receipt& receipt : batch.receipts) {
    if (receipt.verdict.action == Verdict::Action::kContinue) receipt.verdict.outcome = DLRGW_OUTCOME_APPLIED;
  }
  limit_retries(batch, deps);
  return std::nullopt;
}

}  // namespace

std::optional<BatchFailure> run_batch(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                      const RunDeps& deps) {
  const CallScope scope(batch, snapshot, lane);  // the sink runs within it too: it writes under the receipts' handles
  auto failure = run_stages(batch, snapshot, lane, deps);
  if (!failure) failure = commit(batch, snapshot, deps);
  if (failure) batch.work->unit.rollback();
  return failure;
}

std::optional<BatchFailure> run_submission(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                           const RunDeps& deps, const Completion& complete) {
  const CallScope scope(batch, snapshot, lane);
  auto failure = run_stages(batch, snapshot, lane, deps);
  const bool keep = !failure && !batch.dry_run && batch.receipts.front().verdict.action != Verdict::Action::kRetry;
  if (keep) failure = flush(batch, snapshot);
  if (keep && !failure) {
    const Status completed = complete(batch);
    if (!completed) failure = failed(batch, completed.error(), "completion", {});
  }
  if (keep && !failure) {
    fail_point("host.before_submission_commit");
    Result<std::uint64_t> committed = batch.work->unit.commit();
    if (!committed) failure = failed(batch, committed.error(), {}, {});
    if (!failure) fail_point("host.after_submission_commit");
  }
  if (failure || !keep) batch.work->unit.rollback();
  return failure;
}

std::optional<BatchFailure> run_dry_stage(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                          std::size_t index, const RunDeps& deps) {
  const CallScope scope(batch, snapshot, lane);
  if (index == 0) batch.begin_run(snapshot.stages.size());
  return run_stage(batch, snapshot, lane, index, deps);
}

std::optional<BatchFailure> settle_alike(Batch& batch, const Snapshot& snapshot, const RunDeps& deps,
                                         const std::function<Verdict(const Receipt&)>& verdict, const HeldFacts& held) {
  batch.seen.assign(snapshot.stages.size(), {});
  for (Receipt& receipt : batch.receipts) receipt.verdict = verdict(receipt);
  limit_retries(batch, deps);
  auto failure = commit(batch, snapshot, deps, held);
  if (failure) batch.work->unit.rollback();
  return failure;
}

}  // namespace dlrgw::host
