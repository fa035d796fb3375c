// SPDX-License-Identifier: Apache-2.0
// How many receipts were settled, per minute of receivedAt, operator and outcome: the denominators of the reports. The
// lanes count in memory after their commits, so that a replayed batch is counted once. The counts are taken out and
// stored every few seconds, so that a batch costs no extra statement.
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

// The counts of one batch. One thread.
class IngestTally {
 public:
  void add(std::string_view operator_id, std::int64_t received_at_us, std::string_view outcome);

 private:
  friend class IngestStats;
  std::map<IngestKey, std::int64_t> counts_;
};

// The counts of all lanes. Any thread.
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
