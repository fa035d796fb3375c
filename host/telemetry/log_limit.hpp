// SPDX-License-Identifier: Apache-2.0
// Keeps one failing part from flooding the log: lets one line per key and second through, with the number of lines left
// out. No I/O; thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

class LogLimit {
 public:
  // nullopt: leave this line out. Else how many lines of this key were left out before it. now_us: monotonic.
  std::optional<std::uint64_t> admit(const std::string& key, std::int64_t now_us) {
    const MutexLock lock(mutex_);
    Entry& entry = entries_[key];
    if (now_us < entry.silent_until_us) {
      ++entry.left_out;
      return std::nullopt;
    }
    entry.silent_until_us = now_us + kIntervalUs;
    return std::exchange(entry.left_out, 0);
  }

 private:
  static constexpr std::int64_t kIntervalUs = 1'000'000;
  struct Entry {
    std::int64_t silent_until_us = 0;
    std::uint64_t left_out = 0;
  };
  Mutex mutex_;
  // Keys come from closed lists: stages, kinds of failure.
  std::map<std::string, Entry> entries_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
