// SPDX-License-Identifier: Apache-2.0
#include "recorrelate.hpp"

#include <array>
#include <utility>

namespace dlrgw::correlate {
namespace {

constexpr std::string_view kPool = "svc";
constexpr std::size_t kPage = 500;      // as in the statement
constexpr std::size_t kAwayInARow = 3;  // after so many orphans in a row it probably is away for all

// The stage decides what is found; this only avoids asking it about orphans for which nothing can have changed.
// (Ambiguity does not go away by itself.) The limits keep the planner at one index probe each.
constexpr std::string_view kLook = R"(
SELECT o.orphan_id, o.received_at,
       o.reason <> 'ambiguous_correlation'
       AND NOT EXISTS (SELECT FROM dlr.orphan_resolutions s WHERE s.orphan_id = o.orphan_id)
       AND EXISTS (
         SELECT FROM jsonb_array_elements_text(o.id_candidates) AS k(id)
         CROSS JOIN LATERAL (
           SELECT x.message_id FROM smpp.message_correlations x
           WHERE x.operator_id = o.operator_id AND x.operator_message_id = k.id
             AND x.submitted_at >= o.received_at - o.span AND x.submitted_at <= o.received_at + o.skew
             AND (o.connector_id IS NULL OR x.connector_id = o.connector_id)
           ORDER BY x.submitted_at DESC LIMIT 8) c
         CROSS JOIN LATERAL (SELECT FROM orch.sms_messages y WHERE y.message_id = c.message_id LIMIT 1) m)
FROM dlrgw_rows r CROSS JOIN LATERAL (
  SELECT x.orphan_id, x.received_at, x.reason, x.operator_id, x.connector_id, x.id_candidates,
         r.window_us * interval '1 microsecond' AS span, r.skew_us * interval '1 microsecond' AS skew
  FROM dlr.orphan_dlrs x
  WHERE x.received_at >= r.oldest AND (x.received_at, x.orphan_id) > (r.beyond_at, r.beyond_id)
  ORDER BY x.received_at, x.orphan_id LIMIT 500) o
ORDER BY o.received_at, o.orphan_id)";

// A plain insert: the second resolution violates the key, and everything that its submission did is rolled back. A
// submission that kept nothing resolves nothing. The stage has noted for this transaction which message it found.
constexpr std::string_view kResolve = R"(
WITH resolved AS (
  INSERT INTO dlr.orphan_resolutions (orphan_id, message_id, method, outcome, actor, resolved_at)
  SELECT r.orphan_id, nullif(current_setting('dlrgw.orphan_message', true), '')::uuid, r.method, r.outcome, r.actor,
         r.resolved_at
  FROM dlrgw_rows r WHERE r.outcome NOT IN ('orphan', 'rejected')
  RETURNING orphan_id, method, outcome, actor, resolved_at)
INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details)
SELECT s.resolved_at, s.actor, 'orphan.retry', 'orphan', s.orphan_id::text, jsonb_build_object('result', 'ok', 'outcome', s.outcome)
FROM resolved s WHERE s.method = 'manual')";
constexpr std::uint32_t kOutcomeColumn = 1;

std::string_view method_of(ResolvedBy by) { return by == ResolvedBy::kHand ? "manual" : "recorrelated"; }

bool kept(std::string_view outcome) {
  return outcome != DLRGW_OUTCOME_ORPHAN && outcome != DLRGW_OUTCOME_REJECTED && outcome != "retry";
}

}  // namespace

Recorrelation::Recorrelation(Host host, std::int64_t window_us, std::int64_t skew_us)
    : window_us_(window_us),
      skew_us_(skew_us),
      sql_(host),
      clock_(host),
      log_(host),
      pipeline_(host),
      reader_(host),
      resolved_(host, Metric::Type::kCounter, "dlr_orphan_resolutions_total", "Orphans that found their message",
                {"method", "outcome"}) {
  using enum SqlType;
  look_ = sql_.query(
      "recorrelation_look", kLook,
      {{"oldest", kTime}, {"beyond_at", kTime}, {"beyond_id", kUuid}, {"window_us", kInt}, {"skew_us", kInt}});
  resolution_ = sql_.write(
      "recorrelation_resolve", kResolve,
      {{"orphan_id", kUuid}, {"outcome", kText}, {"method", kText}, {"actor", kText}, {"resolved_at", kTime}}, 1);
}

