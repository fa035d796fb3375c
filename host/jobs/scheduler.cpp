// SPDX-License-Identifier: Apache-2.0
#include "jobs/scheduler.hpp"

#include <algorithm>

namespace dlrgw::host {

Scheduler::Scheduler(const JobDeps& deps, std::vector<JobSlot> jobs, std::shared_ptr<const void> keep)
    : keep_(std::move(keep)) {
  for (JobSlot& job : jobs) runners_.push_back(std::make_shared<JobRunner>(deps, std::move(job)));
}

Scheduler::~Scheduler() { request_stop(); }

void Scheduler::start(const Scheduler* before) {
  for (const auto& runner : runners_) runner->start(before == nullptr ? nullptr : before->find(runner->job().name));
}

void Scheduler::request_stop() {
  for (const auto& runner : runners_) runner->request_stop();
}

bool Scheduler::wait_ended(std::chrono::milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  return std::all_of(runners_.begin(), runners_.end(),
                     [&](const auto& runner) { return runner->wait_finished(until); });
}

std::vector<JobSlot> Scheduler::unfinished() const {
  std::vector<JobSlot> out;
  for (const auto& runner : runners_) {
    if (!runner->finished()) out.push_back(runner->job());
  }
  return out;
}

void Scheduler::wake(std::string_view name) {
  if (const auto runner = find(name)) runner->wake();
}

Status Scheduler::run_now(std::string_view name) {
  if (const auto runner = find(name)) return runner->run_now();
  return Error{ErrorCode::kNotFound, "no plugin in use contributes a job \"" + std::string(name) + "\""};
}

std::vector<JobStatus> Scheduler::status() const {
  std::vector<JobStatus> out;
  for (const auto& runner : runners_) out.push_back(runner->status());
  return out;
}

std::shared_ptr<JobRunner> Scheduler::find(std::string_view name) const {
  const auto it = std::find_if(runners_.begin(), runners_.end(), [&](const auto& r) { return r->job().name == name; });
  return it == runners_.end() ? nullptr : *it;
}

}  // namespace dlrgw::host
