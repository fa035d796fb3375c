// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run_batch.hpp"

#include <dlrgw/cpp/receipt.hpp>

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"
#include "pipeline/invalid_rows.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/retry_policy.hpp"
#include "pipeline/take_verdicts.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

FailureKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnavailable:
      return FailureKind::kUnavailable;
    case ErrorCode::kTransient:
      return FailureKind::kTransient;
    case ErrorCode::kData:
      return FailureKind::kData;
    default:
      return FailureKind::kBreach;
  }
}

FailureKind kind_of(Blame blame) {
  switch (blame) {
    case Blame::kServer:
      return FailureKind::kUnavailable;
    case Blame::kConflict:
      return FailureKind::kTransient;
    // Whether it concerns everybody or some shows in the same way: by who commits meanwhile.
    case Blame::kEnvironment:
    case Blame::kTimeout:
      return FailureKind::kTimeout;
    case Blame::kInvariant:
      return FailureKind::kInvariant;
    case Blame::kRow:
      return FailureKind::kData;
    case Blame::kCaller:
      break;
  }
  return FailureKind::kBreach;
}

// What the database said outranks what the stage made of it.
BatchFailure failure_of(const Batch& batch, const Error& error, std::string_view stage, std::string_view plugin) {
  BatchFailure out{kind_of(error.code), std::string(stage), std::string(plugin), {}, error.text};
  if (const DbFailure* db = batch.work->unit.failure()) {
    out.kind = db->in_doubt ? FailureKind::kTransient : kind_of(db->blame);
    out.others_hold = db->timed_out != TimedOut::kStatement;
    out.text = db->text;
    if (out.kind == FailureKind::kUnavailable || out.kind == FailureKind::kTimeout) out.dependency = "postgresql";
  } else if (out.kind == FailureKind::kUnavailable) {
    out.dependency = plugin;
  }
  return out;
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
  if (!batch.dry_run) deps.metrics.stage(stage.name, static_cast<double>(deps.clock.monotonic_us() - started) / 1e6);
  if (!done) return failure_of(batch, done.error(), stage.name, stage.plugin->id);
  // A stage that ignored a failed statement must not go on to a commit that cannot happen.
  if (const DbFailure* db = batch.work->unit.failure())
    return failure_of(batch, db->error(), stage.name, stage.plugin->id);
  if (deps.clock.now_us() > batch.deadline_us) {
    return BatchFailure{FailureKind::kTransient, stage.name, stage.plugin->id, {}, "the batch ran over its deadline"};
  }
  if (auto breach = take_verdicts(batch, verdicts, stage)) {
    return BatchFailure{FailureKind::kBreach, stage.name, stage.plugin->id, {}, *breach};
  }
  return std::nullopt;
}

// A receipt whose quirk is not called for now waits without a retry being counted, as long as there is room for it.
bool held_for_its_quirk(Receipt& receipt, std::int64_t now_us) {
  if (receipt.turned_away_by == nullptr) return false;
  if (!receipt.turned_away_by->hold(receipt.delivery().stream_seq, now_us)) {
    receipt.verdict.action = Verdict::Action::kReject;
    receipt.verdict.outcome = kOutcomeRejected;
  }
  receipt.verdict.counts_as_retry = false;
  return true;
}

// Counts a stage's own RETRY; the one too many becomes a rejection.
void limit_retries(Batch& batch, std::uint32_t max_retries, std::int64_t now_us) {
  for (Receipt& receipt : batch.receipts) {
    Verdict& v = receipt.verdict;
    if (v.action != Verdict::Action::kRetry || held_for_its_quirk(receipt, now_us)) continue;
    if (retries_exhausted(receipt.delivery().retries.of(v.stage) + 1, max_retries)) {
      v.action = Verdict::Action::kReject;
      v.outcome = kOutcomeRejected;
    }
  }
}

