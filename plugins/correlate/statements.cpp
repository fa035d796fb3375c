// SPDX-License-Identifier: Apache-2.0
#include "statements.hpp"

#include <algorithm>

namespace dlrgw::correlate {
namespace {

// The limits keep the planner at one index probe per candidate: (operator_id, operator_message_id, submitted_at)
// backwards, then each message by its key. An address beyond what an attribute and the events take is no phone number:
// its first 63 characters, at most 252 bytes, are passed on.
constexpr std::string_view kLookUp = R"sql(
SELECT r.place, c.message_id, c.segment_index, c.total_segments, c.dlr_requested, c.submitted_at, c.connector_id,
       m.account_id, m.segment_count, m.to_addr
FROM dlrgw_rows r
CROSS JOIN LATERAL (
  SELECT x.message_id, coalesce(x.segment_index, 1) AS segment_index, coalesce(x.total_segments, 1) AS total_segments,
         coalesce(x.dlr_requested, true) AS dlr_requested, x.submitted_at, x.connector_id
  FROM smpp.message_correlations x
  WHERE x.operator_id = r.operator_id AND x.operator_message_id = r.candidate
    AND x.submitted_at >= r.oldest AND x.submitted_at <= r.newest
    AND (r.connector_id IS NULL OR x.connector_id = r.connector_id)
  ORDER BY x.submitted_at DESC LIMIT r.page) c
LEFT JOIN LATERAL (
  SELECT y.account_id, y.segment_count,
         CASE WHEN octet_length(y.to_addr) <= 255 THEN y.to_addr ELSE left(y.to_addr, 63) END AS to_addr
  FROM orch.sms_messages y WHERE y.message_id = c.message_id LIMIT 1) m
  ON true)sql";

// Plain joins here: a plan that was cached while the table was small then costs one scan per batch, not one per row,
// when a flood of unknown receipts makes it grow.
constexpr std::string_view kStoredOrphans = R"sql(
SELECT o.orphan_id, o.operator_id, o.operator_message_id, o.dlr_status, o.raw_stat
FROM dlrgw_rows r JOIN dlr.orphan_dlrs o ON o.orphan_id = r.orphan_id)sql";

constexpr std::string_view kInsertOrphan = R"sql(
INSERT INTO dlr.orphan_dlrs (orphan_id, received_at, operator_id, connector_id, operator_message_id, id_candidates, raw_stat,
                             dlr_status, dlr_timestamp, reason, attempts, event_id, fingerprint, raw_payload)
SELECT orphan_id, received_at, operator_id, connector_id, operator_message_id, id_candidates::jsonb, raw_stat, dlr_status,
       dlr_timestamp, reason, attempts::smallint, event_id, fingerprint, raw_payload
FROM dlrgw_rows ON CONFLICT DO NOTHING)sql";

// The whole key, so that one partition is probed: a repeat of the event brings the same receivedAt.
constexpr std::string_view kResolveOrphan = R"sql(
INSERT INTO dlr.orphan_resolutions (orphan_id, message_id, method, outcome, resolved_at)
SELECT r.orphan_id, r.message_id, 'redelivered', 'found', r.resolved_at
FROM dlrgw_rows r
WHERE EXISTS (SELECT FROM dlr.orphan_dlrs o WHERE o.orphan_id = r.orphan_id AND o.received_at = r.received_at)
ON CONFLICT DO NOTHING)sql";

// For the rest of the transaction: whoever submitted a stored orphan reads it for its resolution.
constexpr std::string_view kNoteMessage = R"sql(
SELECT set_config('dlrgw.orphan_message', r.message_id::text, true) FROM dlrgw_rows r)sql";

constexpr std::int64_t kMaxSegment = 255;  // UDH and SMPP count segments in one octet

std::uint32_t segment(std::int64_t value) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 1, kMaxSegment));
}

}  // namespace

