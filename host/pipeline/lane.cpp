// SPDX-License-Identifier: Apache-2.0
#include "pipeline/lane.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/settle.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kBatchDeadlineUs = std::chrono::microseconds(kBatchDeadline).count();
constexpr std::uint32_t kGiveBackDelayMs = 1'000;
// Beyond a lock's time-out, so that who is blocked leaves the lanes to others.
constexpr std::uint32_t kBlockedMs = 8'000;

}  // namespace

LanePool::LanePool(LaneDeps deps, std::uint32_t count, std::uint32_t at_once)
    : deps_(std::move(deps)), count_(count), turns_(deps_.clock, count, at_once), run_since_us_(count) {}

LanePool::~LanePool() { stop(); }

void LanePool::start() {
  threads_.reserve(count_);
  for (std::uint32_t lane = 0; lane < count_; ++lane) {
    threads_.emplace_back([this, lane](std::stop_token stop) { work(std::move(stop), lane); });
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
    Take take;
    take.groups.push_back({std::move(deliveries), 0, 0, false});
    while (!take.groups.empty()) {
      run_since_us_[lane] = deps_.clock.monotonic_us();
      run_group(stop, lane, take);
    }
    run_since_us_[lane] = 0;
    deps_.metrics.lanes_busy(--busy_);
  }
}

