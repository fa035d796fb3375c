// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_runner.hpp"

#include <algorithm>

#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kLockRetryUs = 1'000'000;  // takeover within seconds of a leader's death
constexpr std::int64_t kLockCheckUs = 1'000'000;
constexpr std::chrono::milliseconds kPredecessorPoll{20};
constexpr std::int64_t kFirstFailureWaitUs = 1'000'000;
constexpr std::int64_t kLastFailureWaitUs = 64'000'000;
constexpr std::int64_t kRoundUs = 1'000'000;
constexpr double kUsPerSecond = 1e6;

std::int64_t failure_wait_us(std::uint32_t failures) {
  return std::min(kFirstFailureWaitUs << std::min(failures - 1, 6U), kLastFailureWaitUs);
}

}  // namespace

JobRunner::JobRunner(const JobDeps& deps, JobSlot job) : deps_(deps), job_(std::move(job)) {
  if (job_.singleton) lock_.emplace(deps_.locks, "dlrgw.job." + job_.name);
}

JobRunner::~JobRunner() {
  if (thread_.joinable()) thread_.join();
}

void JobRunner::start(std::shared_ptr<const JobRunner> predecessor) {
  const MutexLock guard(mutex_);
  predecessor_ = std::move(predecessor);
  finished_ = false;
  thread_ = std::thread([this] {
    name_thread("job " + job_.name.substr(job_.name.find('.') + 1));
    run();
    const MutexLock done(mutex_);
    finished_ = true;
    changed_.notify_all();
  });
}

