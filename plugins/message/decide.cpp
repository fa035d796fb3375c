// SPDX-License-Identifier: Apache-2.0
#include "message/decide.hpp"

#include <algorithm>
#include <set>

#include "message/states.hpp"

namespace dlrgw::message {
namespace {

bool is_known(const History& history, const Incoming& receipt) {
  const auto same = [&](const SeenReceipt& seen) { return seen.identity == receipt.identity; };
  if (std::any_of(history.receipts.begin(), history.receipts.end(), same)) return true;
  // The row that is being released is its own.
  return !receipt.released && std::find(history.quarantined.begin(), history.quarantined.end(), receipt.identity) !=
                                  history.quarantined.end();
}

// A stale replay repeats id and status, so it would always pass for a duplicate: this is asked first.
bool is_stale_replay(const History& history, const Incoming& receipt, const QuarantineLimits& limits,
                     std::int64_t now_us) {
  if (receipt.released || !receipt.dlr_timestamp_us || !history.terminal_since_us) return false;
  if (!is_terminal_message_status(history.message_status)) return false;
  return now_us - *receipt.dlr_timestamp_us > limits.stale_us && now_us - *history.terminal_since_us > limits.after_us;
}

bool is_superseded(const History& history, const Incoming& receipt) {
  if (!is_failure(receipt.status) || !receipt.submitted_at_us) return false;
  const auto newest = history.newest_submit_us.find(receipt.segment);
  return newest != history.newest_submit_us.end() && newest->second > *receipt.submitted_at_us;
}

bool is_duplicate(const History& history, const Incoming& receipt) {
  const bool superseded = is_superseded(history, receipt);
  std::set<std::string_view> raws;
  for (const SeenReceipt& seen : history.receipts) {
    if (seen.segment != receipt.segment) continue;
    // A failure of an older attempt must not make the newest attempt's failure a duplicate: the newest one decides.
    if (seen.late == LateKind::kSupersededAttempt && !superseded) continue;
    if (is_terminal(receipt.status)) {
      if (seen.status == receipt.status) return true;
    } else if (!is_terminal(seen.status)) {
      if (seen.raw == receipt.raw) return true;
      raws.insert(seen.raw);
    }
  }
  return raws.size() >= kMaxRawsPerSegment;
}

// The segment's final receipt: applied, or stored as late because the message had been decided without it.
const SeenReceipt* final_of(const History& history, std::uint32_t segment) {
  for (const SeenReceipt& seen : history.receipts) {
    const bool counts = !seen.late || *seen.late == LateKind::kAfterPartial;
    if (seen.segment == segment && is_terminal(seen.status) && counts) return &seen;
  }
  return nullptr;
}

std::optional<Decision> late(const History& history, const Incoming& receipt) {
  const bool intermediate = !is_terminal(receipt.status);
  const std::string_view status =
      is_terminal_message_status(history.message_status) ? std::string_view(history.message_status) : "";
  const auto answer = [&](LateKind kind, std::string_view prior) {
    return Decision{Outcome::kLate, intermediate ? LateKind::kTransient : kind, std::string(prior), 0};
  };
  const SeenReceipt* seen = final_of(history, receipt.segment);
  const std::string_view prior = seen != nullptr ? to_string(seen->status) : status;
  if (is_superseded(history, receipt)) return answer(LateKind::kSupersededAttempt, prior);
  if (seen != nullptr) return answer(LateKind::kTerminalConflict, prior);
  if (history.aggregated) return answer(LateKind::kAfterPartial, prior);
  if (!status.empty()) return answer(LateKind::kTerminalConflict, prior);
  return std::nullopt;
}

}  // namespace

Decision decide(const History& history, const Incoming& receipt, const QuarantineLimits& limits, std::int64_t now_us) {
  if (is_known(history, receipt)) return {Outcome::kRedelivered, {}, {}, 0};
  if (is_stale_replay(history, receipt, limits, now_us)) return {Outcome::kQuarantined, {}, {}, 0};
  if (is_duplicate(history, receipt)) return {Outcome::kDuplicate, {}, {}, 0};
  if (auto decision = late(history, receipt)) return *std::move(decision);
  return {Outcome::kApplied, {}, {}, told_intermediates(history)};
}

}  // namespace dlrgw::message