RunDeps LanePool::run_deps() const {
  return {deps_.clock, deps_.logger,         deps_.metrics,      deps_.metrics_registry,
          deps_.pool,  deps_.insert_invalid, deps_.ingest_stats, deps_.max_retries};
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

void LanePool::run_group(std::stop_token stop, std::uint32_t lane, Take& take) {
  Group group = std::move(take.groups.back());
  take.groups.pop_back();
  const std::shared_ptr<Snapshot> snapshot = deps_.snapshots.get();
  const LaneInstances& instances = snapshot->lanes[lane];
  const RunDeps deps = run_deps();
  const std::unique_ptr<Batch> batch = new_batch(std::move(group.deliveries));
  if (!std::exchange(group.told, true)) tell_received(*batch);
  if (auto failure = run_batch(*batch, *snapshot, instances, deps)) {
    group.deliveries = take_deliveries(*batch);
    group.began_us = batch->started_mono_us;
    ++group.runs;
    replay(stop, std::move(group), *snapshot, instances, take, std::move(*failure));
    return;
  }
  last_commit_us_ = deps_.clock.monotonic_us();
  take.serves = take.serves || take.timeouts != 0;
  take.timeouts = 0;
  settle(*batch, *snapshot, instances, deps_.intake, deps);
}

void LanePool::replay(std::stop_token stop, Group group, const Snapshot& snapshot, const LaneInstances& lane,
                      Take& take, BatchFailure failure) {
  if (failure.stage.empty()) failure.stage = "commit";
  report(failure, group.deliveries.size(), group.runs);
  const std::size_t size = group.deliveries.size();
  const ReplayStep step = failure.kind == FailureKind::kTimeout ? after_timeout(stop, group, take, failure)
                                                                : plan_replay(failure.kind, size, group.runs);
  switch (step.action) {
    case ReplayStep::Action::kRunAgain:
      wait(stop, step.delay_ms);
      take.groups.push_back(std::move(group));
      return;
    case ReplayStep::Action::kSplit:
      split(std::move(group), size / 2, take);
      return;
    case ReplayStep::Action::kTryOne:
      // Another one each time: the one that everybody waits for may be among them.
      std::swap(group.deliveries.front(), group.deliveries[next_batch_id_ % size]);
      split(std::move(group), 1, take);
      return;
    case ReplayStep::Action::kGiveBack:
      give_back(std::move(group.deliveries), failure);
      return;
    case ReplayStep::Action::kHold:
      failure.dependency.clear();  // told already, and not as lost
      give_back(std::move(group.deliveries), failure);
      for (Group& other : take.groups) give_back(std::move(other.deliveries), failure);
      take.groups.clear();
      return;
    case ReplayStep::Action::kPark:
      park_uncounted(std::move(group.deliveries));
      return;
    case ReplayStep::Action::kRetryEach:
    case ReplayStep::Action::kReject: {
      const RunDeps deps = run_deps();
      const std::unique_ptr<Batch> batch = new_batch(std::move(group.deliveries));
      const auto again = step.action == ReplayStep::Action::kReject ? reject_batch(*batch, snapshot, deps, failure)
                                                                    : retry_batch(*batch, snapshot, deps, failure);
      if (again) {
        give_back(take_deliveries(*batch), *again);
      } else {
        settle(*batch, snapshot, lane, deps_.intake, deps);
      }
      return;
    }
  }
}

// The first `first` run before the others.
void LanePool::split(Group group, std::size_t first, Take& take) {
  const auto middle = group.deliveries.begin() + static_cast<std::ptrdiff_t>(first);
  Group second{{std::make_move_iterator(middle), std::make_move_iterator(group.deliveries.end())}, 0, 0, true};
  group.deliveries.erase(middle, group.deliveries.end());
  group.runs = 0;
  take.groups.push_back(std::move(second));
  take.groups.push_back(std::move(group));
}

ReplayStep LanePool::after_timeout(const std::stop_token& stop, const Group& group, Take& take,
                                   const BatchFailure& failure) {
  const bool others_commit = take.serves || last_commit_us_ > group.began_us;
  ++take.timeouts;
  if (!others_commit) {
    last_blocked_us_ = deps_.clock.monotonic_us();
    deps_.work_blocked(failure.text);
  }
  if (stop.stop_requested()) return {ReplayStep::Action::kHold, 0};  // the shutdown waits for nobody's lock
  return plan_timeout({group.deliveries.size(), others_commit, failure.others_hold, take.timeouts});
}

void LanePool::park_uncounted(std::vector<Delivery> deliveries) {
  for (Delivery& delivery : deliveries) {
    delivery.waited_us += std::int64_t{kBlockedMs} * 1000;
    deps_.intake.park(std::move(delivery), kBlockedMs);
  }
}

void LanePool::tell_received(const Batch& batch) {
  if (!deps_.logger.enabled(Level::kDebug)) return;
  for (const Receipt& receipt : batch.receipts) {
    if (receipt.delivery().waited_us != 0) continue;  // told before it waited
    deps_.logger.emit(Level::kDebug, "dlr.received",
                      {{"eventId", receipt.inbound().event_id},
                       {"operatorId", receipt.inbound().operator_id},
                       {"streamSequence", static_cast<std::int64_t>(receipt.delivery().stream_seq)},
                       {"deliveries", std::int64_t{receipt.delivery().delivery_count}}},
                      receipt.trace());
  }
}

// Nothing is counted and nothing is lost: the server delivers these again.
void LanePool::give_back(std::vector<Delivery> deliveries, const BatchFailure& failure) {
  if (!failure.dependency.empty()) deps_.dependency_lost(failure.dependency, failure.text);
  for (Delivery& delivery : deliveries) {
    delivery.retries = {};
    deps_.intake.nak(std::move(delivery), kGiveBackDelayMs);
  }
}

void LanePool::report(const BatchFailure& failure, std::size_t size, std::uint32_t runs) {
  if (failure.kind == FailureKind::kUnavailable || failure.kind == FailureKind::kTimeout) {
    deps_.metrics.dependency_error(failure.dependency.empty() ? "unknown" : failure.dependency);
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

void LanePool::wait(std::stop_token stop, std::uint32_t delay_ms) {
  std::unique_lock lock(wait_mutex_);
  wake_.wait_for(lock, stop, std::chrono::milliseconds(delay_ms), [&] { return stop.stop_requested(); });
}

}  // namespace dlrgw::host
