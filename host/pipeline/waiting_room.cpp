// SPDX-License-Identifier: Apache-2.0
#include "pipeline/waiting_room.hpp"

#include <algorithm>

namespace dlrgw::host {
namespace {

constexpr std::uint32_t kFirstPauseMs = 1'000;
constexpr std::uint32_t kLastPauseMs = 60'000;
constexpr std::int64_t kForgottenAfterUs = 300'000'000;  // long due, and since taken by another gateway
constexpr std::int64_t kLookBackUs = 5'000'000;
// How many causes are remembered. One that is forgotten is only counted from the beginning again.
constexpr std::size_t kMaxCauses = 64;

std::uint32_t pause_after(std::uint32_t pauses) {
  std::uint32_t pause = kFirstPauseMs;
  for (std::uint32_t i = 0; i < pauses && pause < kLastPauseMs; ++i) pause *= 2;
  return std::min(pause, kLastPauseMs);
}

}  // namespace

WaitingRoom::Stay WaitingRoom::stay(std::uint64_t stream_seq, std::string_view reason, std::int64_t now_us) {
  const MutexLock lock(mutex_);
  forget_strangers(now_us);
  const auto [at, is_new] = guests_.try_emplace(stream_seq);
  Guest& guest = at->second;
  if (is_new) guest.since_us = now_us;
  guest.reason = reason;
  const std::uint32_t pause_ms = pause_after(guest.pauses++);
  guest.due_us = now_us + std::int64_t{pause_ms} * 1000;
  const bool too_long = now_us - guest.since_us >= limits_.put_away_after_us;
  return {too_long || fills(limits_.hold_share, guests_.size()), pause_ms};
}

bool WaitingRoom::knows(std::uint64_t stream_seq) const {
  const MutexLock lock(mutex_);
  return guests_.contains(stream_seq);
}

void WaitingRoom::leave(std::uint64_t stream_seq) {
  const MutexLock lock(mutex_);
  guests_.erase(stream_seq);
}

bool WaitingRoom::has_room_for_held(std::size_t held) const {
  const MutexLock lock(mutex_);
  return !fills(limits_.quirk_share, held);
}

void WaitingRoom::consumer_says(std::uint64_t ack_pending, std::int64_t now_us) {
  const MutexLock lock(mutex_);
  ack_pending_.emplace_back(now_us, ack_pending);
  while (now_us - ack_pending_.front().first > kLookBackUs) ack_pending_.pop_front();
}

std::map<std::string, std::size_t> WaitingRoom::by_reason() const {
  const MutexLock lock(mutex_);
  std::map<std::string, std::size_t> out;
  for (const auto& [seq, guest] : guests_) ++out[guest.reason];
  return out;
}

std::size_t WaitingRoom::size() const {
  const MutexLock lock(mutex_);
  return guests_.size();
}

// Whether the share is filled: by the receipts here, or because the consumer has been that full for some seconds.
bool WaitingRoom::fills(double share, std::size_t here) const {
  const double most = share * static_cast<double>(limits_.max_ack_pending);
  if (static_cast<double>(here) >= most) return true;
  if (ack_pending_.empty() || ack_pending_.back().first - ack_pending_.front().first < kLookBackUs / 2) return false;
  const auto least = std::ranges::min_element(ack_pending_, {}, [](const auto& one) { return one.second; });
  return static_cast<double>(least->second) >= most;
}

void WaitingRoom::forget_strangers(std::int64_t now_us) {
  std::erase_if(guests_, [&](const auto& entry) { return now_us - entry.second.due_us > kForgottenAfterUs; });
}

std::uint32_t CommonTrouble::failed_alone(const std::string& cause, std::uint64_t stream_seq) {
  const MutexLock lock(mutex_);
  if (alike_.size() >= kMaxCauses && !alike_.contains(cause)) alike_.clear();
  std::set<std::uint64_t>& receipts = alike_[cause];
  if (receipts.size() < kMaxCauses) receipts.insert(stream_seq);
  return static_cast<std::uint32_t>(receipts.size());
}

void CommonTrouble::holds(const std::string& cause, bool any_commit) {
  const MutexLock lock(mutex_);
  held_by_ = cause;
  any_commit_ = any_commit;
  over_ = false;
}

void CommonTrouble::committed(const std::set<std::string>& got_through) {
  const MutexLock lock(mutex_);
  std::erase_if(alike_, [&](const auto& entry) { return got_through.contains(entry.first); });
  if (any_commit_ || got_through.contains(held_by_)) over_ = true;
}

bool CommonTrouble::is_over() const {
  const MutexLock lock(mutex_);
  return over_;
}

}  // namespace dlrgw::host
