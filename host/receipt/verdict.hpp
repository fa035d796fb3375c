// SPDX-License-Identifier: Apache-2.0
// What the chain has decided for one receipt so far. A value; owned by its receipt, on the thread of its lane.
#pragma once
#include <cstdint>
#include <string_view>

namespace dlrgw::host {

// The texts belong to the snapshot, which outlives the batch.
struct Verdict {
  // kPutAway: stored as held, to be put through later; no outcome yet.
  enum class Action { kContinue, kDrop, kRetry, kReject, kPutAway };
  Action action = Action::kContinue;
  std::uint32_t retry_after_ms = 0;
  bool counts_as_retry = true;  // false: the host's own retry, not one that the stage asked for
  std::string_view reason;
  std::string_view outcome;
  std::string_view stage;
  std::string_view plugin;
};

}  // namespace dlrgw::host
