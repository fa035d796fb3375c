// SPDX-License-Identifier: Apache-2.0
// What cannot be published whatever becomes of the others of its subject: a row that cannot be read, and events that
// their stream refuses. A row of which every event is refused is left alone, one that holds others too is read on, and
// only its refused events are left out. 1 s, doubling up to 5 min for each row. It stays in the outbox. Owned by the
// relay; one thread. Time comes in as a parameter.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::outbox {

class ParkedRows {
 public:
  static constexpr std::int64_t kFirstUs = 1'000'000;
  static constexpr std::int64_t kLongestUs = 300'000'000;
  static constexpr std::size_t kMost = 1000;  // more is no longer the fault of single events

  struct Parked {
    std::int64_t wait_us = 0;
    bool is_new_step = false;  // log it: a step is told once, the longest one too
  };
  // Empty when there are too many of them: then it is their subject that fails.
  std::optional<Parked> refused(std::int64_t row, std::span<const std::string_view> events, std::int64_t now_us);
  std::optional<Parked> unreadable(std::int64_t row, std::int64_t now_us);
  // The row holds these events now, and no others; none = it is gone.
  void holds(std::int64_t row, std::span<const std::string_view> events);
  // Whether that event is not to be tried now.
  [[nodiscard]] bool left_alone(std::int64_t row, std::string_view event, std::int64_t now_us) const;
  // The rows that are not to be read now.
  [[nodiscard]] std::vector<std::int64_t> waiting(std::int64_t now_us) const;

 private:
  struct Entry {
    std::int64_t wait_us = 0;
    std::int64_t until_us = 0;
    bool whole = false;  // there is nothing else in the row
    std::set<std::string, std::less<>> events;
  };
  Entry* entry_of(std::int64_t row, std::int64_t now_us);
  static Parked step(Entry& entry, std::int64_t now_us);

  std::map<std::int64_t, Entry> rows_;
};

}  // namespace dlrgw::outbox
