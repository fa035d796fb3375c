// SPDX-License-Identifier: Apache-2.0
#include "app/supervisor.hpp"

#include <algorithm>
#include <chrono>

#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPostgres = "postgresql";
constexpr std::string_view kRelay = "postgresql.relay";
constexpr std::string_view kProgress = "progress";
constexpr auto kNoProgressFor = 10s;
constexpr int kRelayEvery = 4;  // rounds: every 2 s
constexpr auto kRelayWait = 50ms;
constexpr auto kInterval = 500ms;
constexpr auto kProbeWait = 2s;
constexpr auto kRelapse = 5s;  // a loss so soon after a recovery: the probe is answered, the work is not
constexpr int kMostRelapses = 10;
constexpr auto kTrialAfter = 2s;  // while batches are blocked some are let through from time to time
constexpr auto kQuietFor = 18s;   // beyond a trial: delivered again, and the longest time-out of a statement

}  // namespace

Supervisor::Supervisor(SupervisorDeps deps) : deps_(std::move(deps)) {}

Supervisor::~Supervisor() { stop(); }

void Supervisor::start() {
  check_database();
  tell_gauges();
  thread_ = std::thread([this] {
    name_thread("supervisor");
    run();
  });
}

void Supervisor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Supervisor::dependency_lost(const std::string& dependency, const std::string& text) {
  if (dependency != kPostgres) return;  // another one is its plugin's to report; the receipts come again by themselves
  {
    const std::lock_guard lock(blocked_mutex_);
    blocked_at_.reset();  // it is worse than that
  }
  set_database(false, text);
  const std::lock_guard lock(mutex_);
  probe_now_ = true;
  changed_.notify_all();
}

void Supervisor::work_blocked(const std::string& dependency, const std::string& text) {
  {
    const std::lock_guard lock(blocked_mutex_);
    blocked_at_ = std::chrono::steady_clock::now();
    blocked_by_ = dependency;
    last_trouble_ = text;
  }
  if (dependency == kPostgres) return set_database(false, text);
  deps_.intake.hold(dependency + ": " + text);
  deps_.health.report(dependency, HealthState::kDown, text);
}

// An answer to the probe says nothing about a lock or a renamed column: only a batch that got through does, or that
// nobody ran into it any more.
bool Supervisor::still_blocked() {
  const std::lock_guard lock(blocked_mutex_);
  if (!blocked_at_) return false;
  const auto since = std::chrono::steady_clock::now() - *blocked_at_;
  if (since > kQuietFor || deps_.work_goes_on()) {
    blocked_at_.reset();
    if (blocked_by_ != kPostgres) deps_.health.report(blocked_by_, HealthState::kOk, {});
    return false;
  }
  if (since > kTrialAfter) deps_.intake.resume();
  return true;
}

// Whatever the reason: receipts are there, and none of them gets anywhere.
void Supervisor::check_progress() {
  const IntakeStatus status = deps_.intake.status();
  const auto now = std::chrono::steady_clock::now();
  const bool something_to_do = status.active && (status.pending > 0 || status.queued > 0 || deps_.at_work());
  if (!something_to_do || progress_at_ == std::chrono::steady_clock::time_point{} ||
      deps_.since_commit() < now - progress_at_)
    progress_at_ = now;
  const bool stuck = now - progress_at_ > kNoProgressFor;
  std::string why;
  if (stuck) {
    const std::lock_guard lock(blocked_mutex_);
    why = "receipts are waiting and no batch was committed for 10 s" +
          (last_trouble_.empty() ? std::string() : "; " + last_trouble_);
  }
  deps_.health.report(kProgress, stuck ? HealthState::kDown : HealthState::kOk, why);
}

void Supervisor::set_database(bool up, const std::string& text) {
  const std::lock_guard lock(database_mutex_);
  if (up) {
    deps_.intake.resume();
  } else {
    deps_.intake.hold("postgresql: " + text);
  }
  deps_.health.report(kPostgres, up ? HealthState::kOk : HealthState::kDown, text);
  if (up == database_up_) return;
  const auto now = std::chrono::steady_clock::now();
  if (up) {
    recovered_at_ = now;
  } else {
    relapses_ = now - recovered_at_ < kRelapse ? std::min(relapses_.load() + 1, kMostRelapses) : 0;
  }
  if (!up) {
    deps_.logger.emit(Level::kError, "dlr.dependency.degraded", {{"dependency", kPostgres}, {"reason", text}});
  } else if (database_up_) {
    deps_.logger.emit(Level::kInfo, "dlr.dependency.recovered", {{"dependency", kPostgres}});
  }
  database_up_ = up;
}

