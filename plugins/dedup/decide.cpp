#include "decide.hpp"

#include <algorithm>
#include <set>

namespace dlrgw::dedup {
namespace {

constexpr LateKind kAllLateKinds[] = {LateKind::kTerminalConflict, LateKind::kTransient, LateKind::kAfterPartial};

bool is_known(const History& history, const Identity& identity) {
  const auto same = [&](const SeenReceipt& seen) { return seen.identity == identity; };
  return std::any_of(history.receipts.begin(), history.receipts.end(), same) ||
         std::find(history.quarantined.begin(), history.quarantined.end(), identity) != history.quarantined.end();
}

// A stale replay repeats id and status, so it would always pass for a duplicate: this is asked first.
bool is_stale_replay(const History& history, const Incoming& receipt, const QuarantineLimits& limits,
                     std::int64_t now_us) {
  if (!receipt.dlr_timestamp_us || !history.terminal_since_us) return false;
  if (!is_terminal_message_status(history.message_status)) return false;
  return now_us - *receipt.dlr_timestamp_us > limits.stale_us && now_us - *history.terminal_since_us > limits.after_us;
}

bool is_duplicate(const History& history, const Incoming& receipt) {
  std::set<std::string_view> raws;
  for (const SeenReceipt& seen : history.receipts) {
    if (seen.segment != receipt.segment) continue;
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
  const auto answer = [&](LateKind kind, std::string_view prior) {
    return Decision{Outcome::kLate, intermediate ? LateKind::kTransient : kind, std::string(prior), 0};
  };
  if (const SeenReceipt* seen = final_of(history, receipt.segment))
    return answer(LateKind::kTerminalConflict, to_string(seen->status));
  if (history.aggregated) return answer(LateKind::kAfterPartial, history.message_status);
  if (is_terminal_message_status(history.message_status))
    return answer(LateKind::kTerminalConflict, history.message_status);
  return std::nullopt;
}

std::uint32_t intermediates(const History& history) {
  return static_cast<std::uint32_t>(
      std::count_if(history.receipts.begin(), history.receipts.end(),
                    [](const SeenReceipt& seen) { return !seen.late && !is_terminal(seen.status); }));
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
  if (is_known(history, receipt.identity)) return {Outcome::kRedelivered, {}, {}, 0};
  if (is_stale_replay(history, receipt, limits, now_us)) return {Outcome::kQuarantined, {}, {}, 0};
  if (is_duplicate(history, receipt)) return {Outcome::kDuplicate, {}, {}, 0};
  if (auto decision = late(history, receipt)) return *std::move(decision);
  return {Outcome::kApplied, {}, {}, intermediates(history)};
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
      // Only an aggregate makes a message of several segments terminal.
      if (receipt.several_segments || !is_terminal(receipt.status)) return;
      history.message_status = to_string(receipt.status);
      history.terminal_since_us = now_us;
      return;
  }
}

}  // namespace dlrgw::dedup
