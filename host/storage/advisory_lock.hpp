// A session-level advisory lock on a connection of its own: one process in the cluster holds it. For singleton jobs and
// replica slots. It ends with the session, so a host that dies gives it up by itself. One thread at a time.
#pragma once
#include <memory>
#include <string>

#include "storage/pool.hpp"

namespace dlrgw::host {

class LeaderLock {
 public:
  // key: any text; the lock's number is its hash. config.size and config.name's pool settings do not matter.
  LeaderLock(PoolConfig config, std::string key);
  ~LeaderLock();
  LeaderLock(const LeaderLock&) = delete;
  LeaderLock& operator=(const LeaderLock&) = delete;

  // false: someone else holds it. Connects when needed; true again when it is held already.
  Result<bool> try_acquire();
  // Asks the server on the lock's own connection: false means the session, and the lock with it, is gone.
  [[nodiscard]] bool still_held();
  void release();

 private:
  Result<bool> try_on_open_connection();

  const std::string conninfo_;
  const std::vector<Setting> session_;
  const std::string key_;
  std::unique_ptr<Connection> connection_;
  bool held_ = false;
};

}  // namespace dlrgw::host