Statements::Statements(Host host) : sql_(host) {
  look_up_ = sql_.query("look_up", kLookUp,
                        {{"place", SqlType::kInt},
                         {"operator_id", SqlType::kText},
                         {"candidate", SqlType::kText},
                         {"connector_id", SqlType::kText},
                         {"oldest", SqlType::kTime},
                         {"newest", SqlType::kTime},
                         {"page", SqlType::kInt}});
  stored_orphans_ = sql_.query("stored_orphans", kStoredOrphans, {{"orphan_id", SqlType::kUuid}});
  insert_orphan_ = sql_.write("insert_orphan", kInsertOrphan,
                              {{"orphan_id", SqlType::kUuid},
                               {"received_at", SqlType::kTime},
                               {"operator_id", SqlType::kText},
                               {"connector_id", SqlType::kText},
                               {"operator_message_id", SqlType::kText},
                               {"id_candidates", SqlType::kJson},
                               {"raw_stat", SqlType::kText},
                               {"dlr_status", SqlType::kText},
                               {"dlr_timestamp", SqlType::kTime},
                               {"reason", SqlType::kText},
                               {"attempts", SqlType::kInt},
                               {"event_id", SqlType::kUuid},
                               {"fingerprint", SqlType::kBytes},
                               {"raw_payload", SqlType::kBytes}},
                              1);
  resolve_orphan_ = sql_.write("resolve_orphan", kResolveOrphan,
                               {{"orphan_id", SqlType::kUuid},
                                {"message_id", SqlType::kUuid},
                                {"received_at", SqlType::kTime},
                                {"resolved_at", SqlType::kTime}},
                               1);
  note_message_ = sql_.query("note_message", kNoteMessage, {{"message_id", SqlType::kUuid}});
}

std::vector<std::vector<Hit>> Statements::look_up(const UnitOfWork& uow, std::size_t batch_size,
                                                  const std::vector<LookupRow>& rows, std::uint32_t page) const {
  std::vector<std::vector<Hit>> hits(batch_size);
  if (rows.empty()) return hits;
  for (std::size_t place = 0; place < rows.size(); ++place) {
    const LookupRow& row = rows[place];
    uow.add(look_up_, 0,
            {SqlValue::integer(static_cast<std::int64_t>(place)), SqlValue::text(row.operator_id),
             SqlValue::text(row.candidate.id), SqlValue::text_or_null(row.connector_id), SqlValue::time(row.oldest_us),
             SqlValue::time(row.newest_us), SqlValue::integer(page)});
  }
  const SqlResult result = uow.query(look_up_);
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    const LookupRow& row = rows.at(static_cast<std::size_t>(result.integer(i, 0)));
    Hit hit;
    hit.candidate = row.place;
    hit.rank = row.candidate.rank;
    hit.message_id = result.text(i, 1);
    hit.segment_index = segment(result.integer(i, 2));
    hit.segment_total = segment(result.integer(i, 3));
    hit.dlr_requested = result.boolean(i, 4);
    hit.submitted_at_us = result.time_us(i, 5).value_or(0);
    hit.connector_id = result.text(i, 6);
    hit.message_exists = !result.is_null(i, 7);
    if (hit.message_exists) {
      hit.account_id = result.text(i, 7);
      hit.segment_count = segment(result.integer(i, 8));
      hit.to_addr = result.text(i, 9);
    }
    hits.at(row.index).push_back(std::move(hit));
  }
  return hits;
}

StoredOrphans Statements::stored_orphans(const UnitOfWork& uow, const std::vector<std::string>& ids) const {
  StoredOrphans out;
  if (ids.empty()) return out;
  for (const std::string& id : ids) uow.add(stored_orphans_, 0, {SqlValue::uuid(id)});
  const SqlResult result = uow.query(stored_orphans_);
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    out.emplace(result.text(i, 0), StoredOrphan{std::string(result.text(i, 1)), std::string(result.text(i, 2)),
                                                std::string(result.text(i, 3)), std::string(result.text(i, 4))});
  }
  return out;
}

void Statements::insert_orphan(const UnitOfWork& uow, std::uint64_t receipt, const OrphanRow& row) const {
  const Orphan& orphan = row.orphan;
  const std::string candidates = candidates_json(orphan);
  uow.add(insert_orphan_, receipt,
          {SqlValue::uuid(orphan.orphan_id), SqlValue::time(orphan.received_at_us), SqlValue::text(orphan.operator_id),
           SqlValue::text_or_null(orphan.connector_id), SqlValue::text(orphan.operator_message_id),
           SqlValue::json(candidates), SqlValue::text_or_null(orphan.raw_stat), SqlValue::text(orphan.status),
           SqlValue::time(row.dlr_timestamp_us), SqlValue::text(orphan.reason), SqlValue::integer(orphan.attempts),
           SqlValue::uuid(row.event_id), SqlValue::bytes(row.fingerprint), SqlValue::bytes(row.payload)});
}

void Statements::resolve_orphan(const UnitOfWork& uow, std::uint64_t receipt, const Resolved& row) const {
  uow.add(resolve_orphan_, receipt,
          {SqlValue::uuid(row.orphan_id), SqlValue::uuid(row.message_id), SqlValue::time(row.received_at_us),
           SqlValue::time(row.resolved_at_us)});
}

void Statements::note_message(const UnitOfWork& uow, std::string_view message_id) const {
  uow.add(note_message_, 0, {SqlValue::uuid(message_id)});
  static_cast<void>(uow.query(note_message_));
}

}  // namespace dlrgw::correlate
