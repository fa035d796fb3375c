#include "replay_stage.hpp"

#include <algorithm>
#include <charconv>

#include "reasons.hpp"

namespace dlrgw::dedup {
namespace {

constexpr std::uint32_t kRetryAfterMs = 3000;

template <class Number>
std::optional<Number> decimal(std::optional<std::string_view> text) {
  Number value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) return std::nullopt;
  return value;
}

std::string list_of(const std::set<std::uint32_t>& indices) {
  std::string text;
  for (const std::uint32_t index : indices) text.append(text.empty() ? "" : ",").append(std::to_string(index));
  return text;
}

// Receipts that were parked join a later batch: its order is not the stream's.
std::vector<std::uint32_t> stream_order(const Batch& batch, std::vector<std::uint32_t> indices) {
  std::stable_sort(indices.begin(), indices.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return batch[a].stream_seq() < batch[b].stream_seq(); });
  return indices;
}

}  // namespace

ReplayShared::ReplayShared(Host host, QuarantineLimits quarantine_limits)
    : limits(quarantine_limits),
      config(host),
      clock(host),
      sql(host),
      attributes(host),
      log(host),
      reader(host),
      writer(host),
      duplicates(host, Metric::Type::kCounter, "dlr_duplicates_total", "Receipts of the outcomes duplicate and dedup.",
                 {"operatorId"}),
      late(host, Metric::Type::kCounter, "dlr_late_total", "Receipts that came after their message was decided.",
           {"operatorId", "kind"}),
      quarantined(host, Metric::Type::kCounter, "dlr_quarantined_total", "Receipts held back as stale replays.",
                  {"operatorId"}),
      pipeline_(host) {
  // At 0 from the start: a rate needs the value before the first count.
  std::vector<std::string_view> operators = config.operators();
  operators.push_back("other");
  for (const std::string_view id : operators)
    for (const LateKind kind : kAllLateKinds) late.record(0, {id, to_string(kind)}, 0);
}

bool ReplayShared::skips_quarantine(std::uint64_t receipt) const { return pipeline_.skips(receipt, kSkipQuarantine); }

std::uint32_t ReplayStage::total_of(const ReceiptView& receipt) const {
  const auto count = decimal<std::uint32_t>(shared_.attributes.get(receipt.handle(), "correlate.segment_count"));
  return std::max({receipt.segment_total(), count.value_or(1), 1U});
}

Incoming ReplayStage::incoming_of(const ReceiptView& receipt) const {
  const std::uint64_t handle = receipt.handle();
  Incoming out;
  out.segment = std::max(receipt.segment_index(), 1U);
  out.one_for_all = shared_.config.text("segment_dlr", receipt.operator_id()) == "single";
  out.status = receipt.status();
  out.raw = shared_.attributes.get(handle, "dlr.raw").value_or("");
  out.identity.event_id = receipt.event_id();
  out.identity.fingerprint = shared_.attributes.get(handle, "dlr.fingerprint").value_or("");
  out.dlr_timestamp_us = receipt.dlr_timestamp_us();
  out.submitted_at_us = decimal<std::int64_t>(shared_.attributes.get(handle, "correlate.submitted_at"));
  out.released = shared_.skips_quarantine(handle);
  if (out.status == DlrStatus::kNone || out.identity.fingerprint.empty())
    throw Error(DLRGW_E_INTERNAL,
                "a receipt came without status or attribute dlr.fingerprint; is normalise before this stage?");
  return out;
}

void ReplayStage::process(Batch& batch) {
  std::map<std::string, Asked> messages;
  std::vector<std::uint32_t> live;
  std::vector<Incoming> incoming(batch.size());
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if (batch[i].message_id().empty() || batch[i].account_id().empty()) {
      batch.retry(i, kRetryAfterMs, kNotCorrelated);
      continue;
    }
    incoming[i] = incoming_of(batch[i]);
    Asked& asked = messages[std::string(batch[i].message_id())];
    asked.total_segments = std::max(asked.total_segments, total_of(batch[i]));
    asked.failure = asked.failure || is_failure(incoming[i].status);
    live.push_back(i);
  }
  if (live.empty()) return;

  std::map<std::string, History> histories = shared_.reader.lock_and_read(shared_.sql.in(batch.uow()), messages);
  const std::int64_t now_us = shared_.clock.now_us();
  for (const std::uint32_t i : stream_order(batch, std::move(live))) {
    const auto found = histories.find(std::string(batch[i].message_id()));
    if (found == histories.end()) {
      batch.retry(i, kRetryAfterMs, kMessageGone);
      continue;
    }
    const Decision decision = decide(found->second, incoming[i], shared_.limits, now_us);
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
      shared_.duplicates.record(handle, {receipt.operator_id()});
      shared_.log.info("dlr.duplicate", handle,
                       {field("messageId", receipt.message_id()), field("operatorId", receipt.operator_id()),
                        field("eventId", receipt.event_id()), field("dlrStatus", to_string(incoming.status)),
                        field("foundBy", "history")});
      batch.drop(index, kDuplicate);
      return;
    case Outcome::kLate:
      shared_.writer.add_late(work, receipt, incoming, decision, before);
      shared_.late.record(handle, {receipt.operator_id(), to_string(decision.kind.value())});
      shared_.log.info("dlr.late", handle,
                       {field("messageId", receipt.message_id()), field("operatorId", receipt.operator_id()),
                        field("eventId", receipt.event_id()), field("dlrStatus", to_string(incoming.status)),
                        field("kind", to_string(decision.kind.value())), field("priorStatus", decision.prior_status)});
      batch.drop(index, kLate);
      return;
    case Outcome::kApplied:
      shared_.attributes.set(handle, "dedup.decision", is_terminal(incoming.status) ? "final" : "intermediate");
      shared_.attributes.set(handle, "dedup.prior_intermediates", std::to_string(decision.prior_intermediates));
      if (before.total_segments > 1)
        shared_.attributes.set(handle, "dedup.total_segments", std::to_string(before.total_segments));
      if (!before.unrequested.empty()) shared_.attributes.set(handle, "dedup.unrequested", list_of(before.unrequested));
      batch.pass(index);
      return;
  }
}

}  // namespace dlrgw::dedup
