// SPDX-License-Identifier: Apache-2.0
#include "orphan_rate.hpp"

namespace dlrgw::correlate {

double OrphanRate::add(std::int64_t now_us, std::uint64_t seen, std::uint64_t orphaned) {
  const std::int64_t step = now_us / kStepUs;
  const MutexLock lock(mutex_);
  Slot& slot = slots_[static_cast<std::size_t>(step) % kSteps];
  if (slot.step != step) slot = {step, 0, 0};
  slot.seen += seen;
  slot.orphaned += orphaned;
  std::uint64_t all = 0;
  std::uint64_t orphans = 0;
  for (const Slot& s : slots_) {
    if (s.step < 0 || s.step <= step - static_cast<std::int64_t>(kSteps)) continue;
    all += s.seen;
    orphans += s.orphaned;
  }
  return all == 0 ? 0.0 : static_cast<double>(orphans) / static_cast<double>(all);
}

}  // namespace dlrgw::correlate
