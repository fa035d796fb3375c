// SPDX-License-Identifier: Apache-2.0
// Receipts that were in a batch which did not come back. They come again by themselves, after their AckWait: each runs
// alone then, and one that hangs once more, alone, is the culprit. Known to this process only. Thread-safe.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "intake/delivery.hpp"
#include "pipeline/replay_plan.hpp"

namespace dlrgw::host {

using SuspectId = std::pair<std::string, std::uint64_t>;  // stream identity, sequence
SuspectId suspect_id(const Delivery& delivery);

class Suspects {
 public:
  // Those of one batch.
  void hung(const std::vector<SuspectId>& receipts, const BatchFailure& why);
  // Without a lock: nothing has hung so far.
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] bool knows(const SuspectId& receipt) const;
  // Why it is to be rejected; nothing: it is tried.
  [[nodiscard]] std::optional<BatchFailure> culprit(const SuspectId& receipt) const;
  void forget(const SuspectId& receipt);

 private:
  struct Suspect {
    std::uint32_t hangs = 0;
    bool alone = false;  // in one of them
    BatchFailure why;
  };
  std::atomic<std::size_t> count_{0};
  mutable Mutex mutex_;
  std::map<SuspectId, Suspect> suspects_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
