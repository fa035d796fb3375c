// SPDX-License-Identifier: Apache-2.0
// Stops calling a quirk that keeps failing. While the breaker is open, the operator's receipts are held: they wait and
// come again, and no retry is counted. When there is no room for more, further ones are rejected and may be submitted
// again later. One call every few seconds probes whether the quirk works again. Owned by its snapshot, so that a new
// version of the quirk begins with a closed breaker. Thread-safe.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

inline constexpr std::uint32_t kQuirkFailuresToOpen = 10;  // in a row, over all lanes
inline constexpr std::int64_t kQuirkProbeEveryUs = 5'000'000;
inline constexpr std::int64_t kQuirkHoldForgottenUs = 60'000'000;  // held, and since taken by another host

class QuirkBreaker {
 public:
  // held_by_all: how many receipts all quirks of the pipeline hold.
  explicit QuirkBreaker(std::shared_ptr<std::atomic<std::size_t>> held_by_all) : held_by_all_(std::move(held_by_all)) {}
  [[nodiscard]] std::size_t held_by_all() const { return *held_by_all_; }

  // Whether the quirk may be called now.
  bool admit(std::int64_t now_us);
  enum class Change { kNone, kOpened, kClosed };
  Change failed(std::int64_t now_us, std::string_view why);
  Change worked();
  // An operator asks for it: the quirk is called again at once. The breaker is reported as closed once a call worked.
  void reset();

  // Holds a receipt that admit() turned away, by its stream sequence, if there is room for one more. Returns whether.
  bool hold(std::uint64_t stream_seq, std::int64_t now_us, bool room);
  // The receipt is no longer held: it was handled after all.
  void release(std::uint64_t stream_seq);

  struct State {
    bool open = false;
    std::uint32_t failures = 0;  // in a row
    std::size_t held = 0;
    std::string last_error;
  };
  [[nodiscard]] State state() const;

 private:
  const std::shared_ptr<std::atomic<std::size_t>> held_by_all_;
  mutable Mutex mutex_;
  bool open_ DLRGW_GUARDED_BY(mutex_) = false;
  bool told_open_ DLRGW_GUARDED_BY(mutex_) = false;
  std::uint32_t failures_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::int64_t next_probe_us_ DLRGW_GUARDED_BY(mutex_) = 0;
  std::string last_error_ DLRGW_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::int64_t> held_ DLRGW_GUARDED_BY(mutex_);  // stream sequence → when it was last seen
};

}  // namespace dlrgw::host
