// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run_batch.hpp"

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/receipt.hpp>

#include "boundary/call_scope.hpp"
#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "pipeline/batch_rules.hpp"
#include "pipeline/take_verdicts.hpp"
#include "pipeline/verdict_array.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

BatchFailure failed(const Batch& batch, const Error& error, std::string_view stage, std::string_view plugin) {
  return failure_of(batch.work->unit.failure(), error, stage, plugin);
}

BatchFailure breach(const StageSlot& stage, FailureKind kind, std::string text) {
  return {kind, stage.name, stage.plugin->id, {}, std::move(text), cause_of_stage(stage.name)};
}

// Others have the receipts by now: whatever this run has done is rolled back.
BatchFailure given_up(std::string_view stage, std::string_view plugin) {
  return {FailureKind::kHang,
          std::string(stage),
          std::string(plugin),
          {},
          "came back after its receipts had been given up",
          cause_of_stage(stage)};
}

// The stage's breaker is open: its receipts come again in a while.
void turn_away(Batch& batch, const StageSlot& stage) {
  for (const std::uint32_t index : batch.alive) {
    Receipt& receipt = batch.receipts[index];
    receipt.turned_away_by = stage.breaker.get();
    receipt.verdict = turned_away_from(stage.name, stage.plugin->id);
  }
  batch.alive.clear();
  batch.views.clear();
}

// What the call has done, and whether it may go on.
std::optional<BatchFailure> judge(Batch& batch, const StageSlot& stage, const Status& done,
                                  const VerdictArray& verdicts, const RunDeps& deps) {
  if (!verdicts.intact())
    return breach(stage, FailureKind::kBreach,
                  "it wrote outside of its verdicts; memory of the gateway may be damaged");
  if (this_thread_is_abandoned()) return given_up(stage.name, stage.plugin->id);
  if (!done) return failed(batch, done.error(), stage.name, stage.plugin->id);
  // A stage that ignored a failed statement must not go on to a commit that cannot happen.
  if (const DbFailure* db = batch.work->unit.failure()) return failed(batch, db->error(), stage.name, stage.plugin->id);
  if (deps.clock.now_us() > batch.deadline_us) {
    return breach(stage, FailureKind::kStageLate, "the batch ran over its deadline");
  }
  if (auto wrong = take_verdicts(batch, verdicts.verdicts(), stage)) return breach(stage, FailureKind::kBreach, *wrong);
  return std::nullopt;
}

// Only what a stage does to a receipt that is alone counts against it: others are run again in halves.
void tell_breaker(const Batch& batch, std::size_t called, const StageSlot& stage,
                  const std::optional<BatchFailure>& failure, const RunDeps& deps) {
  if (failure) {
    if (failure->kind == FailureKind::kBreach && called == 1)
      stage.breaker->failed(deps.clock.monotonic_us(), failure->text);
    return;
  }
  stage.breaker->worked();
  if (stage.breaker->held_by_all() == 0) return;
  for (const Receipt& receipt : batch.receipts) stage.breaker->release(receipt.delivery().stream_seq);
}

std::optional<BatchFailure> run_stage(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                      std::size_t index, const RunDeps& deps) {
  const StageSlot& stage = snapshot.stages[index];
  if (batch.alive.empty()) return std::nullopt;
  const std::int64_t started = deps.clock.monotonic_us();
  if (!batch.dry_run && !stage.breaker->admit(started)) {
    turn_away(batch, stage);
    return std::nullopt;
  }
  batch.seen[index] = batch.alive;
  for (std::size_t k = 0; batch.retried && k < batch.alive.size(); ++k) {
    batch.views[k].stage_retries = batch.receipts[batch.alive[k]].delivery().retries.of(stage.name);
  }

  const std::size_t called = batch.alive.size();
  VerdictArray verdicts(called);
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
  const std::string what = "stage " + stage.name + ": process";
  const Status done = [&] {
    const PluginCall mark({CallKind::kStage, stage.plugin->id, stage.plugin->version, what, lane.lane, batch.id});
    return call_guarded("plugin " + stage.plugin->id + ": stage " + stage.name, [&](dlrgw_error* e) {
      return stage.table.process(lane.stages[index], &call, verdicts.data(), e);
    });
  }();
  batch.stage_us.push_back(deps.clock.monotonic_us() - started);
  if (!batch.dry_run) deps.metrics.stage(stage.name, static_cast<double>(batch.stage_us.back()) / 1e6);
  auto failure = judge(batch, stage, done, verdicts, deps);
  if (!batch.dry_run) tell_breaker(batch, called, stage, failure, deps);
  return failure;
}

// Whether a receipt that was turned away may wait without a retry being counted: only while there is room.
HoldRoom hold_room(Receipt& receipt, const RunDeps& deps) {
  Breaker* breaker = receipt.turned_away_by;
  if (breaker == nullptr) return HoldRoom::kNotTurnedAway;
  const bool room = deps.waiting.has_room_for_held(breaker->held_by_all());
  if (breaker->hold(receipt.delivery().stream_seq, deps.clock.monotonic_us(), room)) return HoldRoom::kHeld;
  return breaker->kind() == BreakerKind::kQuirk ? HoldRoom::kFull : HoldRoom::kNotTurnedAway;
}

void limit_retries(Batch& batch, const RunDeps& deps) {
  for (Receipt& receipt : batch.receipts)
    if (receipt.verdict.action == Verdict::Action::kRetry)
      limit_retry(receipt.verdict, receipt.delivery().retries.of(receipt.verdict.stage), deps.max_retries,
                  hold_room(receipt, deps));
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
  if (this_thread_is_abandoned()) return given_up({}, {});  // in the sink
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
