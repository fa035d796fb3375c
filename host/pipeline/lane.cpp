// SPDX-License-Identifier: Apache-2.0
#include "pipeline/lane.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/batch_rules.hpp"
#include "pipeline/batch_trace.hpp"
#include "pipeline/settle.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kBatchDeadlineUs = std::chrono::microseconds(kBatchDeadline).count();
constexpr std::uint32_t kGiveBackDelayMs = 1'000;

std::vector<std::uint64_t> sequences(const Batch& batch) {
  std::vector<std::uint64_t> out;
  out.reserve(batch.receipts.size());
  for (const Receipt& receipt : batch.receipts) out.push_back(receipt.delivery().stream_seq);
  return out;
}

// The stages that saw a receipt of the batch.
std::vector<std::string_view> stages_of(const Batch& batch, const Snapshot& snapshot) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < snapshot.stages.size(); ++i)
    if (!batch.seen[i].empty()) out.emplace_back(snapshot.stages[i].name);
  return out;
}

}  // namespace

LanePool::LanePool(LaneDeps deps, std::uint32_t count, std::uint32_t at_once)
    : deps_(std::move(deps)), count_(count), turns_(deps_.clock, count, at_once), run_since_us_(count) {}

LanePool::~LanePool() { stop(); }

void LanePool::start() {
  threads_.reserve(count_);
  for (std::uint32_t lane = 0; lane < count_; ++lane) {
    threads_.emplace_back([this, lane](std::stop_token stop) {
      name_thread("lane " + std::to_string(lane));
      work(std::move(stop), lane);
    });
  }
}

void LanePool::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

std::int64_t LanePool::longest_run_us() const {
  std::int64_t since = 0;
  for (const std::atomic<std::int64_t>& begun : run_since_us_) {
    const std::int64_t at = begun.load();
    if (at != 0 && (since == 0 || at < since)) since = at;
  }
  return since == 0 ? 0 : deps_.clock.monotonic_us() - since;
}

void LanePool::work(std::stop_token stop, std::uint32_t lane) {
  while (!stop.stop_requested()) {
    turns_.await(stop, lane);
    std::vector<Delivery> deliveries = deps_.intake.take(stop);
    if (deliveries.empty()) continue;
    turns_.begin(lane);
    deps_.metrics.lanes_busy(++busy_);
    TakePlan take(std::move(deliveries), deps_.waiting, trouble_);
    while (!take.done()) {
      run_since_us_[lane] = deps_.clock.monotonic_us();
      run_group(stop, lane, take);
    }
    run_since_us_[lane] = 0;
    deps_.metrics.lanes_busy(--busy_);
  }
}

RunDeps LanePool::run_deps() const {
  return {deps_.clock,          deps_.logger,       deps_.metrics, deps_.metrics_registry, deps_.pool,
          deps_.insert_invalid, deps_.ingest_stats, deps_.waiting, deps_.max_retries};
}

std::unique_ptr<Batch> LanePool::new_batch(std::vector<Delivery> deliveries) {
  auto batch = std::make_unique<Batch>();
  batch->id = next_batch_id_++;
  batch->started_mono_us = deps_.clock.monotonic_us();
  batch->deadline_us = deps_.clock.now_us() + kBatchDeadlineUs;
  batch->work = std::make_unique<dlrgw_uow>(deps_.pool, deps_.clock, batch->started_mono_us + kBatchDeadlineUs, true);
  fill_batch(*batch, std::move(deliveries));
  return batch;
}

void LanePool::run_group(const std::stop_token& stop, std::uint32_t lane, TakePlan& take) {
  Group group = take.next();
  const std::shared_ptr<Snapshot> snapshot = deps_.snapshots.get();
  const LaneInstances& instances = snapshot->lanes[lane];
  const RunDeps deps = run_deps();
  const std::unique_ptr<Batch> batch = new_batch(std::move(group.deliveries));
  if (!std::exchange(group.told, true)) tell_received(*batch);
  auto failure = run_batch(*batch, *snapshot, instances, deps);
  if (!failure) {
    last_commit_us_ = deps_.clock.monotonic_us();
    take.committed(sequences(*batch), got_through(batch->work->unit.executions(), stages_of(*batch, *snapshot)));
    BatchTrace trace(*batch, *snapshot, deps);
    settle(*batch, *snapshot, instances, deps_.intake, deps);
    trace.settled();
    return;
  }
  if (failure->stage.empty()) failure->stage = "commit";
  if (batch->receipts.size() == 1) {
    const dlrgw_str& id = batch->receipts.front().view().message_id;
    if (id.len != 0) group.message_id.assign(id.ptr, id.len);
  }
  group.deliveries = take_deliveries(*batch);
  group.began_us = batch->started_mono_us;
  ++group.runs;
  report(*failure, group.deliveries.size(), group.runs);
  carry_out(stop, take.failed(std::move(group), *failure, surroundings(stop)), *failure, *snapshot, instances);
}

