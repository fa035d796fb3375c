// SPDX-License-Identifier: Apache-2.0
// What becomes of those receipts of a batch for which no message was found. Pure; any thread.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "orphan.hpp"
#include "resolution.hpp"

namespace dlrgw::correlate {

struct LostReceipt {
  std::uint32_t index = 0;  // in the batch
  Finding finding = Finding::kNoCorrelation;
  std::uint32_t looked_up_before = 0;
  std::uint32_t delivery_count = 1;
  bool copy_of_orphan = false;  // Redis knows an orphan with its fingerprint
  Orphan orphan;
};

// By orphan id.
using StoredOrphans = std::map<std::string, StoredOrphan, std::less<>>;

enum class LostStep {
  kRetry,
  kOrphan,
  kDedup,          // another event's orphan row says the same
  kRedelivered,    // its orphan row exists
  kEventIdReused,  // the orphan row of its event id says something else: dropping would lose this receipt
};

// Whether the receipt's orphan row may exist or is about to be written; otherwise it need not be looked for.
bool needs_look(const LostReceipt& receipt, std::uint32_t retries);

// One step per receipt, in order: an orphan of the batch counts as stored for those behind it.
std::vector<LostStep> decide_lost(std::span<const LostReceipt> receipts, StoredOrphans stored, std::uint32_t retries);

}  // namespace dlrgw::correlate
