// SPDX-License-Identifier: Apache-2.0
// Watches the dependencies: probes PostgreSQL and the relay's sessions, holds the intake while PostgreSQL is away,
// resumes it when PostgreSQL answers, answers /ready, and refreshes the gauges of the consumer. Owned by the gateway;
// it runs one thread of its own.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "app/watches.hpp"
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
  // [any] every server answers, and yet no batch gets past `dependency`: locked tables, a renamed column, a stage that
  // says it cannot work.
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
  [[nodiscard]] std::chrono::milliseconds pause_before_probe();
  [[nodiscard]] bool still_blocked();
  [[nodiscard]] bool blocked();
  void check_progress();

  SupervisorDeps deps_;
  std::atomic<bool> draining_{false};
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  bool probe_now_ DLRGW_GUARDED_BY(mutex_) = false;
  Mutex database_mutex_;  // also keeps a report and a recovery from crossing
  DatabaseWatch database_ DLRGW_GUARDED_BY(database_mutex_);
  Mutex blocked_mutex_;
  BlockedWatch blocked_ DLRGW_GUARDED_BY(blocked_mutex_);
  ProgressWatch progress_;  // only check_progress() uses it
  int relay_round_ = 0;     // only check_relay() uses these two
  bool relay_up_ = true;
  bool overflow_told_ = false;  // only tell_gauges() uses it
  std::set<std::string> told_;  // dependencies with a series; only tell_gauges() uses it
  std::thread thread_;
};

}  // namespace dlrgw::host
