// SPDX-License-Identifier: Apache-2.0
// Receipts that wait without a retry being counted, because what stands in their way is not their fault: each is known
// by its stream sequence and waits with growing pauses. A receipt that has waited too long is put away: stored,
// acknowledged, and put through later. So is one that comes when those waiting fill their share of what the consumer
// may leave unacknowledged. Owned by the gateway. Thread-safe; the caller brings the time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

struct WaitingLimits {
  std::int64_t put_away_after_us = 3'600'000'000;
  std::int64_t max_ack_pending = 20'000;  // of the consumer
  double hold_share = 0.25;               // of max_ack_pending, for receipts that wait
  double quirk_share = 0.25;              // of max_ack_pending, for receipts that breakers hold
};

class WaitingRoom {
 public:
  explicit WaitingRoom(WaitingLimits limits) : limits_(limits) {}

  struct Stay {
    bool put_away = false;
    std::uint32_t pause_ms = 0;  // 1, 2, 4 … 60 s
  };
  // The receipt failed alone and is not to blame: how long it waits, or that it is to be put away.
  Stay stay(std::uint64_t stream_seq, std::string_view reason, std::int64_t now_us);
  // Whether it waits here; then it has to be run alone.
  [[nodiscard]] bool knows(std::uint64_t stream_seq) const;
  // It was settled or put away.
  void leave(std::uint64_t stream_seq);

  // Whether a breaker may hold one more receipt. `held`: how many all breakers of this process hold.
  [[nodiscard]] bool has_room_for_held(std::size_t held) const;
  // How many deliveries of the consumer are unacknowledged, over all gateways; called about twice a second.
  void consumer_says(std::uint64_t ack_pending, std::int64_t now_us);

  [[nodiscard]] std::map<std::string, std::size_t> by_reason() const;
  [[nodiscard]] std::size_t size() const;

 private:
  struct Guest {
    std::string reason;
    std::int64_t since_us = 0;
    std::int64_t due_us = 0;
    std::uint32_t pauses = 0;
  };
  [[nodiscard]] bool fills(double share, std::size_t here) const DLRGW_REQUIRES(mutex_);
  void forget_strangers(std::int64_t now_us) DLRGW_REQUIRES(mutex_);

  const WaitingLimits limits_;
  mutable Mutex mutex_;
  std::map<std::uint64_t, Guest> guests_ DLRGW_GUARDED_BY(mutex_);
  // The consumer's latest figures. The smallest of some seconds counts, so that a busy moment does not fill the share.
  std::deque<std::pair<std::int64_t, std::uint64_t>> ack_pending_ DLRGW_GUARDED_BY(mutex_);
};

// Which failures are alike and follow each other, and which of them hold the intake. Owned by the lanes. Thread-safe.
class CommonTrouble {
 public:
  // A receipt that has not waited yet failed alone. Returns how many different ones have failed alike since the last
  // commit that got past the same cause.
  std::uint32_t failed_alone(const std::string& cause, std::uint64_t stream_seq);
  // The intake is held because of this cause. any_commit: any committed batch shows that it is over; otherwise a batch
  // has to get past what failed.
  void holds(const std::string& cause, bool any_commit);
  // A batch was committed that got past these causes.
  void committed(const std::set<std::string>& got_through);
  // Whether nothing holds the intake, or a commit has shown that the cause is gone.
  [[nodiscard]] bool is_over() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::set<std::uint64_t>> alike_ DLRGW_GUARDED_BY(mutex_);
  std::string held_by_ DLRGW_GUARDED_BY(mutex_);
  bool any_commit_ DLRGW_GUARDED_BY(mutex_) = false;
  bool over_ DLRGW_GUARDED_BY(mutex_) = true;
};

}  // namespace dlrgw::host
