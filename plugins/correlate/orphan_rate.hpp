// SPDX-License-Identifier: Apache-2.0
// Share of orphans among the receipts of the last five minutes, in steps of five seconds. One for all lanes; any
// thread.
#pragma once
#include <array>
#include <cstdint>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::correlate {

class OrphanRate {
 public:
  static constexpr std::int64_t kStepUs = 5'000'000;
  static constexpr std::size_t kSteps = 60;

  // now_us: monotonic. Returns the rate including these receipts; 0 when there were none.
  double add(std::int64_t now_us, std::uint64_t seen, std::uint64_t orphaned);

 private:
  struct Slot {
    std::int64_t step = -1;
    std::uint64_t seen = 0;
    std::uint64_t orphaned = 0;
  };
  Mutex mutex_;
  std::array<Slot, kSteps> slots_ DLRGW_GUARDED_BY(mutex_){};  // the slot of a step is step % kSteps
};

}  // namespace dlrgw::correlate
