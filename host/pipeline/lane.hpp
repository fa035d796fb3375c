// Workers, ten by default, each with its own stage instances; a few of them at a time take batches, all of them when
// batches are slow. A lane takes what is waiting, runs it through the current snapshot,
// and settles it; a group that fails is replayed, split or given back as the replay plan says.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "intake/intake.hpp"
#include "pipeline/run_batch.hpp"
#include "pipeline/turns.hpp"
#include "telemetry/log_limit.hpp"

namespace dlrgw::host {

// The current snapshot; swapped whole, read once per batch.
class SnapshotHolder {
 public:
  std::shared_ptr<Snapshot> get() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  std::shared_ptr<Snapshot> swap(std::shared_ptr<Snapshot> next) {
    const std::lock_guard lock(mutex_);
    snapshot_.swap(next);
    return next;
  }

 private:
  mutable std::mutex mutex_;  // guards snapshot_
  std::shared_ptr<Snapshot> snapshot_;
};

struct LaneDeps {
  const Clock& clock;
  Logger& logger;
  HostMetrics& metrics;
  Metrics& metrics_registry;
  Pool& pool;
  const Statement& insert_invalid;
  Intake& intake;
  SnapshotHolder& snapshots;
  IngestStats& ingest_stats;
  std::uint32_t max_retries;
  // A dependency failed under a batch: stop the intake and probe until it answers. [any]
  std::function<void(const std::string& dependency, const std::string& text)> dependency_lost;
};

class LanePool {
 public:
  // `at_once`: lanes that take batches at a time, as Turns says.
  LanePool(LaneDeps deps, std::uint32_t count, std::uint32_t at_once);
  ~LanePool();  // stop() first: lanes finish the batch they carry
  LanePool(const LanePool&) = delete;
  LanePool& operator=(const LanePool&) = delete;

  void start();
  // Asks all lanes to end after their current batch and waits for them.
  void stop();
  [[nodiscard]] std::uint32_t busy() const { return busy_.load(); }
  // [any] How long the slowest lane has been at its present run of a batch, in microseconds; 0 when all are idle.
  [[nodiscard]] std::int64_t longest_run_us() const;

 private:
  struct Group {
    std::vector<Delivery> deliveries;
    std::uint32_t runs = 0;
    bool told = false;  // that they were received
  };
  void work(std::stop_token stop, std::uint32_t lane);
  void run_group(std::stop_token stop, std::uint32_t lane, std::vector<Group>& groups);
  void replay(std::stop_token stop, Group group, const Snapshot& snapshot, const LaneInstances& lane,
              std::vector<Group>& groups, BatchFailure failure);
  void tell_received(const Batch& batch);
  void give_back(std::vector<Delivery> deliveries, const BatchFailure& failure);
  void report(const BatchFailure& failure, std::size_t size, std::uint32_t runs);
  void wait(std::stop_token stop, std::uint32_t delay_ms);
  [[nodiscard]] std::unique_ptr<Batch> new_batch(std::vector<Delivery> deliveries);
  [[nodiscard]] RunDeps run_deps() const;

  LaneDeps deps_;
  std::uint32_t count_;
  Turns turns_;
  std::vector<std::jthread> threads_;
  std::atomic<std::uint32_t> busy_{0};
  std::vector<std::atomic<std::int64_t>> run_since_us_;  // per lane, monotonic; 0 while it carries nothing
  std::atomic<std::uint64_t> next_batch_id_{1};
  LogLimit failure_limit_;
  std::mutex wait_mutex_;
  std::condition_variable_any wake_;
};

}  // namespace dlrgw::host
