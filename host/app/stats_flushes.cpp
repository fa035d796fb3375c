// SPDX-License-Identifier: Apache-2.0
#include "app/stats_flushes.hpp"

namespace dlrgw::host {

const StatsFlushes::Flush* StatsFlushes::next(IngestStats& stats) {
  if (!is_left_over()) pending_ = {process_ + "#" + std::to_string(++flushes_), stats.take()};
  return is_left_over() ? &pending_ : nullptr;
}

std::int64_t StatsFlushes::give_up(IngestStats& stats) {
  std::int64_t lost = 0;
  for (const auto& [key, count] : pending_.counts) lost += count;
  for (const auto& [key, count] : stats.take()) lost += count;
  pending_.counts.clear();
  return lost;
}

}  // namespace dlrgw::host
