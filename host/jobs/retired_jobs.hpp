// SPDX-License-Identifier: Apache-2.0
// Schedulers of earlier pipelines, waited for in the background: a job that ignores its stop is reported and delays no
// swap. Keeps each, with its pipeline, until its last job has returned. Owned by the pipeline manager. Thread-safe.
#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "jobs/scheduler.hpp"

namespace dlrgw::host {

class RetiredJobs {
 public:
  // patience: how long a job may take to return before it is reported.
  RetiredJobs(Logger& logger, HostMetrics& metrics, std::chrono::milliseconds patience);
  ~RetiredJobs();  // waits for all of them
  RetiredJobs(const RetiredJobs&) = delete;
  RetiredJobs& operator=(const RetiredJobs&) = delete;

  void take(std::shared_ptr<Scheduler> scheduler);
  // Waits until every job has returned; returns the names of those that have not in time.
  [[nodiscard]] std::vector<std::string> wait_ended(std::chrono::milliseconds time);

 private:
  struct Entry {
    std::weak_ptr<const Scheduler> scheduler;  // its thread holds it
    std::thread thread;
    bool ended = false;
  };
  void watch(const Scheduler& scheduler);

  Logger& logger_;
  HostMetrics& metrics_;
  const std::chrono::milliseconds patience_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Entry> entries_ DLRGW_GUARDED_BY(mutex_);  // each stays where it is: its thread knows it
};

}  // namespace dlrgw::host
