// SPDX-License-Identifier: Apache-2.0
// Stops calling a quirk that keeps failing. While it is open the operator's receipts are held: they wait and come again
// without a retry being counted, as long as there is room; what is beyond it is rejected and may be submitted again.
// One call every few seconds probes whether the quirk works again. Owned by its snapshot: a new version begins closed.
// Thread-safe.
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
  // By hand: called again at once. What was told as open is told as closed once it has worked.
  void reset();

  // A receipt that admit() turned away, by its stream sequence. room: one more may be held. False: it is not held.
  bool hold(std::uint64_t stream_seq, std::int64_t now_us, bool room);
  // It was handled after all.
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