// Sends the rows and events of what is kept: CONTINUE and DROP.
std::optional<BatchFailure> flush(Batch& batch, const Snapshot& snapshot) {
  const KeepRow keep = [&batch](std::uint64_t tag) {
    if (tag == 0) return true;
    const Receipt* receipt = batch.find(tag);
    return receipt != nullptr &&
           (receipt->verdict.action == Verdict::Action::kContinue || receipt->verdict.action == Verdict::Action::kDrop);
  };
  Result<std::uint32_t> events = persist_events(*batch.work, snapshot.sink, keep);
  if (!events) return failure_of(batch, events.error(), "sink", snapshot.sink.plugin->id);
  batch.persisted_events = *events;
  if (Status flushed = batch.work->unit.flush(keep); !flushed) return failure_of(batch, flushed.error(), {}, {});
  return std::nullopt;
}

std::optional<BatchFailure> commit(Batch& batch, const Snapshot& snapshot, const RunDeps& deps) {
  const Status added = add_invalid_rows(batch, deps.insert_invalid);
  if (!added) return failure_of(batch, added.error(), {}, {});
  if (auto failure = flush(batch, snapshot)) return failure;
  fail_point("host.before_commit");
  Result<std::uint64_t> committed = batch.work->unit.commit();
  if (!committed) return failure_of(batch, committed.error(), {}, {});
  fail_point("host.after_commit");
  deps.metrics.batch();
  return std::nullopt;
}

void roll_back(Batch& batch) { batch.work->unit.rollback(); }

std::optional<BatchFailure> run_stages(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                       const RunDeps& deps) {
  batch.begin_run(snapshot.stages.size());
  for (std::size_t i = 0; i < snapshot.stages.size(); ++i) {
    if (auto failure = run_stage(batch, snapshot, lane, i, deps)) return failure;
  }
  for (Receipt& receipt : batch.receipts) {
    if (receipt.verdict.action == Verdict::Action::kContinue) receipt.verdict.outcome = kOutcomeApplied;
  }
  limit_retries(batch, deps.max_retries, deps.clock.monotonic_us());
  return std::nullopt;
}

}  // namespace

std::optional<BatchFailure> run_batch(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                      const RunDeps& deps) {
  const CallScope scope(batch, snapshot, lane);  // the sink is called in it too: it writes under the receipts' handles
  auto failure = run_stages(batch, snapshot, lane, deps);
  if (!failure) failure = commit(batch, snapshot, deps);
  if (failure) roll_back(batch);
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
    if (!completed) failure = failure_of(batch, completed.error(), "completion", {});
  }
  if (keep && !failure) {
    fail_point("host.before_submission_commit");
    Result<std::uint64_t> committed = batch.work->unit.commit();
    if (!committed) failure = failure_of(batch, committed.error(), {}, {});
    if (!failure) fail_point("host.after_submission_commit");
  }
  if (failure || !keep) roll_back(batch);
  return failure;
}

std::optional<BatchFailure> run_dry_stage(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane,
                                          std::size_t index, const RunDeps& deps) {
  const CallScope scope(batch, snapshot, lane);
  if (index == 0) batch.begin_run(snapshot.stages.size());
  return run_stage(batch, snapshot, lane, index, deps);
}

std::optional<BatchFailure> reject_batch(Batch& batch, const Snapshot& snapshot, const RunDeps& deps,
                                         const BatchFailure& why) {
  batch.seen.assign(snapshot.stages.size(), {});
  for (Receipt& receipt : batch.receipts) {
    receipt.verdict = {Verdict::Action::kReject, 0,         false,     to_string(why.kind),
                       kOutcomeRejected,         why.stage, why.plugin};
  }
  auto failure = commit(batch, snapshot, deps);
  if (failure) roll_back(batch);
  return failure;
}

std::optional<BatchFailure> retry_batch(Batch& batch, const Snapshot& snapshot, const RunDeps& deps,
                                        const BatchFailure& why) {
  batch.seen.assign(snapshot.stages.size(), {});
  for (Receipt& receipt : batch.receipts) {
    const std::uint32_t done = receipt.delivery().retries.of(why.stage);
    receipt.verdict = {Verdict::Action::kRetry, backoff_ms(done), true, to_string(why.kind), {}, why.stage, why.plugin};
  }
  limit_retries(batch, deps.max_retries, deps.clock.monotonic_us());
  auto failure = commit(batch, snapshot, deps);
  if (failure) roll_back(batch);
  return failure;
}

}  // namespace dlrgw::host
