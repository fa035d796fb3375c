// SPDX-License-Identifier: Apache-2.0
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
  // The database answers and no batch gets through it. [any]
  std::function<void(const std::string& text)> work_blocked;
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
  // [any] A batch was committed after the last one that was told as blocked.
  [[nodiscard]] bool goes_on() const { return last_commit_us_ > last_blocked_us_; }

 private:
  struct Group {
    std::vector<Delivery> deliveries;
    std::uint32_t runs = 0;
    std::int64_t began_us = 0;  // its last run, monotonic
    bool told = false;          // that they were received
  };
  // What a lane took at once, until all of it is settled or given back.
  struct Take {
    std::vector<Group> groups;   // the next one last
    std::uint32_t timeouts = 0;  // in a row
    bool serves = false;         // a group was committed after another had timed out
  };
  void work(std::stop_token stop, std::uint32_t lane);
  void run_group(std::stop_token stop, std::uint32_t lane, Take& take);
  void replay(std::stop_token stop, Group group, const Snapshot& snapshot, const LaneInstances& lane, Take& take,
              BatchFailure failure);
  [[nodiscard]] ReplayStep after_timeout(const std::stop_token& stop, const Group& group, Take& take,
                                         const BatchFailure& failure);
  static void split(Group group, std::size_t first, Take& take);
  void tell_received(const Batch& batch);
  void give_back(std::vector<Delivery> deliveries, const BatchFailure& failure);
  void park_uncounted(std::vector<Delivery> deliveries);
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
  std::atomic<std::int64_t> last_commit_us_{0};          // monotonic, of any lane
  std::atomic<std::int64_t> last_blocked_us_{0};
  std::atomic<std::uint64_t> next_batch_id_{1};
  LogLimit failure_limit_;
  std::mutex wait_mutex_;
  std::condition_variable_any wake_;
};

}  // namespace dlrgw::host
