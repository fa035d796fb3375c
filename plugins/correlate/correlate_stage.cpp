// SPDX-License-Identifier: Apache-2.0
#include "correlate_stage.hpp"

#include <numeric>

#include "message/ids.hpp"
#include "phone.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kUsPerMs = 1000;
constexpr double kUsPerSecond = 1e6;
constexpr std::int64_t kMaxRetries = 19;
constexpr std::int64_t kMaxRetryDelayUs = 3600LL * 1'000'000;

// Bounds one result to some megabytes: receipts whose busy ids need many rows are looked up one after the other.
constexpr std::size_t kMaxRowsAtOnce = 16'384;

std::uint32_t reason_of(Finding finding) {
  switch (finding) {
    case Finding::kAmbiguousCorrelation:
      return kReasonAmbiguous;
    case Finding::kMessageMissing:
      return kReasonMessageMissing;
    case Finding::kNoCorrelation:
    case Finding::kFound:
      break;
  }
  return kReasonNoCorrelation;
}

}  // namespace

Options read_options(const Config& config) {
  Options options;
  const std::int64_t retries = config.integer("retries").value_or(0);
  if (retries < 0 || retries > kMaxRetries)
    config.refuse({}, "retries", {}, "is " + std::to_string(retries) + "; use 0 to 19");
  const std::int64_t delay_us = config.duration_us("retry_delay").value_or(0);
  if (delay_us < kUsPerMs || delay_us > kMaxRetryDelayUs)
    config.refuse({}, "retry_delay", {}, "must lie between 1ms and 1h");
  options.window_us = config.duration_us("window").value_or(0);
  if (options.window_us <= 0) config.refuse({}, "window", {}, "must be longer than 0");
  options.retries = static_cast<std::uint32_t>(retries);
  options.retry_delay_ms = static_cast<std::uint32_t>(delay_us / kUsPerMs);
  return options;
}

CorrelateParts::CorrelateParts(Host host)
    : options(read_options(Config(host))),
      statements(host),
      edit(host),
      handover(host),
      pii(host),
      events(host),
      digest(host),
      clock(host),
      log(host),
      pipeline(host),
      duplicates(host),
      orphans_total(host, Metric::Type::kCounter, "dlr_orphans_total", "Receipts that belong to no message",
                    {"operatorId"}),
      orphan_total(host, Metric::Type::kCounter, "dlr_orphan_total", "Receipts that belong to no message",
                   {"operatorId"}),
      orphan_rate_gauge(host, Metric::Type::kGauge, "dlr_orphan_rate",
                        "Share of orphans among the receipts of 5 minutes"),
      retries_total(host, Metric::Type::kCounter, "dlr_correlation_retry_total",
                    "Look-ups that found nothing and will be made again", {"operatorId"}),
      wait_seconds(host, Metric::Type::kHistogram, "dlr_correlation_wait_seconds",
                   "From the arrival of a receipt that had to wait for its correlation to its last look-up", {},
                   {0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 30, 60}) {
  count(0, 0);  // exposed before the first receipt
}

void CorrelateParts::count(std::uint64_t seen, std::uint64_t orphaned) {
  orphan_rate_gauge.record(0, {}, orphan_rate.add(clock.monotonic_us(), seen, orphaned));
}

void CorrelateStage::process(Batch& batch) {
  const UnitOfWork uow = shared_.statements.in(batch.uow());
  std::vector<std::vector<Hit>> hits;
  const std::vector<Resolution> resolutions = resolve_all(batch, uow, hits);
  std::vector<LostReceipt> lost;
  std::set<std::string> resolved;
  resubmitted_ = batch.size() == 1 && shared_.pipeline.skips(batch[0].handle(), kSkipOrphan);
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    const ReceiptView receipt = batch[i];
    const Resolution& resolution = resolutions[i];
    if (resubmitted_ && resolution.finding != Finding::kFound) {
      batch.drop(i, reason_of(resolution.finding));
      continue;
    }
    if (resolution.finding != Finding::kFound) {
      lost.push_back({i, resolution.finding, receipt.stage_retries(), receipt.delivery_count(),
                      is_copy_of_orphan(receipt), describe(receipt, resolution.finding)});
      continue;
    }
    found(uow, receipt, *resolution.hit, resolved);
    batch.pass(i);
  }
  settle_lost(batch, uow, lost);
}

