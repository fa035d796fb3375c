// SPDX-License-Identifier: Apache-2.0
#include "resubmission.hpp"

#include <array>

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kFind = R"sql(
SELECT i.kind, i.event_id, i.received_at, i.payload, d.outcome, d.actor
FROM dlrgw_rows r
JOIN dlr.invalid_dlrs i ON i.stream_identity = r.stream_identity AND i.stream_seq = r.stream_seq
LEFT JOIN dlr.rejected_resubmissions d ON d.stream_identity = i.stream_identity AND d.stream_seq = i.stream_seq)sql";

// The row that keeps it from happening twice, and the audit row, with the effects. If it is rejected again: the audit
// row alone.
constexpr std::string_view kComplete = R"sql(
WITH decided AS (
  INSERT INTO dlr.rejected_resubmissions (stream_identity, stream_seq, outcome, actor, request_id, resubmitted_at)
  SELECT stream_identity, stream_seq, outcome, actor, request_id, at FROM dlrgw_rows WHERE outcome <> 'rejected')
INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details)
SELECT at, actor, 'rejected.resubmit', 'rejected', stream_identity || '/' || stream_seq,
       jsonb_strip_nulls(jsonb_build_object('result', 'ok', 'status', 200, 'outcome', outcome, 'instance', instance,
                                            'request', request_id))
FROM dlrgw_rows)sql";
constexpr std::uint32_t kOutcomeColumn = 2;

}  // namespace

Resubmission::Resubmission(Host host)
    : instance_(host.instance()),
      clock_(host),
      sql_(host),
      pipeline_(host),
      find_(sql_.query("find_rejected", kFind, {{"stream_identity", SqlType::kText}, {"stream_seq", SqlType::kInt}})),
      complete_(sql_.write("complete_resubmission", kComplete,
                           {{"stream_identity", SqlType::kText},
                            {"stream_seq", SqlType::kInt},
                            {"outcome", SqlType::kText},
                            {"actor", SqlType::kText},
                            {"request_id", SqlType::kUuid},
                            {"at", SqlType::kTime},
                            {"instance", SqlType::kText}},
                           2, DLRGW_SQL_ONE_EACH)) {}

std::optional<StoredReceipt> Resubmission::find(const StoredPlace& place) const {
  const OwnUnitOfWork work = sql_.open("admin");
  work.add(find_, 0, {SqlValue::text(place.stream_identity), SqlValue::integer(place.stream_seq)});
  const SqlResult rows = work.query(find_);
  if (rows.rows() == 0) return std::nullopt;
  return StoredReceipt{std::string(rows.text(0, 0)),  std::string(rows.text(0, 1)), rows.time_us(0, 2),
                       std::string(rows.bytes(0, 3)), std::string(rows.text(0, 4)), std::string(rows.text(0, 5))};
}

SubmissionResult Resubmission::submit(const StoredPlace& place, const StoredReceipt& stored, std::string_view actor,
                                      std::string_view request_id) const {
  const std::array<SqlValue, 7> row{SqlValue::text(place.stream_identity),
                                    SqlValue::integer(place.stream_seq),
                                    SqlValue::null(),  // the outcome
                                    SqlValue::text(actor),
                                    request_id.empty() ? SqlValue::null() : SqlValue::uuid(request_id),
                                    SqlValue::time(clock_.now_us()),
                                    SqlValue::text(instance_)};
  return pipeline_.submit({.payload = stored.payload,
                           .event_id = stored.event_id,
                           .received_at_us = stored.received_at_us,
                           .origin = "admin.resubmit"},
                          {complete_, row, kOutcomeColumn});
}

}  // namespace dlrgw::admin_http
