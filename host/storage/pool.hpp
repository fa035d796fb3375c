// SPDX-License-Identifier: Apache-2.0
// A named pool of sessions under one database role. Owned by the shared parts; thread-safe. Lanes take turns at them,
// each from its first SQL to its commit: on two cores that is faster than ten busy backends.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "storage/session_opener.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

class Pool;

// One session, given back when this is destroyed. Must not outlive the pool.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept { *this = std::move(other); }
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { release(); }

  explicit operator bool() const { return connection_ != nullptr; }
  Connection* operator->() const { return connection_.get(); }
  Connection& operator*() const { return *connection_; }
  // The session is spoilt: it is closed instead of given back.
  void discard() { spoilt_ = true; }
  // The server is away: all sessions that were opened before now are closed instead of given out.
  void discard_all_older();
  void release();

 private:
  friend class Pool;
  Lease(Pool& pool, std::unique_ptr<Connection> connection, std::uint64_t epoch)
      : pool_(&pool), connection_(std::move(connection)), epoch_(epoch) {}

  Pool* pool_ = nullptr;
  std::unique_ptr<Connection> connection_;
  std::uint64_t epoch_ = 0;
  bool spoilt_ = false;
};

struct PoolStats {
  std::uint32_t size = 0;  // as configured
  std::uint32_t open = 0;  // sessions, in use or idle
  std::uint32_t in_use = 0;
  std::uint32_t waiting = 0;  // threads inside acquire()
};

class Pool {
 public:
  // Opens nothing yet.
  explicit Pool(PoolConfig config);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] const std::string& name() const { return config_.name; }
  // Waits for a free session, opening one if fewer than `size` are open. kTransient: none became free in time.
  // kUnavailable: PostgreSQL is away. kDenied: its sessions cannot be used, and the text says why.
  Result<Lease> acquire(std::chrono::microseconds longest_wait);
  // Asks the server for an answer on one of the sessions, and whether it can be written to. kTransient when all were
  // busy for longest_wait; otherwise as acquire().
  Status probe(std::chrono::microseconds longest_wait);
  [[nodiscard]] PoolStats stats() const;
  // A thread hangs and may hold a session for ever: one more is opened in its place, until it gives its own back.
  void replace_one();
  void take_back_one();

 private:
  friend class Lease;
  struct Idle {
    std::unique_ptr<Connection> connection;
    std::uint64_t epoch;
  };

  Result<Lease> open_session(std::uint64_t epoch);
  void give_back(std::unique_ptr<Connection> connection, std::uint64_t epoch, bool spoilt);
  void start_new_epoch(std::uint64_t seen);

  const PoolConfig config_;
  const SessionOpener opener_;
  std::atomic<bool> sessions_are_kept_{false};  // no pooler between, or one that leaves a session to its client

  mutable Mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<Idle> idle_ DLRGW_GUARDED_BY(mutex_);
  std::uint32_t in_use_ DLRGW_GUARDED_BY(mutex_) = 0;  // leases, and sessions being opened
  std::uint32_t waiting_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::uint32_t replaced_ DLRGW_GUARDED_BY(mutex_) = 0;  // sessions beyond the size
  // Sessions of an older epoch are closed when they come back or are next in line.
  std::uint64_t epoch_ DLRGW_GUARDED_BY(mutex_) = 1;
};

}  // namespace dlrgw::host
