// SPDX-License-Identifier: Apache-2.0
#include "pipeline/lane.hpp"

#include <algorithm>
#include <utility>

#include "boundary/call_watch.hpp"
#include "pipeline/batch_rules.hpp"
#include "pipeline/batch_trace.hpp"
#include "pipeline/settle.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

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

// "stage check", "quirk acme"; null for a sink.
Breaker* breaker_of(const Snapshot& snapshot, std::string_view cause) {
  for (const StageSlot& slot : snapshot.stages)
    if (cause_of_stage(slot.name) == cause) return slot.breaker.get();
  for (const QuirkSlot& slot : snapshot.quirks)
    if ("quirk " + slot.name == cause) return slot.breaker.get();
  return nullptr;
}

}  // namespace

// What give_up() finds: set while the lane works on a batch, by its thread.
class LanePool::Carrying {
 public:
  Carrying(Carried& of_lane, const Batch& batch, const std::shared_ptr<Snapshot>& snapshot) : of_lane_(of_lane) {
    of_lane_ = {&batch, &snapshot};
  }
  ~Carrying() {
    if (this_thread_is_abandoned()) return;  // the lane is another's
    of_lane_ = {};
  }
  Carrying(const Carrying&) = delete;
  Carrying& operator=(const Carrying&) = delete;

 private:
  Carried& of_lane_;
};

LanePool::LanePool(LaneDeps deps, std::uint32_t count, std::uint32_t at_once)
    : deps_(std::move(deps)),
      count_(count),
      turns_(deps_.clock, count, at_once),
      carried_(count),
      run_since_us_(count) {}

LanePool::~LanePool() { stop(); }

void LanePool::start() {
  const MutexLock lock(seats_mutex_);
  seats_.resize(count_);
  for (std::uint32_t lane = 0; lane < count_; ++lane) seat(lane, nullptr);
}

void LanePool::seat(std::uint32_t lane, std::shared_ptr<Snapshot> hung_in) {
  seats_[lane].ended = false;
  seats_[lane].thread = std::jthread([this, lane, hung = std::move(hung_in)](const std::stop_token& stop) mutable {
    name_thread("lane " + std::to_string(lane));
    const Status renewed = hung ? deps_.renew_lane(lane, hung) : Status();
    hung.reset();
    if (renewed) {
      work(stop, lane);
    } else {
      --seated_;
      deps_.logger.emit(Level::kError, "dlr.plugin.failed",
                        {{"lane", std::int64_t{lane}}, {"reason", renewed.error().text}});
    }
    leave(lane);
  });
}

// The last step of a lane's thread, of one that was given up and came back after all too.
void LanePool::leave(std::uint32_t lane) {
  const MutexLock lock(seats_mutex_);
  if (this_thread_is_abandoned()) {
    deps_.metrics.lanes_lost(--lost_inside_);
    deps_.pool.take_back_one();
    return;
  }
  seats_[lane].ended = true;
  seat_ended_.notify_all();
}

// One that hangs is waited for until it is given up.
void LanePool::stop() {
  MutexLock lock(seats_mutex_);
  stopping_ = true;
  for (Seat& seat : seats_) seat.thread.request_stop();
  for (Seat& seat : seats_) {
    seat_ended_.wait(lock, [&]() DLRGW_REQUIRES(seats_mutex_) { return seat.ended || !seat.thread.joinable(); });
    if (seat.thread.joinable()) seat.thread.join();
  }
}

