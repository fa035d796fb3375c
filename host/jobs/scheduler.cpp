#include "jobs/scheduler.hpp"

#include "plugin/guard.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kLockRetryUs = 1'000'000;  // takeover within seconds of a leader's death
constexpr std::int64_t kLockCheckUs = 1'000'000;
constexpr std::int64_t kFailureWaitUs = 1'000'000;

thread_local bool running_a_job = false;

}  // namespace

class Scheduler::Runner {
 public:
  Runner(const SchedulerDeps& deps, JobSlot job) : deps_(deps), job_(std::move(job)) {
    if (job_.singleton) lock_.emplace(deps_.lock_connection, "dlrgw.job." + job_.name);
  }
  [[nodiscard]] const std::string& name() const { return job_.name; }

  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void request_stop() {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  void wake() {
    const std::lock_guard guard(mutex_);
    woken_ = true;
    changed_.notify_all();
  }
  Status run_now() {
    const std::lock_guard guard(mutex_);
    if (running_) return Error{ErrorCode::kTransient, "job \"" + job_.name + "\" is running already"};
    run_now_ = true;
    changed_.notify_all();
    return {};
  }
  [[nodiscard]] JobStatus status() const {
    const std::lock_guard guard(mutex_);
    return {job_.name, job_.plugin, job_.schedule_text, job_.singleton, running_, runs_, started_us_, ended_us_, last_error_};
  }

 private:
  void run() {
    running_a_job = true;
    if (job_.schedule.kind != Schedule::Kind::kContinuous) pause(job_.schedule.wait_us(deps_.clock.now_us()));
    while (!stopping()) {
      if (!lead()) {
        pause(kLockRetryUs);
        continue;
      }
      const bool ok = run_once();
      // Periodic singletons give the lock back: any host may take the next turn.
      if (lock_ && job_.schedule.kind != Schedule::Kind::kContinuous) lock_->release();
      if (!stopping()) pause(ok ? job_.schedule.wait_us(deps_.clock.now_us()) : kFailureWaitUs);
    }
    if (lock_) lock_->release();
  }

  bool run_once() {
    const dlrgw_job_context context{sizeof(dlrgw_job_context), 0, this,
                                    [](void* self) -> std::int32_t { return static_cast<Runner*>(self)->should_stop(); },
                                    [](void* self, std::uint32_t timeout_ms) -> std::int32_t {
                                      return static_cast<Runner*>(self)->wait(timeout_ms);
                                    }};
    next_lock_check_us_ = deps_.clock.monotonic_us() + kLockCheckUs;
    lost_lead_ = false;
    begin_run();
    const Status done = call_guarded("plugin " + job_.plugin + ": job " + job_.name,
                                     [&](dlrgw_error* e) { return job_.table.run(job_.user, &context, e); });
    end_run(done);
    if (done) return true;
    deps_.metrics.plugin_error(job_.plugin, "job");
    deps_.logger.emit(Level::kError, "dlr.plugin.failed",
                      {{"plugin", job_.plugin}, {"job", job_.name}, {"reason", done.error().text}});
    return false;
  }

  void begin_run() {
    const std::lock_guard guard(mutex_);
    running_ = true;
    run_now_ = false;
    started_us_ = deps_.clock.now_us();
  }
  void end_run(const Status& done) {
    const std::lock_guard guard(mutex_);
    running_ = false;
    ++runs_;
    ended_us_ = deps_.clock.now_us();
    last_error_ = done ? std::string() : done.error().text;
  }

  bool lead() {
    if (!lock_) return true;
    const Result<bool> held = lock_->try_acquire();
    return held && *held;
  }

  bool stopping() {
    const std::lock_guard guard(mutex_);
    return stopping_;
  }

  // [job] The lock lives on a session: when that is gone, another host may lead already.
  std::int32_t should_stop() {
    if (stopping()) return 1;
    if (!lock_) return 0;
    const std::int64_t now = deps_.clock.monotonic_us();
    if (!lost_lead_ && now >= next_lock_check_us_) {
      lost_lead_ = !lock_->still_held();
      next_lock_check_us_ = now + kLockCheckUs;
    }
    return lost_lead_ ? 1 : 0;
  }

  std::int32_t wait(std::uint32_t timeout_ms) {
    if (should_stop() != 0) return DLRGW_JOB_STOP;
    std::unique_lock guard(mutex_);
    changed_.wait_for(guard, std::chrono::milliseconds(timeout_ms), [&] { return stopping_ || woken_; });
    if (stopping_) return DLRGW_JOB_STOP;
    const bool woken = std::exchange(woken_, false);
    return woken ? DLRGW_JOB_WOKEN : DLRGW_JOB_TIMEOUT;
  }

  // Between two runs; a request to run now ends it.
  void pause(std::int64_t us) {
    std::unique_lock guard(mutex_);
    changed_.wait_for(guard, std::chrono::microseconds(us), [&] { return stopping_ || run_now_; });
  }

  const SchedulerDeps& deps_;
  const JobSlot job_;
  std::optional<LeaderLock> lock_;       // runner's thread only
  std::int64_t next_lock_check_us_ = 0;  // runner's thread only
  bool lost_lead_ = false;               // runner's thread only
  std::thread thread_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  bool run_now_ = false;
  bool running_ = false;
  std::uint64_t runs_ = 0;
  std::int64_t started_us_ = 0;
  std::int64_t ended_us_ = 0;
  std::string last_error_;
};

Scheduler::Scheduler(SchedulerDeps deps, std::vector<JobSlot> jobs) : deps_(std::move(deps)) {
  for (JobSlot& job : jobs) runners_.push_back(std::make_unique<Runner>(deps_, std::move(job)));
}

Scheduler::~Scheduler() { stop(); }

void Scheduler::start() {
  for (const auto& runner : runners_) runner->start();
}

void Scheduler::stop() {
  for (const auto& runner : runners_) runner->request_stop();
  for (const auto& runner : runners_) runner->join();
}

void Scheduler::wake(std::string_view name) {
  for (const auto& runner : runners_) {
    if (runner->name() == name) runner->wake();
  }
}

Status Scheduler::run_now(std::string_view name) {
  for (const auto& runner : runners_) {
    if (runner->name() == name) return runner->run_now();
  }
  return Error{ErrorCode::kNotFound, "no job \"" + std::string(name) + "\""};
}

std::vector<JobStatus> Scheduler::status() const {
  std::vector<JobStatus> out;
  for (const auto& runner : runners_) out.push_back(runner->status());
  return out;
}

bool Scheduler::inside_job() { return running_a_job; }

}  // namespace dlrgw::host
