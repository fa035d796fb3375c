// SPDX-License-Identifier: Apache-2.0
// One job of one snapshot on a thread of its own: its turns, its leadership when it is a singleton, and the results of
// its runs. Owned by its scheduler and by the runner of the next snapshot, which begins only after this one has ended.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <dlrgw/abi/job.h>
#include <dlrgw/cpp/mutex.hpp>

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
  std::string plugin_version{};
};

struct JobStatus {
  std::string name, plugin, schedule;
  bool singleton = false;
  bool leads = false;    // this host runs it: always true without singleton
  bool running = false;  // on this host
  bool waiting = false;  // for the run of an earlier pipeline, which has not ended yet
  std::uint64_t runs = 0;
  std::int64_t last_started_us = 0;  // 0 = never
  std::int64_t last_ended_us = 0;
  std::int64_t next_us = 0;  // 0 = not planned: running, waiting, or another host leads
  std::string last_error;    // of the last run; empty = it went well
};

struct JobDeps {
  const Clock& clock;
  Logger& logger;
  HostMetrics& metrics;
  LockSession& locks;  // where the locks of singletons are held
};

class JobRunner {
 public:
  JobRunner(const JobDeps& deps, JobSlot job);
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;
  ~JobRunner();  // ended, or never started

  [[nodiscard]] const JobSlot& job() const { return job_; }
  // predecessor: the runner of the same job in the snapshot before; may be null.
  void start(std::shared_ptr<const JobRunner> predecessor);
  void request_stop();
  // The thread has nothing left to do, or was never started.
  [[nodiscard]] bool finished() const;
  [[nodiscard]] bool wait_finished(std::chrono::steady_clock::time_point until) const;
  // Finished, and so is every predecessor that it waited for.
  [[nodiscard]] bool ended() const;
  // [any]
  void wake();
  Status run_now();
  [[nodiscard]] JobStatus status() const;

 private:
  enum class Lead { kYes, kOther, kUnknown };
  void run();
  bool wait_for_predecessor();
  bool take_lead();  // false: try again after a while
  void run_once();
  bool call_plugin();
  void plan(std::int64_t wait_us);
  [[nodiscard]] std::int64_t due_us() const;
  void tell_overrun(std::int64_t run_us);
  bool stopping() const;
  std::int32_t should_stop();
  std::int32_t wait(std::uint32_t timeout_ms);
  void pause(std::int64_t us, bool ends_on_request);

  const JobDeps deps_;
  const JobSlot job_;

  // Runner's thread only.
  std::optional<LeaderLock> lock_;
  std::int64_t next_lock_check_us_ = 0;
  bool lost_lead_ = false;
  std::uint32_t failures_ = 0;  // in a row

  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  // Until it has ended, which may be after this one finished.
  std::shared_ptr<const JobRunner> predecessor_ DLRGW_GUARDED_BY(mutex_);
  bool finished_ DLRGW_GUARDED_BY(mutex_) = true;
  bool stopping_ DLRGW_GUARDED_BY(mutex_) = false;
  bool woken_ DLRGW_GUARDED_BY(mutex_) = false;
  bool run_now_ DLRGW_GUARDED_BY(mutex_) = false;
  bool running_ DLRGW_GUARDED_BY(mutex_) = false;
  bool waiting_ DLRGW_GUARDED_BY(mutex_) = false;
  Lead lead_ DLRGW_GUARDED_BY(mutex_) = Lead::kUnknown;
  std::uint64_t runs_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t started_us_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t ended_us_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t due_us_ DLRGW_GUARDED_BY(mutex_) = 0;  // monotonic; written on the runner's thread only
  std::string last_error_ DLRGW_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace dlrgw::host
