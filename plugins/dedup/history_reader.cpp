#include "history_reader.hpp"

namespace dlrgw::dedup {
namespace {

// Answers no state, and takes the locks in key order, so that two lanes cannot wait for each other: the locking select
// runs once per row of the ordered one, the only way in which a lateral one can.
constexpr std::string_view kLock = R"(
SELECT m.message_id
FROM (SELECT message_id FROM dlrgw_rows ORDER BY message_id) r CROSS JOIN LATERAL
     (SELECT message_id FROM orch.sms_messages WHERE message_id = r.message_id FOR NO KEY UPDATE) m)";

// One keyed probe per message and table. OFFSET 0 keeps the planner from joining a whole table instead: a plan made
// while the tables were small lives on after they have grown.
constexpr std::string_view kRead = R"(
SELECT 'message' AS kind, r.message_id, 0 AS segment_index, m.status, NULL::text AS raw, NULL::uuid AS event_id,
       NULL::bytea AS fingerprint, coalesce(m.processed_at, m.dlr_received_at) AS at
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT status, processed_at, dlr_received_at FROM orch.sms_messages WHERE message_id = r.message_id OFFSET 0) m
UNION ALL
SELECT 'receipt', r.message_id, d.segment_index, d.dlr_status, substr(d.state_key, 2), d.event_id, d.fingerprint, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT segment_index, dlr_status, state_key, event_id, fingerprint FROM dlr.delivery_receipts
      WHERE message_id = r.message_id OFFSET 0) d
UNION ALL
SELECT l.kind, r.message_id, l.segment_index, l.dlr_status, l.raw_stat, l.event_id, l.fingerprint, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT kind, segment_index, dlr_status, raw_stat, event_id, fingerprint FROM dlr.late_dlrs
      WHERE message_id = r.message_id OFFSET 0) l
UNION ALL
SELECT 'quarantined', r.message_id, 0, NULL, NULL, q.event_id, q.fingerprint, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT event_id, fingerprint FROM dlr.quarantined_dlrs WHERE message_id = r.message_id OFFSET 0) q
UNION ALL
SELECT 'aggregate', r.message_id, 0, NULL, NULL, NULL, NULL, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT 1 FROM dlr.message_aggregates WHERE message_id = r.message_id OFFSET 0) a
WHERE r.several_segments)";

enum Column : std::uint32_t { kKind, kMessageId, kSegmentIndex, kStatus, kRaw, kEventId, kFingerprint, kAt };

void take(const SqlResult& result, std::uint32_t row, std::map<std::string, History>& histories) {
  const std::string kind(result.text(row, kKind));
  const std::string message_id(result.text(row, kMessageId));
  History& history = histories[message_id];
  if (kind == "message") {
    history.message_status = result.text(row, kStatus);
    history.terminal_since_us = result.time_us(row, kAt);
    return;
  }
  if (kind == "aggregate") {
    history.aggregated = true;
    return;
  }
  Identity identity;
  identity.event_id = result.text(row, kEventId);
  identity.fingerprint = result.bytes(row, kFingerprint);
  if (kind == "quarantined") {
    history.quarantined.push_back(std::move(identity));
    return;
  }
  SeenReceipt seen;
  seen.segment = static_cast<std::uint32_t>(result.integer(row, kSegmentIndex));
  seen.status = dlr_status_from(result.text(row, kStatus));
  seen.raw = result.text(row, kRaw);
  seen.identity = std::move(identity);
  seen.late = late_kind_from(kind);
  if (!seen.late && kind != "receipt") seen.late = LateKind::kTerminalConflict;
  history.receipts.push_back(std::move(seen));
}

}  // namespace

HistoryReader::HistoryReader(Host host) : fail_points_(host) {
  const Sql sql(host);
  lock_ = sql.query("lock_messages", kLock, {{"message_id", SqlType::kUuid}});
  read_ = sql.query("read_history", kRead, {{"message_id", SqlType::kUuid}, {"several_segments", SqlType::kBool}});
}

std::map<std::string, History> HistoryReader::lock_and_read(const UnitOfWork& work,
                                                            const std::map<std::string, bool>& messages) const {
  for (const auto& [message_id, several] : messages) work.add(lock_, 0, {SqlValue::uuid(message_id)});
  static_cast<void>(work.query(lock_));
  fail_points_.hit("dedup.after_lock");

  for (const auto& [message_id, several] : messages)
    work.add(read_, 0, {SqlValue::uuid(message_id), SqlValue::boolean(several)});
  const SqlResult result = work.query(read_);
  std::map<std::string, History> histories;
  std::map<std::string, bool> exists;
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    take(result, row, histories);
    if (result.text(row, kKind) == "message") exists[std::string(result.text(row, kMessageId))] = true;
  }
  std::erase_if(histories, [&](const auto& entry) { return !exists.contains(entry.first); });
  return histories;
}

}  // namespace dlrgw::dedup
