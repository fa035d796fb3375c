// SPDX-License-Identifier: Apache-2.0
#include "decisions/model.hpp"

#include <algorithm>
#include <stdexcept>

namespace dlrgw::decisions {
namespace {

using message::Decision;
using message::History;
using message::Incoming;
using message::LateKind;
using message::Outcome;

// As the one statement of dedup.replay reads it.
History read_history(const ModelMessage& message, const std::vector<ModelReceipt>& batch) {
  History history;
  history.message_status = message.status;
  history.terminal_since_us = message.terminal_since_us;
  history.receipts = message.receipts;
  history.quarantined = message.quarantined;
  history.total_segments = message.segment_count;
  for (const ModelReceipt& receipt : batch)
    history.total_segments = std::max(history.total_segments, receipt.submit.total);
  const bool contradictory =
      std::any_of(message.receipts.begin(), message.receipts.end(), [](const auto& r) { return r.segment > 1; });
  if (history.total_segments > 1 || contradictory) {
    history.aggregated = message.aggregate_row;
    for (const auto& row : message.segment_rows) {
      history.total_segments = std::max(history.total_segments, row.total);
      if (!is_terminal(row.segment.status)) ++history.silent_intermediates;
    }
  }
  std::map<std::uint32_t, Submit> newest;
  for (const Submit& submit : message.submits) {
    const auto [at, first] = newest.try_emplace(submit.segment, submit);
    if (!first && submit.at_us > at->second.at_us) at->second = submit;
  }
  for (const auto& [segment, submit] : newest) {
    history.newest_submit_us[segment] = submit.at_us;
    if (!submit.requested) history.unrequested.insert(segment);
  }
  return history;
}

void decide_message(ModelMessage& message, const message::Aggregate& aggregate, std::uint32_t sequence,
                    std::int64_t now_us) {
  if (message::is_terminal_message_status(message.status))
    throw std::logic_error("the guarded update would change no row");
  message.status = to_string(aggregate.status);
  message.terminal_since_us = now_us;
  message.aggregates.push_back(aggregate);
  message.webhooks.push_back({sequence, message.status, true});
}

message::Segment segment_of(const ModelReceipt& receipt) {
  return {std::max(receipt.submit.segment, 1U), receipt.status, receipt.error_code, receipt.received_at_us,
          receipt.dlr_timestamp_us.value_or(receipt.received_at_us)};
}

message::SegmentSet set_of(const ModelMessage& message) {
  message::SegmentSet set;
  for (const auto& row : message.segment_rows) set.add(row.segment);
  return set;
}

// The primary keys of delivery_receipts and segment_dlrs: hitting one is a broken rule.
void check_keys(const ModelMessage& message, const ModelReceipt& receipt) {
  const auto same = [&](std::uint32_t segment, DlrStatus status, const std::string& raw) {
    if (segment != receipt.submit.segment || is_terminal(status) != is_terminal(receipt.status)) return false;
    return is_terminal(status) || raw == receipt.raw;
  };
  for (const auto& seen : message.receipts)
    if (!seen.late && same(seen.segment, seen.status, seen.raw))
      throw std::logic_error("a second row for one receipt key");
  for (const auto& row : message.segment_rows)
    if (is_terminal(row.segment.status) && same(row.segment.index, row.segment.status, receipt.raw))
      throw std::logic_error("a second final row for one segment");
}

// As the stage segments carries out what was decided.
void apply(ModelMessage& message, const ModelReceipt& receipt, const Decision& decision, const History& before,
           std::int64_t now_us) {
  check_keys(message, receipt);
  message.receipts.push_back({receipt.submit.segment, receipt.status, receipt.raw, receipt.identity, std::nullopt});
  const std::uint32_t sequence = decision.prior_intermediates + 1;
  if (before.total_segments == 1) {
    if (!is_terminal(receipt.status)) {
      message.webhooks.push_back({sequence, "UNKNOWN", false});
      return;
    }
    message::SegmentSet set;
    message::Segment only = segment_of(receipt);
    only.index = 1;
    set.add(only);
    decide_message(message, message::finalise(set, {}).value(), sequence, now_us);
    return;
  }
  message.segment_rows.push_back({segment_of(receipt), before.total_segments, false});
  if (!message.deadline_us) message.deadline_us = receipt.received_at_us + kModelGraceUs;
  if (message.aggregate_row) throw std::logic_error("a receipt was applied behind the aggregate");
  const auto aggregate =
      message::finalise(set_of(message), {before.total_segments, before.unrequested, message.one_for_all, false});
  if (!aggregate) return;
  message.aggregate_row = true;
  decide_message(message, *aggregate, sequence, now_us);
}

void execute(ModelMessage& message, const ModelReceipt& receipt, const Decision& decision, const History& before,
             std::int64_t now_us) {
  switch (decision.outcome) {
    case Outcome::kRedelivered:
    case Outcome::kDuplicate:
      return;
    case Outcome::kQuarantined:
      message.quarantined.push_back(receipt.identity);
      return;
    case Outcome::kLate:
      message.receipts.push_back(
          {receipt.submit.segment, receipt.status, receipt.raw, receipt.identity, decision.kind});
      if (decision.kind == LateKind::kAfterPartial)
        message.segment_rows.push_back({segment_of(receipt), before.total_segments, true});
      return;
    case Outcome::kApplied:
      apply(message, receipt, decision, before, now_us);
      return;
  }
}

}  // namespace

std::vector<Decision> run_batch(ModelMessage& message, const std::vector<ModelReceipt>& batch, std::int64_t now_us) {
  History history = read_history(message, batch);
  std::vector<Decision> decisions;
  for (const ModelReceipt& receipt : batch) {
    Incoming incoming;
    incoming.segment = receipt.submit.segment;
    incoming.one_for_all = message.one_for_all;
    incoming.status = receipt.status;
    incoming.raw = receipt.raw;
    incoming.identity = receipt.identity;
    incoming.dlr_timestamp_us = receipt.dlr_timestamp_us;
    incoming.submitted_at_us = receipt.submit.at_us;
    decisions.push_back(decide(history, incoming, kModelLimits, now_us));
    execute(message, receipt, decisions.back(), history, now_us);
    fold(history, incoming, decisions.back(), now_us);
    if (history.total_segments > 1 && history.aggregated != message.aggregate_row)
      throw std::logic_error("the fold and the aggregation do not agree on whether the message is complete");
  }
  return decisions;
}

void run_sweep(ModelMessage& message, std::int64_t now_us) {
  if (!message.deadline_us || now_us < *message.deadline_us) return;
  message.deadline_us.reset();
  if (message.aggregate_row || message::is_terminal_message_status(message.status)) return;
  const History history = read_history(message, {});
  const auto told = static_cast<std::uint32_t>(std::count_if(message.webhooks.begin(), message.webhooks.end(),
                                                             [](const Webhook& webhook) { return !webhook.final; }));
  message.aggregate_row = true;
  decide_message(
      message,
      message::finalise(set_of(message), {history.total_segments, history.unrequested, message.one_for_all, true})
          .value(),
      told + 1, now_us);
}

}  // namespace dlrgw::decisions
