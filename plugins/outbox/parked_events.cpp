// SPDX-License-Identifier: Apache-2.0
#include "parked_events.hpp"

#include <algorithm>

namespace dlrgw::outbox {

std::optional<ParkedEvents::Parked> ParkedEvents::park(std::int64_t id, std::int64_t now_us) {
  if (events_.size() >= kMost && !events_.contains(id)) {
    // Forgets events that left the table some other way: otherwise they would have been tried again by now.
    std::erase_if(events_, [&](const auto& event) { return event.second.until_us + kLongestUs < now_us; });
    if (events_.size() >= kMost) return std::nullopt;
  }
  Entry& entry = events_[id];
  const std::int64_t before = entry.wait_us;
  entry.wait_us = before == 0 ? kFirstUs : std::min(2 * before, kLongestUs);
  entry.until_us = now_us + entry.wait_us;
  return Parked{entry.wait_us, entry.wait_us != before};
}

std::vector<std::int64_t> ParkedEvents::waiting(std::int64_t now_us) const {
  std::vector<std::int64_t> out;
  for (const auto& [id, entry] : events_)
    if (now_us < entry.until_us) out.push_back(id);
  return out;
}

}  // namespace dlrgw::outbox
