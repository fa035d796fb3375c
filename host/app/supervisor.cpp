// SPDX-License-Identifier: Apache-2.0
#include "app/supervisor.hpp"

#include <chrono>

#include "support/thread_name.hpp"

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kPostgres = "postgresql";
constexpr std::string_view kRelay = "postgresql.relay";
constexpr std::string_view kProgress = "progress";
constexpr int kRelayEvery = 4;  // rounds: every 2 s
constexpr auto kRelayWait = 50ms;
constexpr auto kInterval = 500ms;
constexpr auto kProbeWait = 2s;

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
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Supervisor::dependency_lost(const std::string& dependency, const std::string& text) {
  if (dependency != kPostgres) return;  // its plugin reports it, and the receipts come again by themselves
  {
    const MutexLock lock(blocked_mutex_);
    blocked_.server_lost();
  }
  set_database(false, text);
  const MutexLock lock(mutex_);
  probe_now_ = true;
  changed_.notify_all();
}

void Supervisor::work_blocked(const std::string& dependency, const std::string& text) {
  {
    const MutexLock lock(blocked_mutex_);
    blocked_.blocked(dependency, text, Steady::now());
  }
  if (dependency == kPostgres) return set_database(false, text);
  deps_.intake.hold(dependency + ": " + text);
  deps_.health.report(dependency, HealthState::kDown, text);
}

bool Supervisor::still_blocked() {
  const MutexLock lock(blocked_mutex_);
  switch (blocked_.look(deps_.work_goes_on(), Steady::now())) {
    case BlockedWatch::Step::kFree:
      return false;
    case BlockedWatch::Step::kOver:
      if (blocked_.dependency() != kPostgres) deps_.health.report(blocked_.dependency(), HealthState::kOk, {});
      return false;
    case BlockedWatch::Step::kHeld:
      return true;
    case BlockedWatch::Step::kTrial:
      deps_.intake.resume();
      return true;
  }
  return false;
}

bool Supervisor::blocked() {
  const MutexLock lock(blocked_mutex_);
  return blocked_.is_blocked();
}

// Reports, whatever the reason, that receipts are there and none of them is committed.
void Supervisor::check_progress() {
  const bool stuck =
      progress_.is_stuck(has_work(deps_.intake.status(), deps_.at_work()), deps_.since_commit(), Steady::now());
  std::string why;
  if (stuck) {
    const MutexLock lock(blocked_mutex_);
    why = "receipts are waiting and no batch was committed for 10 s" +
          (blocked_.last_trouble().empty() ? std::string() : "; " + blocked_.last_trouble());
  }
  deps_.health.report(kProgress, stuck ? HealthState::kDown : HealthState::kOk, why);
}

void Supervisor::set_database(bool up, const std::string& text) {
  const MutexLock lock(database_mutex_);
  if (up) {
    deps_.intake.resume();
  } else {
    deps_.intake.hold("postgresql: " + text);
  }
  deps_.health.report(kPostgres, up ? HealthState::kOk : HealthState::kDown, text);
  const DatabaseWatch::Change change = database_.set(up, Steady::now());
  if (change == DatabaseWatch::Change::kLost)
    deps_.logger.emit(Level::kError, "dlr.dependency.degraded", {{"dependency", kPostgres}, {"reason", text}});
  if (change == DatabaseWatch::Change::kRecovered)
    deps_.logger.emit(Level::kInfo, "dlr.dependency.recovered", {{"dependency", kPostgres}});
}

bool Supervisor::was_up() {
  const MutexLock lock(database_mutex_);
  return database_.is_up();
}

std::chrono::milliseconds Supervisor::pause_before_probe() {
  const MutexLock lock(database_mutex_);
  return database_.pause_before_probe();
}

void Supervisor::check_database() {
  const Status answer = deps_.pool.probe(kProbeWait);
  // All sessions busy means load, not absence: if the server is away, whoever holds the sessions will report it.
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
  // A trial while work is blocked asks for a few receipts and changes nothing.
  deps_.metrics.consumer(status.active && !blocked(), status.pending, status.ack_pending, status.parked);
  if (!overflow_told_ && deps_.metrics.operators_overflowed()) {
    overflow_told_ = true;
    deps_.logger.emit(Level::kWarn, "dlr.metrics.operators_full",
                      {{"reason",
                        "more operators were seen than gateway.max_operator_labels; metrics count the rest as "
                        "\"other\" until it is raised"}});
  }
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
      MutexLock lock(mutex_);
      changed_.wait_for(lock, kInterval, [&]() DLRGW_REQUIRES(mutex_) { return stopping_ || probe_now_; });
      if (probe_now_ && !stopping_)
        changed_.wait_for(lock, pause_before_probe(), [&]() DLRGW_REQUIRES(mutex_) { return stopping_; });
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
  return ready_checks(deps_.intake.status(), draining_, deps_.health.entries());
}

}  // namespace dlrgw::host
