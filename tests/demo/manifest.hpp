// SPDX-License-Identifier: Apache-2.0
// What the demo is going to publish and what has to become of it. The expectations follow from how each kind of receipt
// was made, by counting; nothing of the product is linked or asked. A value, built once from a seed.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/receipt.hpp"

namespace dlrgw::demo {

enum class Outcome {
  kApplied,      // a row in dlr.delivery_receipts
  kLate,         // a row in dlr.late_dlrs
  kQuarantined,  // a row in dlr.quarantined_dlrs
  kOrphan,       // a row in dlr.orphan_dlrs
  kInvalid,      // a row in dlr.invalid_dlrs
  kDuplicate,    // no row; counted as duplicate or as dedup: which of them depends on what Redis knew in time
  kRedelivered,  // no row
};
[[nodiscard]] const char* to_string(Outcome outcome);

enum class Phase {
  kFirst,   // shuffled, all at once
  kEarly,   // right behind it: the correlation row follows seconds later
  kSecond,  // after everything of the first two has settled
};

struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
  [[nodiscard]] bool holds(std::int64_t value) const { return low <= value && value <= high; }
};

struct Kind {
  std::string name;
  std::int64_t sent = 0;
  std::map<Outcome, Range> expected;
};

struct Planned {
  std::size_t kind = 0;
  Phase phase = Phase::kFirst;
  std::string event_id;  // empty when the payload carries none that can be read
  std::string status;    // the DlrStatus it means; empty when invalid
  std::string payload;
};

// What a message has to look like in the end.
struct Fate {
  std::string final_status;  // decided by a receipt: one billing event; empty: none
  std::string initial_status;
  Range provisional;  // webhooks with final = false
};

struct Manifest {
  std::uint64_t seed = 0;
  std::vector<Kind> kinds;
  std::vector<test::Message> messages;          // inserted before the first phase
  std::vector<test::Correlation> correlations;  // likewise, those that no message brings along
  std::vector<test::Correlation> after_2s;      // inserted that long after the early receipts were published
  std::vector<test::Correlation> after_4s;
  std::vector<test::Correlation> before_second;    // inserted between the phases
  std::vector<std::string> a_day_older;            // messages for which a day passes between the phases
  std::vector<Planned> receipts;                   // in the order of publishing
  std::map<std::string, Fate> fates;               // by message id
  std::int64_t retries_at_least = 0;               // look-ups that have to be repeated
  std::map<std::string, std::int64_t> late_kinds;  // receipts that are late for one of these reasons
  std::int64_t grace_expired = 0;                  // messages that a missing segment makes PARTIAL

  [[nodiscard]] Range total(Outcome outcome) const;
};

// At least `count` receipts (and never fewer than about a thousand) of every kind.
[[nodiscard]] Manifest make_manifest(std::uint64_t seed, std::int64_t count);

}  // namespace dlrgw::demo