std::vector<Resolution> CorrelateStage::resolve_all(const Batch& batch, const UnitOfWork& uow,
                                                    std::vector<std::vector<Hit>>& hits) const {
  hits.resize(batch.size());
  std::vector<Resolution> resolutions(batch.size());
  std::vector<std::uint32_t> open(batch.size());
  std::iota(open.begin(), open.end(), 0U);
  std::uint32_t page = kPages[0];
  while (!open.empty()) {
    look_up(batch, uow, open, page, hits);
    std::vector<std::uint32_t> in_doubt;
    std::uint32_t larger = page;
    for (const std::uint32_t i : open) {
      const Claim claim = needs_claim(hits[i]) ? claim_of(batch[i]) : Claim{};
      resolutions[i] = resolve(hits[i], claim, page);
      if (const auto next = next_page(page, resolutions[i].doubt)) {
        larger = *next;
        in_doubt.push_back(i);
      } else {
        resolutions[i] = final_answer(resolutions[i]);
      }
    }
    open = std::move(in_doubt);
    page = larger;
  }
  return resolutions;
}

void CorrelateStage::look_up(const Batch& batch, const UnitOfWork& uow, std::span<const std::uint32_t> receipts,
                             std::uint32_t page, std::vector<std::vector<Hit>>& hits) const {
  std::vector<LookupRow> rows;
  for (std::size_t k = 0; k < receipts.size(); ++k) {
    add_rows(batch[receipts[k]], receipts[k], rows);
    if (k + 1 < receipts.size() && rows.size() * page < kMaxRowsAtOnce) continue;
    std::vector<std::vector<Hit>> found = shared_.statements.look_up(uow, batch.size(), rows, page);
    for (const LookupRow& row : rows) {
      if (row.place == 0) hits[row.index] = std::move(found[row.index]);
    }
    rows.clear();
  }
}

void CorrelateStage::add_rows(const ReceiptView& receipt, std::uint32_t index, std::vector<LookupRow>& rows) const {
  const std::int64_t oldest = receipt.received_at_us() - shared_.options.window_us;
  const std::int64_t newest = receipt.received_at_us() + kClockSkewUs;
  const std::string_view connector = has_own_ids(receipt) ? receipt.connector_id() : std::string_view();
  for (std::uint32_t place = 0; place < receipt.candidate_count(); ++place) {
    rows.push_back({index, receipt.operator_id(), connector, place, receipt.candidate(place), oldest, newest});
  }
}

bool CorrelateStage::has_own_ids(const ReceiptView& receipt) const {
  return shared_.handover.find(receipt.handle(), message::kIdsPerConnector).value_or(false);
}

Claim CorrelateStage::claim_of(const ReceiptView& receipt) const {
  return {phone_digits(shared_.pii.source_addr(receipt.handle())),
          phone_digits(shared_.pii.dest_addr(receipt.handle())), receipt.connector_id(), receipt.received_at_us()};
}

std::string CorrelateStage::orphan_id(const ReceiptView& receipt) const {
  return shared_.digest.uuid_v5(message::kUuidSpace, message::orphan_name(receipt.event_id()));
}

bool CorrelateStage::is_copy_of_orphan(const ReceiptView& receipt) const {
  const auto mark = shared_.handover.find(receipt.handle(), message::kFingerprintMark);
  return mark && mark->is_copy_of_orphan();
}

Orphan CorrelateStage::describe(const ReceiptView& receipt, Finding finding) const {
  Orphan orphan;
  orphan.orphan_id = orphan_id(receipt);
  orphan.operator_id = receipt.operator_id();
  if (has_own_ids(receipt)) orphan.connector_id = receipt.connector_id();
  orphan.operator_message_id = message::operator_message_id(receipt);
  for (std::uint32_t c = 0; c < receipt.candidate_count(); ++c) orphan.candidates.push_back(receipt.candidate(c).id);
  orphan.raw_stat = receipt.raw_status();
  orphan.status = to_string(receipt.status());
  orphan.reason = to_string(finding);
  orphan.attempts = receipt.stage_retries() + 1;
  orphan.received_at_us = receipt.received_at_us();
  return orphan;
}

void CorrelateStage::found(const UnitOfWork& uow, const ReceiptView& receipt, const Hit& hit,
                           std::set<std::string>& resolved) const {
  const std::uint64_t handle = receipt.handle();
  shared_.edit.set(handle, IntField::kSegmentIndex, hit.segment_index);
  shared_.edit.set(handle, IntField::kSegmentTotal, hit.segment_total);
  shared_.edit.set(handle, TextField::kAccountId, hit.account_id);
  shared_.edit.set(handle, TextField::kMessageId, hit.message_id);
  shared_.handover.leave(handle, message::kSegmentCount, hit.segment_count);
  shared_.handover.leave(handle, message::kToAddr, {hit.to_addr});
  shared_.handover.leave(handle, message::kSubmittedAt, hit.submitted_at_us);
  shared_.handover.leave(handle, message::kDlrRequested, hit.dlr_requested);
  // The event may already be an orphan, but not before all retries were over: a fresh receipt needs no look. When a
  // stored orphan is submitted, the submitter writes its resolution.
  const std::int64_t now = shared_.clock.now_us();
  const std::int64_t soonest = std::int64_t{shared_.options.retries} * shared_.options.retry_delay_ms * kUsPerMs;
  if (resubmitted_) shared_.statements.note_message(uow, hit.message_id);
  if (!resubmitted_ && (receipt.delivery_count() > 1 || now - receipt.received_at_us() >= soonest)) {
    const auto [id, first] = resolved.insert(orphan_id(receipt));
    if (first) {
      shared_.statements.resolve_orphan(uow, handle, {*id, hit.message_id, receipt.received_at_us(), now});
    }
  }
  observe_wait(receipt);
}