Surroundings LanePool::surroundings(const std::stop_token& stop) const {
  return {.last_commit_us = last_commit_us_,
          .now_us = deps_.clock.monotonic_us(),
          .stopping = stop.stop_requested(),
          .dice = next_batch_id_};
}

void LanePool::carry_out(const std::stop_token& stop, LaneTasks tasks, const BatchFailure& failure,
                         const Snapshot& snapshot, const LaneInstances& instances) {
  if (tasks.server_lost) deps_.dependency_lost(failure.dependency, failure.text);
  if (tasks.hold) deps_.work_blocked(failure.dependency, failure.text);
  for (LaneTask& task : tasks.tasks) {
    switch (task.kind) {
      case LaneTask::Kind::kPause:
        wait(stop, task.delay_ms);
        break;
      case LaneTask::Kind::kGiveBack:
        give_back(std::move(task.deliveries));
        break;
      case LaneTask::Kind::kWait:
        park_uncounted(std::move(task.deliveries), task.delay_ms);
        break;
      case LaneTask::Kind::kRetryEach:
      case LaneTask::Kind::kReject:
      case LaneTask::Kind::kPutAway:
        settle_by_host(std::move(task), failure, snapshot, instances);
        break;
    }
  }
}

// Settles the task's receipts with a verdict of the host's own. If even that cannot be stored, they come again.
void LanePool::settle_by_host(LaneTask task, const BatchFailure& failure, const Snapshot& snapshot,
                              const LaneInstances& instances) {
  const auto verdict = [&](const Receipt& receipt) {
    if (task.kind == LaneTask::Kind::kReject) return reject_for(failure);
    if (task.kind == LaneTask::Kind::kPutAway) return put_away_for(failure);
    return retry_for(failure, receipt.delivery().retries.of(failure.stage));
  };
  const RunDeps deps = run_deps();
  const std::unique_ptr<Batch> batch = new_batch(std::move(task.deliveries));
  if (const auto again = settle_alike(*batch, snapshot, deps, verdict, {failure.text, task.message_id})) {
    if (again->kind == FailureKind::kUnavailable) deps_.dependency_lost(again->dependency, again->text);
    give_back(take_deliveries(*batch));
    return;
  }
  if (task.kind == LaneTask::Kind::kPutAway) {
    for (const Receipt& receipt : batch->receipts) deps_.waiting.leave(receipt.delivery().stream_seq);
    deps_.put_away();
  }
  settle(*batch, snapshot, instances, deps_.intake, deps);
}

void LanePool::park_uncounted(std::vector<Delivery> deliveries, std::uint32_t delay_ms) {
  for (Delivery& delivery : deliveries) {
    delivery.waited_us += std::int64_t{delay_ms} * 1000;
    deps_.intake.park(std::move(delivery), delay_ms);
  }
}

void LanePool::tell_received(const Batch& batch) {
  if (!deps_.logger.enabled(Level::kDebug)) return;
  for (const Receipt& receipt : batch.receipts) {
    if (receipt.delivery().waited_us != 0) continue;  // logged as received before it waited
    deps_.logger.emit(Level::kDebug, "dlr.received",
                      {{"eventId", receipt.inbound().event_id},
                       {"operatorId", receipt.inbound().operator_id},
                       {"streamSequence", static_cast<std::int64_t>(receipt.delivery().stream_seq)},
                       {"deliveries", std::int64_t{receipt.delivery().delivery_count}}},
                      receipt.trace());
  }
}

// Nothing is counted and nothing is lost: the server delivers these again.
void LanePool::give_back(std::vector<Delivery> deliveries) {
  for (Delivery& delivery : deliveries) {
    delivery.retries = {};
    deps_.intake.nak(std::move(delivery), kGiveBackDelayMs);
  }
}

void LanePool::report(const BatchFailure& failure, std::size_t size, std::uint32_t runs) {
  if (!failure.dependency.empty()) {
    deps_.metrics.dependency_error(failure.dependency);
  } else {
    deps_.metrics.plugin_error(failure.plugin.empty() ? "host" : failure.plugin, to_string(failure.kind));
  }
  const auto left_out =
      failure_limit_.admit(failure.stage + '/' + std::string(to_string(failure.kind)), deps_.clock.monotonic_us());
  if (!left_out) return;
  deps_.logger.emit(Level::kError, "dlr.processing_failed",
                    {{"kind", to_string(failure.kind)},
                     {"stage", failure.stage},
                     {"plugin", failure.plugin},
                     {"receipts", static_cast<std::int64_t>(size)},
                     {"run", static_cast<std::int64_t>(runs)},
                     {"linesLeftOut", static_cast<std::int64_t>(*left_out)},
                     {"reason", failure.text}});
}

void LanePool::wait(const std::stop_token& stop, std::uint32_t delay_ms) {
  MutexLock lock(wait_mutex_);
  wake_.wait_for(lock, stop, std::chrono::milliseconds(delay_ms), [&] { return stop.stop_requested(); });
}

}  // namespace dlrgw::host