bool LanePool::give_up(std::uint32_t lane, std::uint64_t call, const BatchFailure& why) {
  const MutexLock lock(seats_mutex_);
  if (lane >= seats_.size()) return false;
  std::vector<SuspectId> suspects;
  std::shared_ptr<Snapshot> hung_in;
  const bool given_up = abandon_call(call, [&] {
    const Carried carried = std::exchange(carried_[lane], {});
    hung_in = carried.snapshot == nullptr ? deps_.snapshots.get() : *carried.snapshot;
    if (carried.batch == nullptr) return;
    for (const Receipt& receipt : carried.batch->receipts) suspects.push_back(suspect_id(receipt.delivery()));
  });
  if (!given_up) return false;
  suspects_.hung(suspects, why);
  if (Breaker* breaker = breaker_of(*hung_in, why.cause)) breaker->stalled(deps_.clock.monotonic_us(), why.text);
  seats_[lane].thread.detach();
  seats_[lane].thread = {};
  --seated_;
  run_since_us_[lane] = 0;
  deps_.metrics.lanes_busy(--busy_);
  deps_.metrics.lanes_lost(++lost_inside_);
  deps_.pool.replace_one();
  if (++lost_ <= deps_.replacements && !stopping_) {
    ++seated_;
    seat(lane, std::move(hung_in));
  }
  seat_ended_.notify_all();
  return true;
}

// Those that hung once more although they ran alone: they are not tried again.
void LanePool::reject_culprits(std::vector<Delivery>& deliveries, std::uint32_t lane) {
  if (suspects_.empty()) return;
  const auto rest = std::stable_partition(deliveries.begin(), deliveries.end(),
                                          [&](const Delivery& d) { return !suspects_.culprit(suspect_id(d)); });
  std::vector<Delivery> culprits(std::make_move_iterator(rest), std::make_move_iterator(deliveries.end()));
  deliveries.erase(rest, deliveries.end());
  const std::shared_ptr<Snapshot> snapshot = deps_.snapshots.get();
  for (Delivery& one : culprits) {
    const BatchFailure why = *suspects_.culprit(suspect_id(one));
    LaneTask task;
    task.kind = LaneTask::Kind::kReject;
    task.deliveries.push_back(std::move(one));
    report(why, 1, 2);
    settle_by_host(std::move(task), why, *snapshot, *snapshot->lanes[lane]);
  }
}

std::int64_t LanePool::longest_run_us() const {
  std::int64_t since = 0;
  for (const std::atomic<std::int64_t>& begun : run_since_us_) {
    const std::int64_t at = begun.load();
    if (at != 0 && (since == 0 || at < since)) since = at;
  }
  return since == 0 ? 0 : deps_.clock.monotonic_us() - since;
}

void LanePool::work(const std::stop_token& stop, std::uint32_t lane) {
  while (!stop.stop_requested()) {
    turns_.await(stop, lane);
    std::vector<Delivery> deliveries = deps_.intake.take(stop);
    if (deliveries.empty()) continue;
    turns_.begin(lane);
    deps_.metrics.lanes_busy(++busy_);
    reject_culprits(deliveries, lane);
    TakePlan take(std::move(deliveries), deps_.waiting, trouble_,
                  [this](const Delivery& d) { return suspects_.knows(suspect_id(d)); });
    while (!take.done()) {
      run_since_us_[lane] = deps_.clock.monotonic_us();
      run_group(stop, lane, take);
      // Whatever it carries comes again by itself; its seat is another's.
      if (this_thread_is_abandoned()) return;
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
  batch->open(deps_.pool, deps_.clock, kBatchDeadline);
  fill_batch(*batch, std::move(deliveries));
  return batch;
}

// One that waits has perhaps not been where it hung.
void LanePool::forget_suspects(const Batch& batch) {
  if (suspects_.empty()) return;
  for (const Receipt& receipt : batch.receipts)
    if (receipt.verdict.action != Verdict::Action::kRetry) suspects_.forget(suspect_id(receipt.delivery()));
}

void LanePool::run_group(const std::stop_token& stop, std::uint32_t lane, TakePlan& take) {
  Group group = take.next();
  const std::shared_ptr<Snapshot> snapshot = deps_.snapshots.get();
  const LaneInstances& instances = *snapshot->lanes[lane];
  const RunDeps deps = run_deps();
  const std::unique_ptr<Batch> batch = new_batch(std::move(group.deliveries));
  const Carrying carrying(carried_[lane], *batch, snapshot);
  if (!std::exchange(group.told, true)) tell_received(*batch);
  auto failure = run_batch(*batch, *snapshot, instances, deps);
  if (failure && this_thread_is_abandoned()) return;
  if (!failure) {
    forget_suspects(*batch);
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
