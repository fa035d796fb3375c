// SPDX-License-Identifier: Apache-2.0
#include "storage/pool.hpp"

#include "storage/pooler.hpp"

namespace dlrgw::host {

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    release();
    pool_ = other.pool_;
    connection_ = std::move(other.connection_);
    epoch_ = other.epoch_;
    spoilt_ = other.spoilt_;
  }
  return *this;
}

void Lease::release() {
  if (connection_) pool_->give_back(std::move(connection_), epoch_, spoilt_);
}

void Lease::discard_all_older() {
  spoilt_ = true;
  if (pool_ != nullptr) pool_->start_new_epoch(epoch_);
}

Pool::Pool(PoolConfig config) : config_(std::move(config)), opener_(config_, pool_session(config_)) {}

Pool::~Pool() = default;

Result<Lease> Pool::acquire(std::chrono::microseconds longest_wait) {
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  std::vector<std::unique_ptr<Connection>> dead;  // closed after the mutex is released
  MutexLock lock(mutex_);
  ++waiting_;
  const bool got_turn =
      freed_.wait_until(lock, deadline, [this]() DLRGW_REQUIRES(mutex_) { return in_use_ < config_.size + replaced_; });
  --waiting_;
  if (!got_turn)
    return Error{ErrorCode::kTransient, "pool " + config_.name + ": all " + std::to_string(config_.size) +
                                            " connections stayed busy; raise storage." + config_.name + ".size"};
  ++in_use_;
  while (!idle_.empty()) {
    Idle next = std::move(idle_.back());  // the youngest first: its plans and caches are warm
    idle_.pop_back();
    if (next.epoch == epoch_ && next.connection->looks_alive())
      return Lease(*this, std::move(next.connection), next.epoch);
    dead.push_back(std::move(next.connection));
  }
  const std::uint64_t epoch = epoch_;
  lock.unlock();
  dead.clear();
  return open_session(epoch);
}

Result<Lease> Pool::open_session(std::uint64_t epoch) {
  const std::string what = "pool " + config_.name;
  Result<std::unique_ptr<Connection>> opened = opener_.open(what);
  if (opened && !sessions_are_kept_) {
    if (const Status kept = check_pooler(**opened, opener_, what)) {
      sessions_are_kept_ = true;
    } else {
      opened = kept.error();
    }
  }
  if (opened) return Lease(*this, std::move(*opened), epoch);
  {
    const MutexLock guard(mutex_);
    --in_use_;
  }
  freed_.notify_one();
  return opened.error();
}

void Pool::give_back(std::unique_ptr<Connection> connection, std::uint64_t epoch, bool spoilt) {
  connection->rollback();
  {
    const MutexLock guard(mutex_);
    --in_use_;
    if (!spoilt && epoch == epoch_ && connection->is_open()) idle_.push_back({std::move(connection), epoch});
  }
  freed_.notify_one();
}

void Pool::start_new_epoch(std::uint64_t seen) {
  const MutexLock guard(mutex_);
  if (seen == epoch_) ++epoch_;  // the first to notice; ten lanes that lost their sessions start one epoch
}

Status Pool::probe(std::chrono::microseconds longest_wait) {
  Result<Lease> lease = acquire(longest_wait);
  if (!lease) return lease.error();
  const DbStatus failure = (*lease)->check("pool " + config_.name + ", probe");
  if (!failure) return {};
  if (failure->blame == Blame::kServer) lease->discard_all_older();
  if (failure->drop_connection) lease->discard();
  return failure->error();
}

void Pool::replace_one() {
  {
    const MutexLock guard(mutex_);
    ++replaced_;
  }
  freed_.notify_one();
}

void Pool::take_back_one() {
  const MutexLock guard(mutex_);
  --replaced_;
}

PoolStats Pool::stats() const {
  const MutexLock guard(mutex_);
  return {config_.size, in_use_ + static_cast<std::uint32_t>(idle_.size()), in_use_, waiting_};
}

}  // namespace dlrgw::host
