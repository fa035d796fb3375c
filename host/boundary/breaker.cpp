// SPDX-License-Identifier: Apache-2.0
#include "boundary/breaker.hpp"

#include <algorithm>
#include <utility>

namespace dlrgw::host {
namespace {

std::string_view word(BreakerKind kind) { return kind == BreakerKind::kStage ? "stage" : "quirk"; }

}  // namespace

Breaker::Breaker(const BreakerSubject& subject, std::shared_ptr<std::atomic<std::size_t>> held_by_all)
    : kind_(subject.kind),
      name_(subject.name),
      plugin_(subject.plugin),
      version_(subject.version),
      health_(subject.health),
      logger_(subject.logger),
      held_by_all_(std::move(held_by_all)) {}

Breaker::~Breaker() { health_.forget(this); }

bool Breaker::admit(std::int64_t now_us) {
  const MutexLock lock(mutex_);
  if (!open_) return true;
  if (now_us < next_probe_us_) return false;
  next_probe_us_ = now_us + kProbeEveryUs;
  return true;
}

void Breaker::failed(std::int64_t now_us, std::string_view why) { count(1, now_us, kProbeEveryUs, why); }

void Breaker::stalled(std::int64_t now_us, std::string_view why) {
  std::int64_t pause_us = 0;
  {
    const MutexLock lock(mutex_);
    pause_us = stall_pause_us_;
    if (open_) stall_pause_us_ = std::min(2 * stall_pause_us_, kLongestStallPauseUs);
  }
  count(kStallCountsAs, now_us, pause_us, why);
}

void Breaker::count(std::uint32_t failures, std::int64_t now_us, std::int64_t pause_us, std::string_view why) {
  {
    const MutexLock lock(mutex_);
    failures_ += failures;
    last_error_ = why;
    if (failures_ < kFailuresToOpen) return;
    open_ = true;
    next_probe_us_ = std::max(next_probe_us_, now_us + pause_us);
    if (std::exchange(told_open_, true)) return;
  }
  tell(true, why);
}

void Breaker::worked() {
  {
    const MutexLock lock(mutex_);
    failures_ = 0;
    open_ = false;
    stall_pause_us_ = kStallProbeAfterUs;
    if (!std::exchange(told_open_, false)) return;
  }
  tell(false, {});
}

void Breaker::reset() {
  const MutexLock lock(mutex_);
  failures_ = 0;
  open_ = false;
  next_probe_us_ = 0;
}

bool Breaker::hold(std::uint64_t stream_seq, std::int64_t now_us, bool room) {
  const MutexLock lock(mutex_);
  const auto known = held_.find(stream_seq);
  if (known != held_.end()) {
    known->second = now_us;
    return true;
  }
  if (!room) {
    const std::size_t gone =
        std::erase_if(held_, [&](const auto& entry) { return now_us - entry.second > kHoldForgottenUs; });
    if (gone == 0) return false;
    *held_by_all_ -= gone;
  }
  held_.emplace(stream_seq, now_us);
  ++*held_by_all_;
  return true;
}

void Breaker::release(std::uint64_t stream_seq) {
  const MutexLock lock(mutex_);
  *held_by_all_ -= held_.erase(stream_seq);
}

Breaker::State Breaker::state() const {
  const MutexLock lock(mutex_);
  return {open_, failures_, held_.size(), last_error_};
}

// At once, whatever becomes of the batch. A stage concerns all receipts, a quirk those of its operators.
void Breaker::tell(bool opened, std::string_view why) const {
  const bool stage = kind_ == BreakerKind::kStage;
  const HealthState open_state = stage ? HealthState::kDown : HealthState::kDegraded;
  health_.report(std::string(word(kind_)) + " " + name_, opened ? open_state : HealthState::kOk,
                 !opened ? ""
                 : stage ? "keeps failing; receipts are held"
                         : "keeps failing; its operators' receipts are held",
                 this);
  logger_.emit(opened ? Level::kError : Level::kWarn, stage ? "dlr.stage.breaker" : "dlr.quirk.breaker",
               {{"plugin", plugin_},
                {"version", version_},
                {word(kind_), name_},
                {"state", opened ? std::string_view("open") : std::string_view("closed")},
                {"reason", why}});
}

}  // namespace dlrgw::host
