// SPDX-License-Identifier: Apache-2.0
// Where in the outbox the relay goes on reading. Deleted rows stay in the index until a vacuum, and after a burst they
// outnumber the waiting rows a hundred to one. So a look starts a little below what was acknowledged last. As ids
// become visible out of order, some looks start at the very first row. Owned by the relay; one thread. No I/O.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "relay_round.hpp"

namespace dlrgw::outbox {

class RelayFloors {
 public:
  // How far below the newest acknowledged id a look starts: by more rows than concurrent transactions usually hold, so
  // that rows that become visible late are usually found.
  static constexpr std::int64_t kSlack = 1'000;
  // Looks from the first row take at most one part in this many of the time.
  static constexpr std::int64_t kMaxShare = 20;
  // However long one took, the next begins after this time at the latest.
  static constexpr std::int64_t kLongestApartUs = 5'000'000;

  [[nodiscard]] bool whole_look_due(std::int64_t now_us) const { return floors_.empty() || now_us >= next_whole_us_; }
  void whole_look_done(std::int64_t began_us, std::int64_t ended_us) {
    next_whole_us_ = ended_us + std::min((ended_us - began_us) * kMaxShare, kLongestApartUs);
  }
  // Takes in what each look found and what became of it: a subject whose events were all acknowledged goes on after its
  // rows, any other one from its first row.
  void settle(std::span<const PublishedRow> round);
  // Subject and the id behind which to read, without those that back off.
  [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> after(std::span<const std::string> without) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> floors_;
  std::int64_t next_whole_us_ = INT64_MIN;
};

}  // namespace dlrgw::outbox
