// SPDX-License-Identifier: Apache-2.0
#include "parked_rows.hpp"

#include <algorithm>

namespace dlrgw::outbox {

ParkedRows::Entry* ParkedRows::entry_of(std::int64_t row, std::int64_t now_us) {
  if (rows_.size() >= kMost && !rows_.contains(row)) {
    // Whoever went from the table by another way is not missed: it would have been tried again by now.
    std::erase_if(rows_, [&](const auto& entry) { return entry.second.until_us + kLongestUs < now_us; });
    if (rows_.size() >= kMost) return nullptr;
  }
  return &rows_[row];
}

ParkedRows::Parked ParkedRows::step(Entry& entry, std::int64_t now_us) {
  const std::int64_t before = entry.wait_us;
  entry.wait_us = before == 0 ? kFirstUs : std::min(2 * before, kLongestUs);
  entry.until_us = now_us + entry.wait_us;
  return {entry.wait_us, entry.wait_us != before};
}

std::optional<ParkedRows::Parked> ParkedRows::refused(std::int64_t row, std::span<const std::string_view> events,
                                                      std::int64_t now_us) {
  Entry* entry = entry_of(row, now_us);
  if (entry == nullptr) return std::nullopt;
  for (const std::string_view event : events) entry->events.emplace(event);
  return step(*entry, now_us);
}

std::optional<ParkedRows::Parked> ParkedRows::unreadable(std::int64_t row, std::int64_t now_us) {
  Entry* entry = entry_of(row, now_us);
  if (entry == nullptr) return std::nullopt;
  entry->whole = true;
  return step(*entry, now_us);
}

void ParkedRows::holds(std::int64_t row, std::span<const std::string_view> events) {
  const auto found = rows_.find(row);
  if (found == rows_.end()) return;
  Entry& entry = found->second;
  std::erase_if(entry.events,
                [&](const std::string& event) { return std::ranges::find(events, event) == events.end(); });
  entry.whole = entry.events.size() == events.size();
  if (entry.events.empty()) rows_.erase(found);
}

bool ParkedRows::left_alone(std::int64_t row, std::string_view event, std::int64_t now_us) const {
  const auto found = rows_.find(row);
  return found != rows_.end() && now_us < found->second.until_us && found->second.events.contains(event);
}

std::vector<std::int64_t> ParkedRows::waiting(std::int64_t now_us) const {
  std::vector<std::int64_t> out;
  for (const auto& [row, entry] : rows_)
    if (entry.whole && now_us < entry.until_us) out.push_back(row);
  return out;
}

}  // namespace dlrgw::outbox
