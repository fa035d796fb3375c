// SPDX-License-Identifier: Apache-2.0
// The jobs of one snapshot, which they keep until the last has returned. Owned by the pipeline manager.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "jobs/job_runner.hpp"

namespace dlrgw::host {

class Scheduler {
 public:
  // keep: what the jobs' code and data live in.
  Scheduler(const JobDeps& deps, std::vector<JobSlot> jobs, std::shared_ptr<const void> keep);
  ~Scheduler();  // asks all jobs to stop and waits for them
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Each job begins when the one of the same name in `before` has ended; before may be null.
  void start(const Scheduler* before);
  void request_stop();
  // Until every job has returned; false when some has not in time.
  [[nodiscard]] bool wait_ended(std::chrono::milliseconds time) const;
  // The jobs that have not returned.
  [[nodiscard]] std::vector<JobSlot> unfinished() const;

  // [any] Ends the wait of the job, or makes its next wait return at once. Unknown names are ignored.
  void wake(std::string_view name);
  // [any] Starts the job without waiting for its schedule. kNotFound; kTransient: it runs already; kDenied: another
  // host leads it.
  Status run_now(std::string_view name);
  [[nodiscard]] std::vector<JobStatus> status() const;

 private:
  [[nodiscard]] std::shared_ptr<JobRunner> find(std::string_view name) const;

  const std::shared_ptr<const void> keep_;  // destroyed after the runners
  std::vector<std::shared_ptr<JobRunner>> runners_;
};

}  // namespace dlrgw::host
