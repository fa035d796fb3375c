// SPDX-License-Identifier: Apache-2.0
#include "message/history.hpp"

#include <algorithm>

#include "message/complete.hpp"
#include "message/states.hpp"

namespace dlrgw::message {
namespace {

SegmentIndices finals_of(const History& history) {
  SegmentIndices finals;
  for (const SeenReceipt& seen : history.receipts)
    if (!seen.late && is_terminal(seen.status)) finals.insert(seen.segment);
  return finals;
}

}  // namespace

std::string_view to_string(LateKind kind) {
  switch (kind) {
    case LateKind::kTerminalConflict:
      return "terminal_conflict";
    case LateKind::kTransient:
      return "transient";
    case LateKind::kAfterPartial:
      return "after_partial";
    case LateKind::kSupersededAttempt:
      return "superseded_attempt";
  }
  return {};
}

std::optional<LateKind> late_kind_from(std::string_view name) {
  for (const LateKind kind : kAllLateKinds)
    if (to_string(kind) == name) return kind;
  return std::nullopt;
}

std::uint32_t told_intermediates(const History& history) {
  const auto applied =
      static_cast<std::uint32_t>(std::count_if(history.receipts.begin(), history.receipts.end(), [](const auto& seen) {
        return !seen.late && !is_terminal(seen.status);
      }));
  return applied - std::min(applied, history.silent_intermediates);
}

void fold(History& history, const Incoming& receipt, const Decision& decision, std::int64_t now_us) {
  const auto keep = [&] {
    history.receipts.push_back({receipt.segment, receipt.status, receipt.raw, receipt.identity, decision.kind});
  };
  switch (decision.outcome) {
    case Outcome::kRedelivered:
    case Outcome::kDuplicate:
      return;
    case Outcome::kQuarantined:
      history.quarantined.push_back(receipt.identity);
      return;
    case Outcome::kLate:
      keep();
      return;
    case Outcome::kApplied:
      keep();
      if (history.total_segments > 1) {  // only its aggregate makes the message terminal
        if (!is_terminal(receipt.status)) ++history.silent_intermediates;
        history.aggregated =
            history.aggregated ||
            is_complete(finals_of(history), {history.total_segments, history.unrequested, receipt.one_for_all, false});
        return;
      }
      if (!is_terminal(receipt.status)) return;
      history.message_status = to_string(receipt.status);
      history.terminal_since_us = now_us;
      return;
  }
}

}  // namespace dlrgw::message
