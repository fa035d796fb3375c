// SPDX-License-Identifier: Apache-2.0
// Single events that cannot be published although others of their subject can: their row cannot be read, or their
// stream refuses them. Each stays in the outbox and is left alone for 1 s, doubling up to 5 min. Owned by the relay;
// one thread. The caller brings the time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace dlrgw::outbox {

class ParkedEvents {
 public:
  static constexpr std::int64_t kFirstUs = 1'000'000;
  static constexpr std::int64_t kLongestUs = 300'000'000;
  static constexpr std::size_t kMost = 1000;  // with more of them, the trouble is not that of single events

  struct Parked {
    std::int64_t wait_us = 0;
    bool is_new_step = false;  // log it: each step is logged once, the longest one too
  };
  // Empty when there are too many of them: then it is their subject that fails.
  std::optional<Parked> park(std::int64_t id, std::int64_t now_us);
  void released(std::int64_t id) { events_.erase(id); }
  // The ids that are left alone now.
  [[nodiscard]] std::vector<std::int64_t> waiting(std::int64_t now_us) const;

 private:
  struct Entry {
    std::int64_t wait_us = 0;
    std::int64_t until_us = 0;
  };
  std::map<std::int64_t, Entry> events_;
};

}  // namespace dlrgw::outbox
