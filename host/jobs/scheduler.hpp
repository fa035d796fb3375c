// Runs the jobs of one snapshot, one thread each; a singleton only while this host holds its advisory lock. Built with
// the snapshot, started after it is in use, stopped before it is destroyed.
#pragma once
#include <dlrgw/abi/job.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "jobs/schedule.hpp"
#include "pipeline/host_metrics.hpp"
#include "storage/advisory_lock.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

struct JobSlot {
  std::string name;
  std::string plugin;
  Schedule schedule;
  std::string schedule_text;
  bool singleton = false;
  dlrgw_job_class table{};
  void* user = nullptr;
};

struct JobStatus {
  std::string name, plugin, schedule;
  bool singleton = false;
  bool running = false;  // on this host
  std::uint64_t runs = 0;
  std::int64_t last_started_us = 0;  // 0 = never
  std::int64_t last_ended_us = 0;
  std::string last_error;  // of the last run; empty = it went well
};

struct SchedulerDeps {
  const Clock& clock;
  Logger& logger;
  HostMetrics& metrics;
  PoolConfig lock_connection;  // where the advisory locks of singletons are held
};

class Scheduler {
 public:
  Scheduler(SchedulerDeps deps, std::vector<JobSlot> jobs);
  ~Scheduler();  // stops
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void start();
  // Asks every job to stop and waits for it.
  void stop();
  // [any] Ends the wait of the job, or makes its next wait return at once. Unknown names are ignored.
  void wake(std::string_view name);
  // [any] Starts the job without waiting for its schedule; a singleton still needs its lock. kNotFound; kTransient: it
  // runs already.
  Status run_now(std::string_view name);
  [[nodiscard]] std::vector<JobStatus> status() const;
  // True on the thread of a job: it cannot wait for its own end.
  static bool inside_job();

 private:
  class Runner;
  const SchedulerDeps deps_;
  std::vector<std::unique_ptr<Runner>> runners_;
};

}  // namespace dlrgw::host
