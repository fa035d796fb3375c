// SPDX-License-Identifier: Apache-2.0
// The lanes: ten threads by default, each with its own stage instances; a few take batches at a time, all of them when
// batches are slow. A lane takes what waits, runs it through the current snapshot and settles it; the take plan decides
// about groups that fail. Owned by the gateway and called on its thread, except what is marked [any].
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/intake.hpp"
#include "pipeline/run_batch.hpp"
#include "pipeline/suspects.hpp"
#include "pipeline/take_plan.hpp"
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
  WaitingRoom& waiting;
  std::uint32_t max_retries;
  // A dependency failed under a batch: stop the intake and probe until it answers. [any]
  std::function<void(const std::string& dependency, const std::string& text)> dependency_lost;
  // Every server is up and yet no batch gets through: hold the intake until goes_on(). [any]
  std::function<void(const std::string& dependency, const std::string& text)> work_blocked;
  // A receipt was put away: wake the job that puts it through later. [any]
  std::function<void()> put_away;
  // A thread hangs in the lane's instances of this snapshot: give the lane others, if that snapshot still runs.
  std::function<Status(std::uint32_t lane, const std::shared_ptr<Snapshot>& snapshot)> renew_lane{};
  std::uint32_t replacements = 0;  // of threads that hang
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
  // [any] The thread of this lane hangs in this call of a plugin: it is given up with what it carries, and replaced as
  // long as there are replacements. False: it has come back.
  bool give_up(std::uint32_t lane, std::uint64_t call, const BatchFailure& why);
  // [any] False: every lane hangs for good. True before the start.
  [[nodiscard]] bool any_left() const { return seated_ != 0; }
  // [any] Threads that were given up and have not come back: while there is one, nothing of this may be destroyed.
  [[nodiscard]] std::uint32_t lost_inside() const { return lost_inside_; }
  // [any] How long the slowest lane has been at its present run of a batch, in microseconds; 0 when all are idle.
  [[nodiscard]] std::int64_t longest_run_us() const;
  // [any] Whether every trouble reported by work_blocked is over, because a batch got past it.
  [[nodiscard]] bool goes_on() const { return trouble_.is_over(); }
  // [any] Of the latest batch that was committed, monotonic; 0 = none yet.
  [[nodiscard]] std::int64_t last_commit_us() const { return last_commit_us_; }

 private:
  void work(const std::stop_token& stop, std::uint32_t lane);
  // hung_in: the snapshot in whose instances of this lane another thread hangs.
  void seat(std::uint32_t lane, std::shared_ptr<Snapshot> hung_in) DLRGW_REQUIRES(seats_mutex_);
  void leave(std::uint32_t lane);
  void reject_culprits(std::vector<Delivery>& deliveries, std::uint32_t lane);
  void forget_suspects(const Batch& batch);
  void run_group(const std::stop_token& stop, std::uint32_t lane, TakePlan& take);
  [[nodiscard]] Surroundings surroundings(const std::stop_token& stop) const;
  void carry_out(const std::stop_token& stop, LaneTasks tasks, const BatchFailure& failure, const Snapshot& snapshot,
                 const LaneInstances& instances);
  void settle_by_host(LaneTask task, const BatchFailure& failure, const Snapshot& snapshot,
                      const LaneInstances& instances);
  void tell_received(const Batch& batch);
  void give_back(std::vector<Delivery> deliveries);
  void park_uncounted(std::vector<Delivery> deliveries, std::uint32_t delay_ms);
  void report(const BatchFailure& failure, std::size_t size, std::uint32_t runs);
  void wait(const std::stop_token& stop, std::uint32_t delay_ms);
  [[nodiscard]] std::unique_ptr<Batch> new_batch(std::vector<Delivery> deliveries);
  [[nodiscard]] RunDeps run_deps() const;

  LaneDeps deps_;
  std::uint32_t count_;
  Turns turns_;
  struct Seat {
    std::jthread thread;  // not joinable: given up and not replaced
    bool ended = false;
  };
  // What a lane's thread carries: written by it while it is in no plugin, read by who gives it up while it is in one.
  struct Carried {
    const Batch* batch = nullptr;
    const std::shared_ptr<Snapshot>* snapshot = nullptr;
  };
  class Carrying;
  Mutex seats_mutex_;
  std::condition_variable_any seat_ended_;
  std::vector<Seat> seats_ DLRGW_GUARDED_BY(seats_mutex_);  // by lane
  std::uint32_t lost_ DLRGW_GUARDED_BY(seats_mutex_) = 0;   // so far
  bool stopping_ DLRGW_GUARDED_BY(seats_mutex_) = false;
  std::vector<Carried> carried_;               // by lane
  std::atomic<std::uint32_t> seated_{count_};  // lanes with a thread that works, or that is yet to be started
  std::atomic<std::uint32_t> lost_inside_{0};
  Suspects suspects_;
  std::atomic<std::uint32_t> busy_{0};
  std::vector<std::atomic<std::int64_t>> run_since_us_;  // per lane, monotonic; 0 while it carries nothing
  std::atomic<std::int64_t> last_commit_us_{0};          // monotonic, of any lane
  CommonTrouble trouble_;
  std::atomic<std::uint64_t> next_batch_id_{1};
  LogLimit failure_limit_;
  Mutex wait_mutex_;
  std::condition_variable_any wake_;
};

}  // namespace dlrgw::host
