// SPDX-License-Identifier: Apache-2.0
#include "pipeline/suspects.hpp"

namespace dlrgw::host {
namespace {

constexpr std::uint32_t kHangsOfACulprit = 2;

}  // namespace

SuspectId suspect_id(const Delivery& delivery) { return {std::string(delivery.identity()), delivery.stream_seq}; }

void Suspects::hung(const std::vector<SuspectId>& receipts, const BatchFailure& why) {
  const MutexLock lock(mutex_);
  for (const SuspectId& receipt : receipts) {
    Suspect& suspect = suspects_[receipt];
    ++suspect.hangs;
    suspect.alone = suspect.alone || receipts.size() == 1;
    suspect.why = why;
  }
  count_ = suspects_.size();
}

bool Suspects::knows(const SuspectId& receipt) const {
  if (empty()) return false;
  const MutexLock lock(mutex_);
  return suspects_.contains(receipt);
}

std::optional<BatchFailure> Suspects::culprit(const SuspectId& receipt) const {
  const MutexLock lock(mutex_);
  const auto found = suspects_.find(receipt);
  if (found == suspects_.end() || !found->second.alone || found->second.hangs < kHangsOfACulprit) return std::nullopt;
  return found->second.why;
}

void Suspects::forget(const SuspectId& receipt) {
  const MutexLock lock(mutex_);
  suspects_.erase(receipt);
  count_ = suspects_.size();
}

}  // namespace dlrgw::host
