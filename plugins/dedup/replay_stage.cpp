// SPDX-License-Identifier: Apache-2.0
#include "replay_stage.hpp"

#include <algorithm>

#include "message/options.hpp"
#include "message/states.hpp"
#include "reasons.hpp"

namespace dlrgw::dedup {

using message::Decision;
using message::History;
using message::Incoming;
using message::LateKind;
using message::Outcome;

namespace {

constexpr std::uint32_t kRetryAfterMs = 3000;
constexpr std::string_view kTerminalTimeCut = "terminal_time_cut";

// Receipts that were parked join a later batch: its order is not the stream's.
std::vector<std::uint32_t> stream_order(const Batch& batch, std::vector<std::uint32_t> indices) {
  std::stable_sort(indices.begin(), indices.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return batch[a].stream_seq() < batch[b].stream_seq(); });
  return indices;
}

}  // namespace

ReplayShared::ReplayShared(Host host, message::QuarantineLimits quarantine_limits)
    : limits(quarantine_limits),
      config(host),
      clock(host),
      sql(host),
      handover(host),
      edit(host),
      log(host),
      fail_points(host),
      reader(host),
      writer(host),
      duplicates(host),
      late(host, Metric::Type::kCounter, "dlr_late_total", "Receipts that came after their message was decided.",
           {"operatorId", "kind"}),
      quarantined(host, Metric::Type::kCounter, "dlr_quarantined_total", "Receipts held back as stale replays.",
                  {"operatorId"}),
      pipeline_(host) {
  // At 0 from the start: a rate needs the value before the first count.
  std::vector<std::string_view> operators = config.operators();
  operators.push_back("other");
  for (const std::string_view id : operators)
    for (const LateKind kind : message::kAllLateKinds) late.record(0, {id, to_string(kind)}, 0);
}

bool ReplayShared::skips_quarantine(std::uint64_t receipt) const { return pipeline_.skips(receipt, kSkipQuarantine); }

std::uint32_t ReplayStage::total_of(const ReceiptView& receipt) const {
  const auto count = shared_.handover.find(receipt.handle(), message::kSegmentCount);
  return std::max({receipt.segment_total(), count.value_or(1), 1U});
}

bool ReplayStage::is_copy(const ReceiptView& receipt) const {
  const auto mark = shared_.handover.find(receipt.handle(), message::kFingerprintMark);
  return mark && mark->is_copy_for(receipt.message_id());
}

Incoming ReplayStage::incoming_of(const ReceiptView& receipt) const {
  const std::uint64_t handle = receipt.handle();
  const message::Handover& left = shared_.handover;
  Incoming out;
  out.segment = std::max(receipt.segment_index(), 1U);
  out.one_for_all = message::one_for_all(shared_.config, receipt.operator_id(), receipt.connector_id());
  out.status = receipt.status();
  out.raw = left.find(handle, message::kRawStatus).value_or(message::RawStatus{}).value;
  out.identity.event_id = receipt.event_id();
  out.identity.fingerprint = message::bytes_of(left.get(handle, message::kFingerprint));
  out.dlr_timestamp_us = receipt.dlr_timestamp_us();
  out.submitted_at_us = left.find(handle, message::kSubmittedAt);
  out.released = shared_.skips_quarantine(handle);
  if (out.status == DlrStatus::kNone)
    throw Error(DLRGW_E_INTERNAL, "a receipt came without status; is normalise before this stage?");
  return out;
}

