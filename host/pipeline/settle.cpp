// SPDX-License-Identifier: Apache-2.0
#include "pipeline/settle.hpp"

#include <algorithm>
#include <map>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/receipt.hpp>

#include "boundary/call_scope.hpp"
#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "pipeline/batch_rules.hpp"
#include "support/fail_point.hpp"

namespace dlrgw::host {
namespace {

constexpr double kUsPerSecond = 1e6;

dlrgw_outcome outcome_of(const Receipt& receipt) {
  const Settlement settled = settle_as(receipt.verdict);
  dlrgw_outcome out{sizeof(dlrgw_outcome), settled.fate, {nullptr, 0}};
  if (settled.has_outcome) out.outcome = {receipt.verdict.outcome.data(), receipt.verdict.outcome.size()};
  return out;
}

void tell_stages(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, const RunDeps& deps) {
  const CallScope scope(batch, snapshot, lane);
  std::vector<dlrgw_receipt> views;
  std::vector<dlrgw_outcome> outcomes;
  for (std::size_t i = 0; i < snapshot.stages.size(); ++i) {
    const StageSlot& stage = snapshot.stages[i];
    if (stage.table.settled == nullptr || batch.seen[i].empty()) continue;
    views.clear();
    outcomes.clear();
    for (const std::uint32_t index : batch.seen[i]) {
      views.push_back(batch.receipts[index].view());
      outcomes.push_back(outcome_of(batch.receipts[index]));
    }
    const auto count = static_cast<std::uint32_t>(views.size());
    const dlrgw_batch call{sizeof(dlrgw_batch),
                           count,
                           sizeof(dlrgw_receipt),
                           sizeof(dlrgw_receipt),
                           sizeof(dlrgw_verdict),
                           0,
                           views.data(),
                           nullptr,
                           batch.id,
                           batch.deadline_us};
    const dlrgw_outcomes told{sizeof(dlrgw_outcomes), count, sizeof(dlrgw_outcome), 0, outcomes.data()};
    const std::string what = "stage " + stage.name + ": settled";
    const PluginCall mark({CallKind::kStage, stage.plugin->id, stage.plugin->version, what, lane.lane, batch.id});
    const Status done =
        call_guarded(stage.plugin->id, "settled", [&] { stage.table.settled(lane.stages[i], &call, &told); });
    if (!done) {
      deps.metrics.plugin_error(stage.plugin->id, "settled");
      deps.logger.emit(Level::kError, "dlr.plugin.failed",
                       {{"plugin", stage.plugin->id}, {"stage", stage.name}, {"reason", done.error().text}});
    }
  }
}

void count_verdicts(const Batch& batch, const Snapshot& snapshot, const RunDeps& deps) {
  for (std::size_t i = 0; i < snapshot.stages.size(); ++i) {
    std::map<std::string_view, std::uint32_t> counts;
    for (const std::uint32_t index : batch.seen[i]) {
      const Verdict& v = batch.receipts[index].verdict;
      const bool here = v.stage == snapshot.stages[i].name;
      ++counts[settle_as(here ? v : Verdict{}).label];
    }
    for (const auto& [label, count] : counts) deps.metrics.verdict(snapshot.stages[i].name, label, count);
  }
}

void count_outcome(const Receipt& receipt, std::int64_t worked_us, const RunDeps& deps) {
  const Inbound& in = receipt.inbound();
  const std::int32_t status = receipt.view().status;
  deps.metrics.received(in.operator_id);
  deps.metrics.processed(in.operator_id, status_label(status), receipt.verdict.outcome);
  // A receivedAt may lie ahead of our clock; a sum that falls would look like a restart.
  const std::int64_t since_received_us = std::max<std::int64_t>(deps.clock.now_us() - in.received_at_us, 0);
  deps.metrics.durations(static_cast<double>(worked_us) / kUsPerSecond,
                         static_cast<double>(since_received_us) / kUsPerSecond);
  if (!deps.logger.enabled(Level::kInfo)) return;
  const dlrgw_receipt& v = receipt.view();
  const auto text = [](dlrgw_str s) { return std::string_view(s.len == 0 ? "" : s.ptr, s.len); };
  deps.logger.emit(Level::kInfo, "dlr.processed",
                   {{"eventId", in.event_id},
                    {"operatorId", in.operator_id},
                    {"messageId", text(v.message_id)},
                    {"dlrStatus", status_name(status)},
                    {"outcome", receipt.verdict.outcome},
                    {"reason", receipt.verdict.reason},
                    {"durationMs", static_cast<double>(worked_us) / 1e3}},
                   receipt.trace());
}

void park(Receipt& receipt, const Settlement& settled, Intake& intake) {
  Delivery& delivery = receipt.delivery();
  if (settled.counts_retry) delivery.retries.increment(receipt.verdict.stage);
  delivery.waited_us += std::int64_t{settled.park_ms} * 1000;
  intake.park(std::move(delivery), settled.park_ms);
}

void count_invalid(const InvalidDelivery& item, const RunDeps& deps) {
  const std::string_view operator_id = item.failure.operator_id;
  const std::string_view reason = to_string(item.failure.reason);
  deps.metrics.received(operator_id);
  deps.metrics.processed(operator_id, status_label(DLRGW_STATUS_NONE), DLRGW_OUTCOME_INVALID);
  deps.metrics.invalid(reason);
  deps.logger.emit(Level::kWarn, "dlr.invalid",
                   {{"streamSequence", static_cast<std::int64_t>(item.delivery.stream_seq)},
                    {"operatorId", operator_id},
                    {"reason", reason},
                    {"detail", item.failure.detail}},
                   begin_span(item.delivery.traceparent).ids());
}

// Counts and logs what was settled. Runs before the acknowledgements and before plugins' hooks, so that it happens even
// if one of those ends the process.
void tell(Batch& batch, const RunDeps& deps) {
  const Logger::Group lines(deps.logger);
  const std::int64_t worked_now = deps.clock.monotonic_us() - batch.started_mono_us;
  IngestTally tally;
  for (Receipt& receipt : batch.receipts) {
    receipt.delivery().worked_us += worked_now;
    if (!settle_as(receipt.verdict).has_outcome) continue;
    count_outcome(receipt, receipt.delivery().worked_us, deps);
    tally.add(receipt.inbound().operator_id, receipt.inbound().received_at_us, receipt.verdict.outcome);
  }
  for (const InvalidDelivery& item : batch.invalid) {
    count_invalid(item, deps);
    tally.add(item.failure.operator_id, item.delivery.stream_time_us, DLRGW_OUTCOME_INVALID);
  }
  deps.ingest_stats.add(tally);
}

void answer(Batch& batch, Intake& intake) {
  for (Receipt& receipt : batch.receipts) {
    const Settlement settled = settle_as(receipt.verdict);
    switch (settled.answer) {
      case Answer::kAck:
        intake.ack(std::move(receipt.delivery()));
        break;
      case Answer::kPark:
        park(receipt, settled, intake);
        break;
      case Answer::kTerm:
        intake.term(std::move(receipt.delivery()));
        break;
    }
  }
  fail_point("host.after_ack");
  for (InvalidDelivery& item : batch.invalid) intake.term(std::move(item.delivery));
}

}  // namespace

void settle(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, Intake& intake, const RunDeps& deps) {
  tell(batch, deps);
  answer(batch, intake);
  count_verdicts(batch, snapshot, deps);
  settle_submission(batch, snapshot, lane, deps);
  batch.receipts.clear();
  batch.invalid.clear();
}

void settle_first_submission(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, const RunDeps& deps) {
  tell(batch, deps);
  settle_submission(batch, snapshot, lane, deps);
}

void settle_submission(Batch& batch, const Snapshot& snapshot, const LaneInstances& lane, const RunDeps& deps) {
  tell_stages(batch, snapshot, lane, deps);
  const Logger::Group lines(deps.logger);
  for (Receipt& receipt : batch.receipts)
    receipt.held_back.release(deps.logger, deps.metrics_registry, receipt.trace());
  if (!tell_committed(snapshot.sink, batch.persisted_events, lane.lane, batch.id))
    deps.metrics.plugin_error(snapshot.sink.plugin->id, "sink");
}

}  // namespace dlrgw::host
