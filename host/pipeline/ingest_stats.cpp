// SPDX-License-Identifier: Apache-2.0
#include "pipeline/ingest_stats.hpp"

#include <utility>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;

std::int64_t minute_of(std::int64_t us) {
  const std::int64_t rest = us % kMinuteUs;
  return us - (rest < 0 ? rest + kMinuteUs : rest);
}

}  // namespace

void IngestTally::add(std::string_view operator_id, std::int64_t received_at_us, std::string_view outcome) {
  ++counts_[{minute_of(received_at_us), std::string(operator_id), std::string(outcome)}];
}

void IngestStats::add(const IngestTally& tally) {
  const MutexLock lock(mutex_);
  for (const auto& [key, count] : tally.counts_) counts_[key] += count;
}

IngestStats::Counts IngestStats::take() {
  const MutexLock lock(mutex_);
  return std::exchange(counts_, {});
}

}  // namespace dlrgw::host
