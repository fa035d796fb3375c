// SPDX-License-Identifier: Apache-2.0
// Session-level advisory locks, each held by one process of the cluster, for singleton jobs and replica numbers. A lock
// ends with its session, so a host that dies gives it up.
#pragma once
#include <memory>
#include <set>
#include <string>

#include <dlrgw/cpp/mutex.hpp>

#include "storage/session_opener.hpp"

namespace dlrgw::host {

// The one session on which a host holds its locks. Connects when needed. Thread-safe.
class LockSession {
 public:
  // config.size and config.name's pool settings do not matter.
  explicit LockSession(const PoolConfig& config);
  ~LockSession();
  LockSession(const LockSession&) = delete;
  LockSession& operator=(const LockSession&) = delete;

  // false: another session holds it; true again when it is held already. key: any text, the lock's number is its hash.
  Result<bool> try_acquire(const std::string& key);
  // Asks the server: false means the session, and every lock with it, is gone.
  [[nodiscard]] bool still_held(const std::string& key);
  void release(const std::string& key);

 private:
  bool alive() DLRGW_REQUIRES(mutex_);  // asks; when not, all locks are forgotten
  void lost() DLRGW_REQUIRES(mutex_);

  const SessionOpener opener_;
  Mutex mutex_;
  std::unique_ptr<Connection> connection_ DLRGW_GUARDED_BY(mutex_);
  std::set<std::string> held_ DLRGW_GUARDED_BY(mutex_);
};

// One lock of a session. The session outlives it. One thread at a time.
class LeaderLock {
 public:
  LeaderLock(LockSession& session, std::string key) : session_(&session), key_(std::move(key)) {}
  [[nodiscard]] Result<bool> try_acquire() { return session_->try_acquire(key_); }
  [[nodiscard]] bool still_held() { return session_->still_held(key_); }
  void release() { session_->release(key_); }

 private:
  LockSession* session_;
  std::string key_;
};

}  // namespace dlrgw::host