void JobRunner::request_stop() {
  const MutexLock guard(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

bool JobRunner::finished() const {
  const MutexLock guard(mutex_);
  return finished_;
}

bool JobRunner::wait_finished(std::chrono::steady_clock::time_point until) const {
  MutexLock guard(mutex_);
  return changed_.wait_until(guard, until, [&]() DLRGW_REQUIRES(mutex_) { return finished_; });
}

bool JobRunner::ended() const {
  std::shared_ptr<const JobRunner> before;
  {
    const MutexLock guard(mutex_);
    if (!finished_) return false;
    before = predecessor_;
  }
  return before == nullptr || before->ended();
}

void JobRunner::wake() {
  const MutexLock guard(mutex_);
  woken_ = true;
  changed_.notify_all();
}

Status JobRunner::run_now() {
  const MutexLock guard(mutex_);
  if (waiting_) {
    return Error{ErrorCode::kTransient,
                 "job \"" + job_.name + "\" still runs in the pipeline before; try again when it has ended"};
  }
  if (running_) return Error{ErrorCode::kTransient, "job \"" + job_.name + "\" is running already"};
  if (lead_ == Lead::kOther) {
    return Error{ErrorCode::kDenied, "job \"" + job_.name + "\" is led by another gateway; run it there"};
  }
  run_now_ = true;
  changed_.notify_all();
  return {};
}

JobStatus JobRunner::status() const {
  const MutexLock guard(mutex_);
  const bool leads = !job_.singleton || lead_ == Lead::kYes;
  const bool planned = leads && !running_ && !waiting_ && !finished_;
  // The sum mixes two clocks that are read one after the other, so its microseconds mean nothing.
  const std::int64_t next_us =
      planned ? (deps_.clock.now_us() + due_us_ - deps_.clock.monotonic_us() + kRoundUs / 2) / kRoundUs * kRoundUs : 0;
  return {job_.name, job_.plugin, job_.schedule_text, job_.singleton, leads,   running_,
          waiting_,  runs_,       started_us_,        ended_us_,      next_us, last_error_};
}

void JobRunner::run() {
  if (!wait_for_predecessor()) return;
  plan(job_.schedule.first_wait_us(deps_.clock.now_us()));
  while (!stopping()) {
    if (!take_lead()) {
      pause(kLockRetryUs, false);
      continue;
    }
    pause(due_us() - deps_.clock.monotonic_us(), true);
    if (stopping()) break;
    if (take_lead()) run_once();  // ask again: the wait may have lasted a day
  }
  if (lock_) lock_->release();
}

// A job never overlaps with itself: a predecessor that ignores its stop is waited for, on this thread alone.
bool JobRunner::wait_for_predecessor() {
  MutexLock guard(mutex_);
  while (predecessor_ != nullptr && !stopping_) {
    const std::shared_ptr<const JobRunner> before = predecessor_;
    waiting_ = true;
    guard.unlock();
    const bool gone = before->ended();
    guard.lock();
    if (gone) {
      predecessor_.reset();
    } else {
      changed_.wait_for(guard, kPredecessorPoll, [&]() DLRGW_REQUIRES(mutex_) { return stopping_; });
    }
  }
  waiting_ = false;
  return !stopping_;
}

// The lead is kept between turns, so that each turn is run once, by one host.
bool JobRunner::take_lead() {
  if (!lock_) return true;
  const Result<bool> held = lock_->try_acquire();
  const Lead now = !held ? Lead::kUnknown : *held ? Lead::kYes : Lead::kOther;
  bool taken_over = false;
  {
    const MutexLock guard(mutex_);
    taken_over = lead_ == Lead::kOther && now == Lead::kYes;
    // "Unknown" does not mean that another host leads, nor that it has stopped leading.
    if (now != Lead::kUnknown || lead_ == Lead::kYes) lead_ = now;
  }
  if (taken_over) {
    const bool again = job_.schedule.again_after_takeover(deps_.clock.now_us());
    plan(again ? 0 : job_.schedule.first_wait_us(deps_.clock.now_us()));
  }
  return now == Lead::kYes;
}

void JobRunner::plan(std::int64_t wait_us) {
  const MutexLock guard(mutex_);
  due_us_ = deps_.clock.monotonic_us() + wait_us;
}

std::int64_t JobRunner::due_us() const {
  const MutexLock guard(mutex_);
  return due_us_;
}

void JobRunner::run_once() {
  const std::int64_t started = deps_.clock.monotonic_us();
  // A run on request comes before its time; the turn itself stays.
  const std::int64_t turn = due_us();
  const std::int64_t due = std::min(turn, started);
  const bool on_request = turn > started;
  const bool ok = call_plugin();
  const std::int64_t ended = deps_.clock.monotonic_us();
  deps_.metrics.job_run(job_.name, ok, static_cast<double>(ended - started) / kUsPerSecond);
  if (job_.schedule.overruns(ended - started)) tell_overrun(ended - started);
  failures_ = ok ? 0 : failures_ + 1;
  std::int64_t wait_us =
      on_request && turn > ended ? turn - ended : job_.schedule.next_wait_us(ended - due, deps_.clock.now_us());
  if (!ok) wait_us = std::min(wait_us, failure_wait_us(failures_));
  if (!ok && job_.schedule.kind == Schedule::Kind::kContinuous) wait_us = failure_wait_us(failures_);
  plan(wait_us);
}

bool JobRunner::call_plugin() {
  const dlrgw_job_context context{
      sizeof(dlrgw_job_context), 0, this,
      [](void* self) -> std::int32_t { return static_cast<JobRunner*>(self)->should_stop(); },
      [](void* self, std::uint32_t timeout_ms) -> std::int32_t {
        return static_cast<JobRunner*>(self)->wait(timeout_ms);
      }};
  next_lock_check_us_ = deps_.clock.monotonic_us() + kLockCheckUs;
  lost_lead_ = false;
  {
    const MutexLock guard(mutex_);
    running_ = true;
    run_now_ = false;
    started_us_ = deps_.clock.now_us();
  }
  const std::string what = "job " + job_.name + ": run";
  const Status done = [&] {
    const PluginCall mark({CallKind::kJob, job_.plugin, job_.plugin_version, what});
    return call_guarded("plugin " + job_.plugin + ": job " + job_.name,
                        [&](dlrgw_error* e) { return job_.table.run(job_.user, &context, e); });
  }();
  {
    const MutexLock guard(mutex_);
    running_ = false;
    ++runs_;
    ended_us_ = deps_.clock.now_us();
    last_error_ = done ? std::string() : done.error().text;
  }
  if (done) return true;
  deps_.metrics.plugin_error(job_.plugin, "job");
  deps_.logger.emit(Level::kError, "dlr.plugin.failed",
                    {{"plugin", job_.plugin}, {"job", job_.name}, {"reason", done.error().text}});
  return false;
}

void JobRunner::tell_overrun(std::int64_t run_us) {
  deps_.metrics.job_overrun(job_.name);
  deps_.logger.emit(
      Level::kWarn, "dlr.job.overrun",
      {{"plugin", job_.plugin}, {"job", job_.name}, {"schedule", job_.schedule_text}, {"durationMs", run_us / 1000}});
}

bool JobRunner::stopping() const {
  const MutexLock guard(mutex_);
  return stopping_;
}

// [job] The lock lives on a session: when that is gone, another host may lead already.
std::int32_t JobRunner::should_stop() {
  plugin_is_alive();
  const HostTime service;
  if (stopping()) return 1;
  if (!lock_) return 0;
  const std::int64_t now = deps_.clock.monotonic_us();
  if (!lost_lead_ && now >= next_lock_check_us_) {
    lost_lead_ = !lock_->still_held();
    next_lock_check_us_ = now + kLockCheckUs;
  }
  return lost_lead_ ? 1 : 0;
}

std::int32_t JobRunner::wait(std::uint32_t timeout_ms) {
  const HostTime service;
  if (should_stop() != 0) return DLRGW_JOB_STOP;
  MutexLock guard(mutex_);
  changed_.wait_for(guard, std::chrono::milliseconds(timeout_ms),
                    [&]() DLRGW_REQUIRES(mutex_) { return stopping_ || woken_; });
  if (stopping_) return DLRGW_JOB_STOP;
  const bool woken = std::exchange(woken_, false);
  return woken ? DLRGW_JOB_WOKEN : DLRGW_JOB_TIMEOUT;
}

// Between two runs.
void JobRunner::pause(std::int64_t us, bool ends_on_request) {
  MutexLock guard(mutex_);
  changed_.wait_for(guard, std::chrono::microseconds(us),
                    [&]() DLRGW_REQUIRES(mutex_) { return stopping_ || (ends_on_request && run_now_); });
}

}  // namespace dlrgw::host