void ReplayStage::process(Batch& batch) {
  std::map<std::string, message::Asked> messages;
  std::vector<std::uint32_t> live;
  std::vector<Incoming> incoming(batch.size());
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if (batch[i].message_id().empty() || batch[i].account_id().empty()) {
      batch.retry(i, kRetryAfterMs, kNotCorrelated);
      continue;
    }
    if (is_copy(batch[i])) {  // before any lock or history
      shared_.duplicates.by_fingerprint(batch[i]);
      batch.drop(i, kDedup);
      continue;
    }
    incoming[i] = incoming_of(batch[i]);
    message::Asked& asked = messages[std::string(batch[i].message_id())];
    asked.total_segments = std::max(asked.total_segments, total_of(batch[i]));
    asked.failure = asked.failure || message::is_failure(incoming[i].status);
    live.push_back(i);
  }
  if (live.empty()) return;

  const UnitOfWork work = shared_.sql.in(batch.uow());
  shared_.reader.lock(work, messages);
  shared_.fail_points.hit("dedup.after_lock");
  std::map<std::string, History> histories = shared_.reader.read(work, messages);
  const std::int64_t now_us = shared_.clock.now_us();
  for (const std::uint32_t i : stream_order(batch, std::move(live))) {
    const auto found = histories.find(std::string(batch[i].message_id()));
    if (found == histories.end()) {
      batch.retry(i, kRetryAfterMs, kMessageGone);
      continue;
    }
    if (found->second.terminal_since_cut) shared_.edit.add_flag(batch[i].handle(), kTerminalTimeCut);
    const Decision decision = message::decide(found->second, incoming[i], shared_.limits, now_us);
    execute(batch, i, incoming[i], decision, found->second);
    fold(found->second, incoming[i], decision, now_us);
  }
}

void ReplayStage::execute(Batch& batch, std::uint32_t index, const Incoming& incoming, const Decision& decision,
                          const History& before) const {
  const ReceiptView receipt = batch[index];
  const std::uint64_t handle = receipt.handle();
  const UnitOfWork work = shared_.sql.in(batch.uow());
  switch (decision.outcome) {
    case Outcome::kRedelivered:
      batch.drop(index, kRedelivered);
      return;
    case Outcome::kQuarantined:
      shared_.writer.add_quarantined(work, receipt, incoming, before);
      shared_.quarantined.record(handle, {receipt.operator_id()});
      shared_.log.warn("dlr.quarantined", handle,
                       {field("messageId", receipt.message_id()), field("operatorId", receipt.operator_id()),
                        field("eventId", receipt.event_id()), field("dlrStatus", to_string(incoming.status)),
                        time_field("terminalAt", before.terminal_since_us.value_or(0))});
      batch.drop(index, kQuarantined);
      return;
    case Outcome::kDuplicate:
      shared_.duplicates.by_history(receipt);
      batch.drop(index, kDuplicate);
      return;
    case Outcome::kLate:
      shared_.writer.add_late(work, receipt, incoming, decision, before);
      shared_.late.record(handle, {receipt.operator_id(), to_string(decision.kind.value())});
      shared_.log.info("dlr.late", handle,
                       {field("messageId", receipt.message_id()), field("operatorId", receipt.operator_id()),
                        field("eventId", receipt.event_id()), field("dlrStatus", to_string(incoming.status)),
                        field("kind", to_string(decision.kind.value())), field("priorStatus", decision.prior_status)});
      if (decision.kind == LateKind::kAfterPartial) {
        hand_over(handle, message::Course::kLateSegment, before, std::max(before.total_segments, incoming.segment));
        batch.pass(index);
        return;
      }
      batch.drop(index, kLate);
      return;
    case Outcome::kApplied:
      hand_over(handle, is_terminal(incoming.status) ? message::Course::kFinal : message::Course::kIntermediate, before,
                before.total_segments);
      shared_.handover.leave(handle, message::kPriorIntermediates, decision.prior_intermediates);
      batch.pass(index);
      return;
  }
}

void ReplayStage::hand_over(std::uint64_t receipt, message::Course course, const History& before,
                            std::uint32_t total_segments) const {
  shared_.handover.leave(receipt, message::kCourse, course);
  shared_.handover.leave(receipt, message::kFiledUnder, before.filed_under_us);
  if (total_segments > 1) shared_.handover.leave(receipt, message::kTotalSegments, total_segments);
  if (!before.unrequested.empty()) shared_.handover.leave(receipt, message::kUnrequested, before.unrequested);
}

}  // namespace dlrgw::dedup
