#include "storage/advisory_lock.hpp"

#include <array>
#include <bit>

#include "storage/hash64.hpp"

namespace dlrgw::host {

LeaderLock::LeaderLock(PoolConfig config, std::string key)
    : conninfo_(pool_conninfo(config)), session_(pool_session(config)), key_(std::move(key)) {}

LeaderLock::~LeaderLock() = default;

Result<bool> LeaderLock::try_acquire() {
  if (held_ && still_held()) return true;
  if (!connection_ || !connection_->looks_alive()) {
    connection_.reset();
    Result<std::unique_ptr<Connection>> opened = Connection::open(conninfo_, session_, "lock " + key_);
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
  }
  return try_on_open_connection();
}

Result<bool> LeaderLock::try_on_open_connection() {
  const std::array<std::string, 1> number{std::to_string(std::bit_cast<std::int64_t>(hash64(key_)))};
  ResultTable answer;
  if (const DbStatus failure =
          connection_->run_sql("SELECT pg_try_advisory_lock($1::bigint)", number, &answer, "lock " + key_)) {
    connection_.reset();
    return failure->error();
  }
  held_ = answer.raw(0, 0) == "t";
  return held_;
}

bool LeaderLock::still_held() {
  if (!held_) return false;
  if (connection_->run_sql("SELECT 1", {}, nullptr, "lock " + key_)) release();
  return held_;
}

void LeaderLock::release() {
  // Closing the session would free the lock too, but a moment later; the next holder should not have to poll for it.
  if (held_ && connection_->is_open())
    if (connection_->run_sql("SELECT pg_advisory_unlock_all()", {}, nullptr, "lock " + key_)) connection_.reset();
  held_ = false;
  connection_.reset();
}

}  // namespace dlrgw::host
