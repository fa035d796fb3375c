// SPDX-License-Identifier: Apache-2.0
// The number of this gateway among those that share the consumer. It belongs to one process: two on one inbox would
// read each other's replies. Also the signals that end the process, for which it looks while it waits. Main thread.
#pragma once
#include <csignal>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "storage/advisory_lock.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

sigset_t stop_signals();

enum class Claim { kHeld, kTaken, kStopped };
Claim claim_replica(LeaderLock& lock);

// The name of the number's lock.
std::string replica_key(std::int64_t replica);

// The number that is configured, or with "auto" the lowest that no gateway holds, taken at once: two that start
// together get two. Nothing: told to stop before there was one.
std::optional<unsigned> replica_of(const Config& config, LockSession& locks, Logger& logger);

}  // namespace dlrgw::host
