// SPDX-License-Identifier: Apache-2.0
#include "relay_floors.hpp"

#include <algorithm>

#include <dlrgw/abi/base.h>

namespace dlrgw::outbox {

void RelayFloors::settle(std::span<const PublishedRow> round) {
  const auto acknowledged = [](const PublishedEvent& event) { return event.result == DLRGW_OK; };
  std::map<std::string_view, std::int64_t> newest;
  for (const PublishedRow& row : round) {
    std::int64_t& id = newest.try_emplace(row.subject, 0).first->second;
    id = id >= 0 && std::ranges::all_of(row.events, acknowledged) ? std::max(id, row.id) : -1;
  }
  for (const auto& [subject, id] : newest)
    floors_.insert_or_assign(std::string(subject), std::max<std::int64_t>(id - kSlack, 0));
}

std::vector<std::pair<std::string, std::int64_t>> RelayFloors::after(std::span<const std::string> without) const {
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (const auto& [subject, id] : floors_)
    if (std::find(without.begin(), without.end(), subject) == without.end()) out.emplace_back(subject, id);
  return out;
}

}  // namespace dlrgw::outbox