void CorrelateStage::settle_lost(Batch& batch, const UnitOfWork& uow, const std::vector<LostReceipt>& lost) const {
  const std::uint32_t retries = shared_.options.retries;
  std::set<std::string> ids;
  for (const LostReceipt& item : lost) {
    if (needs_look(item, retries)) ids.insert(item.orphan.orphan_id);
  }
  const auto steps = decide_lost(lost, shared_.statements.stored_orphans(uow, {ids.begin(), ids.end()}), retries);
  for (std::size_t i = 0; i < lost.size(); ++i) {
    switch (steps[i]) {
      case LostStep::kRetry:
        retry(batch, lost[i]);
        break;
      case LostStep::kOrphan:
        keep_orphan(batch, uow, lost[i]);
        break;
      case LostStep::kDedup:
        shared_.duplicates.by_fingerprint(batch[lost[i].index]);
        batch.drop(lost[i].index, kReasonDedup);
        break;
      case LostStep::kRedelivered:
        batch.drop(lost[i].index, kReasonRedelivered);
        break;
      case LostStep::kEventIdReused:
        batch.reject(lost[i].index, kReasonEventIdReused);
        break;
    }
  }
}

void CorrelateStage::retry(Batch& batch, const LostReceipt& lost) const {
  const ReceiptView receipt = batch[lost.index];
  shared_.retries_total.record(receipt.handle(), {receipt.operator_id()});
  shared_.log.info(
      "dlr.correlation_retry", receipt.handle(),
      {field("operatorId", receipt.operator_id()), field("operatorMessageId", lost.orphan.operator_message_id),
       field("reason", lost.orphan.reason), field("attempt", std::int64_t{lost.orphan.attempts}),
       field("retryAfterMs", std::int64_t{shared_.options.retry_delay_ms})});
  batch.retry(lost.index, shared_.options.retry_delay_ms, kReasonAwaiting);
}

void CorrelateStage::keep_orphan(Batch& batch, const UnitOfWork& uow, const LostReceipt& lost) const {
  const ReceiptView receipt = batch[lost.index];
  const std::uint64_t handle = receipt.handle();
  const Orphan& orphan = lost.orphan;
  const message::Fingerprint fingerprint = shared_.handover.get(handle, message::kFingerprint);
  shared_.statements.insert_orphan(uow, handle,
                                   {orphan, receipt.dlr_timestamp_us(), receipt.event_id(),
                                    message::bytes_of(fingerprint), shared_.pii.payload(handle)});
  const std::string payload = unmatched_json(orphan);
  shared_.events.emit(uow.raw(), {.receipt = handle,
                                  .event_id = orphan.orphan_id,
                                  .subject = kUnmatchedSubject,
                                  .key = orphan.orphan_id,
                                  .schema = kUnmatchedSchema,
                                  .payload = payload});
  shared_.log.warn("dlr.orphaned", handle,
                   {field("operatorMessageId", orphan.operator_message_id), field("operatorId", orphan.operator_id),
                    field("orphanId", orphan.orphan_id), field("reason", orphan.reason),
                    field("attempts", std::int64_t{orphan.attempts})});
  shared_.orphans_total.record(handle, {orphan.operator_id});
  shared_.orphan_total.record(handle, {orphan.operator_id});
  observe_wait(receipt);
  batch.drop(lost.index, reason_of(lost.finding));
}

void CorrelateStage::observe_wait(const ReceiptView& receipt) const {
  if (receipt.stage_retries() == 0) return;
  const std::int64_t arrived = receipt.stream_time_us() != 0 ? receipt.stream_time_us() : receipt.received_at_us();
  const double seconds = static_cast<double>(shared_.clock.now_us() - arrived) / kUsPerSecond;
  shared_.wait_seconds.record(receipt.handle(), {}, seconds > 0 ? seconds : 0);
}

void CorrelateStage::settled(const Settled& settled) {
  if (resubmitted_) return;  // counted when it came
  std::uint64_t seen = 0;
  std::uint64_t orphaned = 0;
  for (std::uint32_t i = 0; i < settled.size(); ++i) {
    if (!settled.committed(i)) continue;
    ++seen;
    if (settled.outcome(i) == DLRGW_OUTCOME_ORPHAN) ++orphaned;
  }
  if (seen != 0) shared_.count(seen, orphaned);
}

}  // namespace dlrgw::correlate