bool Supervisor::was_up() {
  const std::lock_guard lock(database_mutex_);
  return database_up_.value_or(false);
}

void Supervisor::check_database() {
  const Status answer = deps_.pool.probe(kProbeWait);
  // All sessions busy is load, not absence: whoever holds them will report a loss.
  if (!answer && answer.error().code == ErrorCode::kTransient) return;
  if (!answer) {
    deps_.metrics.dependency_error(kPostgres);
    set_database(false, answer.error().text);
    return;
  }
  if (!deps_.replica_lock.still_held()) {
    const Result<bool> again = deps_.replica_lock.try_acquire();
    if (!again || !*again) {
      set_database(false, again ? "another gateway holds replica " + deps_.replica + "; give each its own DLRGW_REPLICA"
                                : again.error().text);
      return;
    }
  }
  if (!was_up()) {
    if (const Status fits = deps_.check_schema(); !fits) return set_database(false, fits.error().text);
  }
  if (!still_blocked()) set_database(true, {});
  check_relay();
}

// Receipts are taken meanwhile: their events are safe in the outbox.
void Supervisor::check_relay() {
  if (relay_round_++ % kRelayEvery != 0) return;
  const Status answer = deps_.relay.probe(kRelayWait);
  if (!answer && answer.error().code == ErrorCode::kTransient) return;  // busy, so it has its sessions
  const bool up = static_cast<bool>(answer);
  if (!up) deps_.metrics.dependency_error(kRelay);
  deps_.health.report(kRelay, up ? HealthState::kOk : HealthState::kDown, up ? std::string() : answer.error().text);
  if (up == relay_up_) return;
  relay_up_ = up;
  if (up) {
    deps_.logger.emit(Level::kInfo, "dlr.dependency.recovered", {{"dependency", kRelay}});
  } else {
    deps_.logger.emit(Level::kError, "dlr.dependency.degraded",
                      {{"dependency", kRelay}, {"reason", answer.error().text}});
  }
}

void Supervisor::tell_gauges() {
  const IntakeStatus status = deps_.intake.status();
  deps_.metrics.consumer(status.active, status.pending, status.ack_pending, status.parked);
  const auto entries = deps_.health.entries();
  std::erase_if(told_, [&](const std::string& name) {
    if (entries.contains(name)) return false;
    deps_.metrics.dependency_gone(name);
    return true;
  });
  deps_.metrics.dependency_up("nats", status.connected);
  for (const auto& [name, entry] : entries) {
    deps_.metrics.dependency_up(name, entry.state == HealthState::kOk);
    told_.insert(name);
  }
}

void Supervisor::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      // After a loss the probe still waits a tenth of the interval, and longer with each relapse, so that a flapping
      // server is not hammered.
      changed_.wait_for(lock, kInterval, [&] { return stopping_ || probe_now_; });
      if (probe_now_ && !stopping_)
        changed_.wait_for(lock, relapses_ == 0 ? kInterval / 10 : kInterval * relapses_.load(),
                          [&] { return stopping_; });
      if (stopping_) return;
      probe_now_ = false;
    }
    check_database();
    check_progress();
    tell_gauges();
    deps_.tick();
  }
}

std::vector<ReadyCheck> Supervisor::ready() const {
  std::vector<ReadyCheck> checks;
  const IntakeStatus status = deps_.intake.status();
  checks.push_back({"nats", status.connected ? ReadyState::kOk : ReadyState::kUnavailable,
                    status.connected ? "" : "not connected; reconnecting"});
  checks.push_back({"consumer", status.active ? ReadyState::kOk : ReadyState::kUnavailable, status.problem});
  if (draining_) checks.push_back({"draining", ReadyState::kUnavailable, "the gateway is shutting down"});
  for (const auto& [name, entry] : deps_.health.entries()) {
    const ReadyState state = entry.state == HealthState::kOk         ? ReadyState::kOk
                             : entry.state == HealthState::kDegraded ? ReadyState::kDegraded
                                                                     : ReadyState::kUnavailable;
    checks.push_back({name, state, entry.detail});
  }
  return checks;
}

}  // namespace dlrgw::host
