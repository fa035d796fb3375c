// SPDX-License-Identifier: Apache-2.0
#include "app/replica.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

// A gateway that was killed leaves its lock to PostgreSQL's notice of the closed session.
constexpr auto kReplicaWait = 10s;

// True when a stop signal arrived within the time.
bool stop_within(std::chrono::milliseconds time) {
  const sigset_t set = stop_signals();
  const timespec wait{time.count() / 1000, static_cast<long>(time.count() % 1000) * 1'000'000};
  return sigtimedwait(&set, nullptr, &wait) > 0;
}

}  // namespace

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

Claim claim_replica(LeaderLock& lock) {
  const auto until = std::chrono::steady_clock::now() + kReplicaWait;
  while (true) {
    const Result<bool> got = lock.try_acquire();
    // PostgreSQL away: start anyway, held; the supervisor takes the lock before the first receipt is fetched.
    if (!got || *got) return Claim::kHeld;
    if (std::chrono::steady_clock::now() >= until) return Claim::kTaken;
    if (stop_within(200ms)) return Claim::kStopped;
  }
}

std::string replica_key(std::int64_t replica) { return "dlrgw.replica." + std::to_string(replica); }

std::optional<unsigned> replica_of(const Config& config, LockSession& locks, Logger& logger) {
  if (config.gateway.replica != kAuto) return static_cast<unsigned>(config.gateway.replica);
  for (std::string told; true;) {
    std::string why = "all replica numbers are held by other gateways";
    for (std::int64_t number = 0; number < kMaxReplicas; ++number) {
      const Result<bool> got = locks.try_acquire(replica_key(number));
      if (got && *got) return static_cast<unsigned>(number);
      if (got) continue;
      why = got.error().text;
      break;
    }
    if (std::exchange(told, why) != why)
      logger.emit(Level::kWarn, "dlr.replica.waiting", {{"reason", std::string_view(why)}});
    if (stop_within(200ms)) return std::nullopt;
  }
}

}  // namespace dlrgw::host
