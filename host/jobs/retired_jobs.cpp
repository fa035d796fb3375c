// SPDX-License-Identifier: Apache-2.0
#include "jobs/retired_jobs.hpp"

#include <algorithm>

namespace dlrgw::host {
namespace {

constexpr std::chrono::hours kForever{24 * 365};

}  // namespace

RetiredJobs::RetiredJobs(Logger& logger, HostMetrics& metrics, std::chrono::milliseconds patience)
    : logger_(logger), metrics_(metrics), patience_(patience) {}

RetiredJobs::~RetiredJobs() {
  for (Entry& entry : entries_) entry.thread.join();
}

void RetiredJobs::take(std::shared_ptr<Scheduler> scheduler) {
  scheduler->request_stop();
  const MutexLock guard(mutex_);
  entries_.remove_if([](Entry& entry) {
    if (entry.ended) entry.thread.join();
    return entry.ended;
  });
  Entry& entry = entries_.emplace_back();
  entry.scheduler = scheduler;
  entry.thread = std::thread([this, &entry, held = std::move(scheduler)]() mutable {
    watch(*held);
    held.reset();
    const MutexLock done(mutex_);
    entry.ended = true;
    changed_.notify_all();
  });
}

void RetiredJobs::watch(const Scheduler& scheduler) {
  if (scheduler.wait_ended(patience_)) return;
  for (const JobSlot& job : scheduler.unfinished()) {
    metrics_.plugin_error(job.plugin, "job_stop");
    logger_.emit(Level::kError, "dlr.plugin.failed",
                 {{"plugin", job.plugin},
                  {"job", job.name},
                  {"reason",
                   "ignores that it was told to stop; it is not started again before it returns: fix the plugin, "
                   "restart the gateway"}});
  }
  while (!scheduler.wait_ended(kForever)) {
  }
}

std::vector<std::string> RetiredJobs::wait_ended(std::chrono::milliseconds time) {
  MutexLock guard(mutex_);
  const auto all_ended = [&]() DLRGW_REQUIRES(mutex_) {
    return std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.ended; });
  };
  std::vector<std::string> out;
  if (changed_.wait_for(guard, time, all_ended)) return out;
  for (const Entry& entry : entries_) {
    const std::shared_ptr<const Scheduler> scheduler = entry.scheduler.lock();
    if (scheduler == nullptr) continue;
    for (const JobSlot& job : scheduler->unfinished()) out.push_back(job.name);
  }
  return out;
}

}  // namespace dlrgw::host