SubmissionResult Recorrelation::submit(const OrphanRecord& orphan, ResolvedBy by, std::string_view actor) const {
  const std::array<SqlValue, 5> row{SqlValue::uuid(orphan.orphan_id),
                                    SqlValue::null(),  // the outcome
                                    SqlValue::text(method_of(by)), SqlValue::text_or_null(actor),
                                    SqlValue::time(clock_.now_us())};
  SubmissionResult result = pipeline_.submit({.payload = orphan.payload,
                                              .event_id = orphan.event_id,
                                              .received_at_us = orphan.received_at_us,
                                              .origin = "orphan.retry",
                                              .skip = {kSkipOrphan}},
                                             {resolution_, row, kOutcomeColumn});
  if (kept(result.outcome)) {
    resolved_.record(0, {method_of(by), result.outcome});
    log_.info("dlr.orphan.resolved", 0,
              {field("orphanId", orphan.orphan_id), field("operatorId", orphan.operator_id),
               field("operatorMessageId", orphan.operator_message_id), field("method", method_of(by)),
               field("outcome", result.outcome)});
  }
  return result;
}

void Recorrelation::run(const JobContext& context) {
  const std::int64_t now_us = clock_.now_us();
  // What was away may have been so for the ones before alone.
  OrphanPlace behind = std::exchange(gave_up_at_, {}).value_or(first_place(now_us - kOldestOrphanUs));
  std::size_t failed = 0;
  std::size_t away = 0;
  for (std::size_t found = kPage; found == kPage && !context.should_stop();) {
    const std::vector<Looked> page = look(behind, now_us);
    for (const Looked& item : page) {
      if (context.should_stop()) return;
      if (!item.due) continue;
      const Tried tried = resolve(item.place.orphan_id);
      failed += tried == Tried::kDone ? 0 : 1;
      away = tried == Tried::kAway ? away + 1 : 0;
      if (away == kAwayInARow) {
        gave_up_at_ = item.place;
        throw Error(DLRGW_E_UNAVAILABLE, "a dependency is away; see dlr.orphan.retry_failed");
      }
    }
    found = page.size();
    if (found != 0) behind = page.back().place;
  }
  if (failed != 0) {
    throw Error(DLRGW_E_INTERNAL, "orphans that could not be tried again, the others were: " + std::to_string(failed) +
                                      "; see dlr.orphan.retry_failed");
  }
}

std::vector<Recorrelation::Looked> Recorrelation::look(const OrphanPlace& behind, std::int64_t now_us) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  work.add(look_, 0,
           {SqlValue::time(now_us - kOldestOrphanUs), SqlValue::time(behind.received_at_us),
            SqlValue::uuid(behind.orphan_id), SqlValue::integer(window_us_), SqlValue::integer(skew_us_)});
  const SqlResult result = work.query(look_);
  std::vector<Looked> page(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    page[i] = {{result.time_us(i, 1).value_or(0), std::string(result.text(i, 0))}, result.boolean(i, 2)};
  }
  return page;
}

// A dependency may be away for one orphan alone, when its stage asks another server: the others do not wait for it.
Recorrelation::Tried Recorrelation::resolve(const std::string& orphan_id) const {
  try {
    std::optional<OrphanRecord> orphan;
    {
      const OwnUnitOfWork work = sql_.open(kPool);
      orphan = reader_.by_id(work, orphan_id);
    }
    if (orphan && !orphan->resolution) (void)submit(*orphan, ResolvedBy::kJob, {});
    return Tried::kDone;
  } catch (const Error& e) {
    if (e.code() == DLRGW_E_DENIED) return Tried::kDone;  // resolved by hand or by a redelivery meanwhile
    log_.error("dlr.orphan.retry_failed", 0, {field("orphanId", orphan_id), field("reason", e.what())});
    return e.code() == DLRGW_E_UNAVAILABLE ? Tried::kAway : Tried::kFailed;
  }
}

}  // namespace dlrgw::correlate
