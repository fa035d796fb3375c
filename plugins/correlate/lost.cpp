// SPDX-License-Identifier: Apache-2.0
#include "lost.hpp"

#include <utility>

namespace dlrgw::correlate {

bool needs_look(const LostReceipt& receipt, std::uint32_t retries) {
  return receipt.delivery_count > 1 || next_step(receipt.finding, receipt.looked_up_before, retries) == Step::kOrphan;
}

std::vector<LostStep> decide_lost(std::span<const LostReceipt> receipts, StoredOrphans stored, std::uint32_t retries) {
  std::vector<LostStep> steps;
  steps.reserve(receipts.size());
  for (const LostReceipt& receipt : receipts) {
    const Orphan& orphan = receipt.orphan;
    if (const auto known = stored.find(orphan.orphan_id); known != stored.end()) {
      steps.push_back(same_receipt(known->second, orphan) ? LostStep::kRedelivered : LostStep::kEventIdReused);
    } else if (next_step(receipt.finding, receipt.looked_up_before, retries) == Step::kRetry) {
      steps.push_back(LostStep::kRetry);
    } else if (receipt.copy_of_orphan) {
      steps.push_back(LostStep::kDedup);
    } else {
      steps.push_back(LostStep::kOrphan);
      stored.emplace(orphan.orphan_id,
                     StoredOrphan{std::string(orphan.operator_id), std::string(orphan.operator_message_id),
                                  std::string(orphan.status), std::string(orphan.raw_stat)});
    }
  }
  return steps;
}

}  // namespace dlrgw::correlate
