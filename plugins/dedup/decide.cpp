#include "decide.hpp"

#include <algorithm>
#include <set>

namespace dlrgw::dedup {
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
    // What an older attempt failed with must not swallow the same failure of the newest one: that decides the message.
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

// The final state that the segment has: applied, or kept when the message had been decided without it.
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

std::uint32_t told_intermediates(const History& history) {
  const auto applied =
      static_cast<std::uint32_t>(std::count_if(history.receipts.begin(), history.receipts.end(), [](const auto& seen) {
        return !seen.late && !is_terminal(seen.status);
      }));
  return applied - std::min(applied, history.silent_intermediates);
}

// Every segment that is waited for has its final receipt; with none to wait for, any final receipt will do. The stage
// that aggregates decides by the same facts.
bool is_complete(const History& history, bool one_for_all) {
  std::set<std::uint32_t> finals;
  for (const SeenReceipt& seen : history.receipts)
    if (!seen.late && is_terminal(seen.status)) finals.insert(seen.segment);
  if (finals.empty()) return false;
  if (one_for_all) return true;
  for (std::uint32_t index = 1; index <= history.total_segments; ++index)
    if (!history.unrequested.contains(index) && !finals.contains(index)) return false;
  return true;
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

bool is_terminal_message_status(std::string_view status) {
  return status == "PARTIAL" || is_terminal(dlr_status_from(status));
}

Decision decide(const History& history, const Incoming& receipt, const QuarantineLimits& limits, std::int64_t now_us) {
  if (is_known(history, receipt)) return {Outcome::kRedelivered, {}, {}, 0};
  if (is_stale_replay(history, receipt, limits, now_us)) return {Outcome::kQuarantined, {}, {}, 0};
  if (is_duplicate(history, receipt)) return {Outcome::kDuplicate, {}, {}, 0};
  if (auto decision = late(history, receipt)) return *std::move(decision);
  return {Outcome::kApplied, {}, {}, told_intermediates(history)};
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
        history.aggregated = history.aggregated || is_complete(history, receipt.one_for_all);
        return;
      }
      if (!is_terminal(receipt.status)) return;
      history.message_status = to_string(receipt.status);
      history.terminal_since_us = now_us;
      return;
  }
}

}  // namespace dlrgw::dedup
