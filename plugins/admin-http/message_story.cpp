// SPDX-License-Identifier: Apache-2.0
#include "message_story.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kPool = "admin";
constexpr std::string_view kNote =
    "Copies of a receipt (outcomes duplicate, dedup, redelivered) leave no row: dlr.duplicate in the log names them, "
    "dlr_duplicates_total counts them. Events leave the outbox once their stream has them.";

// Of the message itself; its row is another service's, and may be gone.
constexpr std::string_view kMessage = R"sql(
SELECT jsonb_build_object(
  'accountId', m.account_id, 'operatorId', m.operator_id, 'clientRef', m.client_ref, 'segmentCount', m.segment_count,
  'status', m.status, 'dlrStatus', m.dlr_status, 'submittedAt', dlr.json_time(m.submitted_at), 'dlrReceivedAt', dlr.json_time(m.dlr_received_at),
  'processedAt', dlr.json_time(m.processed_at))::text
FROM dlrgw_rows q JOIN orch.sms_messages m ON m.message_id = q.message_id)sql";

// filed: what the rows of a message may be filed under – its submit time, that of any attempt, and what was noted when
// the first receipt came. Everything is found by a key; what nobody filed there, nobody will find.
constexpr std::string_view kEntries = R"sql(
WITH submits AS MATERIALIZED (
  SELECT c.operator_id, c.operator_message_id, c.message_id, c.segment_index, c.total_segments, c.dlr_requested,
         c.connector_id, c.submitted_at
  FROM dlrgw_rows q JOIN smpp.message_correlations c ON c.message_id = q.message_id
  ORDER BY c.submitted_at DESC LIMIT 512),
filed AS MATERIALIZED (
  SELECT m.message_id, m.submitted_at AS at FROM dlrgw_rows q JOIN orch.sms_messages m ON m.message_id = q.message_id
  UNION SELECT message_id, submitted_at FROM submits
  UNION SELECT message_id, 'epoch' FROM dlrgw_rows
  UNION SELECT o.message_id, o.filed_under FROM dlrgw_rows q JOIN dlr.aggregation_open o ON o.message_id = q.message_id),
orphans AS MATERIALIZED (
  SELECT o.*, r.message_id, r.method, r.outcome, r.actor, r.resolved_at
  FROM (SELECT operator_id, operator_message_id FROM submits
        UNION SELECT operator_id, operator_message_id FROM dlrgw_rows) s
  JOIN dlr.orphan_dlrs o ON o.operator_id = s.operator_id AND o.operator_message_id = s.operator_message_id
  LEFT JOIN dlr.orphan_resolutions r ON r.orphan_id = o.orphan_id
  WHERE r.message_id IS NULL OR r.message_id IN (SELECT message_id FROM dlrgw_rows)),
held_back AS MATERIALIZED (
  SELECT x.*, a.action, a.result, a.actor, a.acted_at FROM dlrgw_rows q
  JOIN dlr.quarantined_dlrs x ON x.message_id = q.message_id LEFT JOIN dlr.quarantine_actions a ON a.quarantine_id = x.id)
