// SPDX-License-Identifier: Apache-2.0
// How many receipts were settled, per minute of receivedAt, operator and outcome: what reports divide by. Counted in
// memory by the lanes after their commits and taken out to be stored every few seconds, so that a batch costs no
// statement; a batch that is replayed has not been counted before.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {

struct IngestKey {
  std::int64_t minute_us = 0;  // its first instant
  std::string operator_id;     // empty: the payload named none
  std::string outcome;
  auto operator<=>(const IngestKey&) const = default;
};

// One batch's. One thread.
class IngestTally {
 public:
  void add(std::string_view operator_id, std::int64_t received_at_us, std::string_view outcome);

 private:
  friend class IngestStats;
  std::map<IngestKey, std::int64_t> counts_;
};

// All lanes'. Any thread.
class IngestStats {
 public:
  using Counts = std::map<IngestKey, std::int64_t>;
  void add(const IngestTally& tally);
  // Everything counted since the last call.
  [[nodiscard]] Counts take();

 private:
  Mutex mutex_;
  Counts counts_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
