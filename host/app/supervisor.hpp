// SPDX-License-Identifier: Apache-2.0
// Watches the dependencies: probes PostgreSQL and the relay's sessions, holds the intake while it is away and lets it
// go on when it answers, answers /ready, and refreshes the gauges of the consumer. One thread of its own.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "boundary/health_registry.hpp"
#include "http/builtin_routes.hpp"
#include "intake/intake.hpp"
#include "pipeline/host_metrics.hpp"
#include "storage/advisory_lock.hpp"
#include "storage/pool.hpp"

namespace dlrgw::host {

struct SupervisorDeps {
  Logger& logger;
  HostMetrics& metrics;
  HealthRegistry& health;
  Intake& intake;
  Pool& pool;   // "svc"
  Pool& relay;  // without its sessions no event leaves, however well the rest works
  LeaderLock& replica_lock;
  std::string replica;                   // for messages
  std::function<void()> tick;            // each round of the thread, at least every few seconds
  std::function<Status()> check_schema;  // whether the database fits what runs; asked before the intake goes on
  std::function<bool()> work_goes_on;    // a batch was committed after the last one that was blocked
  std::function<std::chrono::microseconds()> since_commit;  // since a batch was committed, or since the start
  std::function<bool()> at_work;                            // a lane carries receipts
};

class Supervisor {
 public:
  explicit Supervisor(SupervisorDeps deps);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void start();
  void stop();
  // [any] a batch found the dependency away.
  void dependency_lost(const std::string& dependency, const std::string& text);
  // [any] everything answers and no batch gets through `dependency`: locked tables, a renamed column, a stage that says
  // that it cannot work.
  void work_blocked(const std::string& dependency, const std::string& text);
  void draining() { draining_ = true; }
  // [any]
  [[nodiscard]] std::vector<ReadyCheck> ready() const;

 private:
  void run();
  void tell_gauges();
  void check_database();
  void check_relay();
  void set_database(bool up, const std::string& text);
  [[nodiscard]] bool was_up();
  [[nodiscard]] bool still_blocked();
  [[nodiscard]] bool blocked();
  void check_progress();

  SupervisorDeps deps_;
  std::atomic<bool> draining_{false};
  std::mutex mutex_;  // guards stopping_ and probe_now_
  std::condition_variable changed_;
  bool stopping_ = false;
  bool probe_now_ = false;
  std::mutex database_mutex_;                           // guards database_up_: a report and a recovery must not cross
  std::optional<bool> database_up_;                     // empty: not looked at yet
  std::chrono::steady_clock::time_point recovered_at_;  // guarded by database_mutex_
  std::atomic<int> relapses_{0};
  std::mutex blocked_mutex_;                                         // guards blocked_at_
  std::optional<std::chrono::steady_clock::time_point> blocked_at_;  // empty: batches get through
  std::string blocked_by_;                                           // guarded by blocked_mutex_
  std::string last_trouble_;                                         // guarded by blocked_mutex_
  std::chrono::steady_clock::time_point progress_at_{};              // only check_progress() uses it
  int relay_round_ = 0;                                              // only check_relay() uses these two
  bool relay_up_ = true;
  bool overflow_told_ = false;  // only tell_gauges() uses it
  std::set<std::string> told_;  // dependencies with a series; only tell_gauges() uses it
  std::thread thread_;
};

}  // namespace dlrgw::host