SELECT (jsonb_build_object('at', dlr.json_time(e.at), 'kind', e.kind, 'messageId', e.message_id) || e.facts)::text FROM (
  SELECT submitted_at AS at, 'submitted' AS kind, message_id, jsonb_build_object(
    'operatorId', operator_id, 'operatorMessageId', operator_message_id, 'connectorId', connector_id,
    'segmentIndex', segment_index, 'totalSegments', total_segments, 'receiptRequested', dlr_requested) AS facts
  FROM submits
  UNION ALL
  SELECT d.processed_at, 'applied', d.message_id, jsonb_build_object(
    'operatorId', d.operator_id, 'operatorMessageId', d.operator_message_id, 'segmentIndex', d.segment_index,
    'status', d.dlr_status, 'rawStat', d.raw_stat, 'errorCode', d.error_code, 'networkErrorCode', d.network_error_code,
    'dlrTimestamp', dlr.json_time(d.dlr_timestamp), 'receivedAt', dlr.json_time(d.received_at), 'eventId', d.event_id, 'plugin', d.plugin,
    'pluginVersion', d.plugin_version, 'flags', d.flags)
  FROM filed f JOIN dlr.delivery_receipts d ON d.filed_under = f.at AND d.message_id = f.message_id
  UNION ALL
  SELECT l.received_at, 'late', l.message_id, jsonb_build_object(
    'operatorId', l.operator_id, 'operatorMessageId', l.operator_message_id, 'segmentIndex', l.segment_index,
    'status', l.dlr_status, 'rawStat', l.raw_stat, 'lateKind', l.kind, 'priorStatus', l.prior_status, 'priorAt', dlr.json_time(l.prior_at),
    'dlrTimestamp', dlr.json_time(l.dlr_timestamp), 'eventId', l.event_id)
  FROM dlrgw_rows q JOIN dlr.late_dlrs l ON l.message_id = q.message_id
  UNION ALL
  SELECT received_at, 'quarantined', message_id, jsonb_build_object(
    'operatorId', operator_id, 'operatorMessageId', operator_message_id, 'status', dlr_status, 'id', id,
    'dlrTimestamp', dlr.json_time(dlr_timestamp), 'terminalAt', dlr.json_time(terminal_at), 'eventId', event_id, 'action', action, 'result', result,
    'actor', actor, 'actedAt', dlr.json_time(acted_at))
  FROM held_back
  UNION ALL
  SELECT received_at, 'orphan', message_id, jsonb_build_object(
    'operatorId', operator_id, 'operatorMessageId', operator_message_id, 'status', dlr_status, 'rawStat', raw_stat,
    'id', orphan_id, 'reason', reason, 'attempts', attempts, 'eventId', event_id, 'resolvedBy', method,
    'outcome', outcome, 'actor', actor, 'resolvedAt', dlr.json_time(resolved_at))
  FROM orphans
  UNION ALL
  SELECT i.received_at, i.kind, i.message_id, jsonb_build_object(
    'operatorId', i.operator_id, 'reason', i.reason, 'stage', i.stage, 'plugin', i.plugin, 'eventId', i.event_id,
    'stream', i.stream_identity, 'sequence', i.stream_seq)
  FROM dlrgw_rows q JOIN dlr.invalid_dlrs i ON i.message_id = q.message_id AND i.kind = 'held'
  UNION ALL
  SELECT s.received_at, 'segment', s.message_id, jsonb_build_object(
    'segmentIndex', s.segment_index, 'totalSegments', s.total_segments, 'status', s.status, 'errorCode', s.error_code,
    'late', s.late)
  FROM filed f JOIN dlr.segment_dlrs s ON s.filed_under = f.at AND s.message_id = f.message_id
  UNION ALL
  SELECT a.decided_at, 'aggregate', a.message_id, jsonb_build_object(
    'status', a.status, 'expected', a.expected, 'received', a.received, 'delivered', a.delivered, 'reason', a.reason)
  FROM filed f JOIN dlr.message_aggregates a ON a.filed_under = f.at AND a.message_id = f.message_id
  UNION ALL
  SELECT l.at, 'audit', NULL::uuid, jsonb_build_object('actor', l.actor, 'action', l.action, 'entity', l.entity, 'details', l.details)
  FROM dlr.audit_log l
  WHERE l.entity_id IN (SELECT message_id::text FROM dlrgw_rows UNION ALL SELECT id::text FROM held_back
                        UNION ALL SELECT orphan_id::text FROM orphans)) e
CROSS JOIN (SELECT receipts_only, from_at, to_at FROM dlrgw_rows LIMIT 1) r
WHERE NOT r.receipts_only OR (e.kind IN ('applied', 'late', 'quarantined', 'orphan', 'held')
                               AND (r.from_at IS NULL OR e.at >= r.from_at) AND (r.to_at IS NULL OR e.at < r.to_at))
