// SPDX-License-Identifier: Apache-2.0
#include "storage/advisory_lock.hpp"

#include <array>
#include <bit>

#include "storage/hash64.hpp"

namespace dlrgw::host {
namespace {

std::array<std::string, 1> number_of(const std::string& key) {
  return {std::to_string(std::bit_cast<std::int64_t>(hash64(key)))};
}

// Keepalives notice a host that is gone, but not one whose packets are swallowed while something else (its kernel, a
// proxy) answers for it. A host checks its locks every second; when a session has been silent for this long, the server
// ends it and frees its locks.
std::vector<Setting> lock_session(const PoolConfig& config) {
  std::vector<Setting> settings = pool_session(config);
  settings.push_back({"idle_session_timeout", "15s"});
  return settings;
}

}  // namespace

LockSession::LockSession(const PoolConfig& config) : opener_(config, lock_session(config)) {}

LockSession::~LockSession() = default;

void LockSession::lost() {
  connection_.reset();
  held_.clear();
}

bool LockSession::alive() {
  if (connection_ && !connection_->check("lock session")) return true;
  lost();
  return false;
}

Result<bool> LockSession::try_acquire(const std::string& key) {
  const MutexLock guard(mutex_);
  if (held_.contains(key) && alive()) return true;
  if (!connection_ || !connection_->looks_alive()) {
    lost();
    Result<std::unique_ptr<Connection>> opened = opener_.open("lock session");
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
  }
  ResultTable answer;
  if (const DbStatus failure =
          connection_->run_sql("SELECT pg_try_advisory_lock($1::bigint)", number_of(key), &answer, "lock " + key)) {
    lost();
    return failure->error();
  }
  const bool got = answer.raw(0, 0) == "t";
  if (got) held_.insert(key);
  return got;
}

bool LockSession::still_held(const std::string& key) {
  const MutexLock guard(mutex_);
  return held_.contains(key) && alive();
}

// Closing the session would free the lock too, but a moment later; the next holder should not have to poll for it.
void LockSession::release(const std::string& key) {
  const MutexLock guard(mutex_);
  if (held_.erase(key) == 0) return;
  if (connection_->run_sql("SELECT pg_advisory_unlock($1::bigint)", number_of(key), nullptr, "lock " + key)) lost();
}

}  // namespace dlrgw::host