ORDER BY e.at NULLS FIRST, e.kind LIMIT 1000)sql";

// Events that no stream has acknowledged yet.
constexpr std::string_view kWaiting = R"sql(
SELECT jsonb_build_object('subject', e.subject, 'id', e.event_id, 'waitsSince', dlr.json_time(e.created_at))::text
FROM dlrgw_rows q JOIN dlr.outbox_events e ON e.message_key = q.message_id::text
ORDER BY e.created_at LIMIT 100)sql";

// The newest messages that the operator knew by this id.
constexpr std::string_view kByOperatorId = R"sql(
SELECT DISTINCT c.message_id
FROM dlrgw_rows q CROSS JOIN LATERAL (
  SELECT x.message_id FROM smpp.message_correlations x
  WHERE x.operator_id = q.operator_id AND x.operator_message_id = q.operator_message_id
  ORDER BY x.submitted_at DESC LIMIT 50) c)sql";

// How many.
std::uint32_t append_rows(JsonWriter& json, const SqlResult& result) {
  json.begin_array();
  for (std::uint32_t row = 0; row < result.rows(); ++row) json.raw(result.text(row, 0));
  json.end_array();
  return result.rows();
}

}  // namespace

MessageStory::MessageStory(Host host) : sql_(host) {
  using enum SqlType;
  message_ = sql_.query("story_message", kMessage, {{"message_id", kUuid}});
  entries_ = sql_.query("story_entries", kEntries,
                        {{"message_id", kUuid},
                         {"operator_id", kText},
                         {"operator_message_id", kText},
                         {"receipts_only", kBool},
                         {"from_at", kTime},
                         {"to_at", kTime}});
  waiting_ = sql_.query("story_waiting", kWaiting, {{"message_id", kUuid}});
  by_operator_id_ =
      sql_.query("story_by_operator_id", kByOperatorId, {{"operator_id", kText}, {"operator_message_id", kText}});
}

std::optional<std::string> MessageStory::of_message(std::string_view message_id) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  const auto ask = [&](SqlStatement statement) {
    work.add(statement, 0, {SqlValue::uuid(message_id)});
    return work.query(statement);
  };
  JsonWriter json;
  json.begin_object().member("messageId", message_id).key("message");
  bool known = false;
  {
    const SqlResult message = ask(message_);
    known = message.rows() != 0;
    known ? json.raw(message.text(0, 0)) : json.null();
  }
  work.add(entries_, 0,
           {SqlValue::uuid(message_id), SqlValue::null(), SqlValue::null(), SqlValue::boolean(false), SqlValue::null(),
            SqlValue::null()});
  json.key("entries");
  if (append_rows(json, work.query(entries_)) == 0 && !known) return std::nullopt;
  json.key("waitingEvents");
  append_rows(json, ask(waiting_));
  json.member("note", kNote).end_object();
  return json.take();
}

std::string MessageStory::receipts(const ReceiptQuery& query) const {
  const OwnUnitOfWork work = sql_.open(kPool);
  const SqlValue id = SqlValue::text(query.operator_message_id);
  work.add(by_operator_id_, 0, {SqlValue::text(query.operator_id), id});
  std::vector<std::string> messages;
  {
    const SqlResult found = work.query(by_operator_id_);
    for (std::uint32_t row = 0; row < found.rows(); ++row) messages.emplace_back(found.text(row, 0));
  }
  const auto add = [&](SqlValue message) {
    work.add(entries_, 0,
             {message, SqlValue::text(query.operator_id), id, SqlValue::boolean(true), SqlValue::time(query.from_us),
              SqlValue::time(query.to_us)});
  };
  for (const std::string& message : messages) add(SqlValue::uuid(message));
  if (messages.empty()) add(SqlValue::null());
  JsonWriter json;
  json.begin_object().key("items");
  append_rows(json, work.query(entries_));
  json.key("messages").begin_array();
  for (const std::string& message : messages) json.value(message);
  json.end_array().end_object();
  return json.take();
}

}  // namespace dlrgw::admin_http
