#include "history_reader.hpp"

#include <algorithm>
#include <set>

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
// The submits of a message are the one thing that another service's table may have no index for. It is then scanned
// once for the batch, not once per message, and only for a batch that asks.
constexpr std::string_view kRead = R"(
SELECT 'message' AS kind, r.message_id, 0 AS number, m.status, NULL::text AS raw, NULL::uuid AS event_id,
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
WHERE r.several_segments
UNION ALL
SELECT 'segment', r.message_id, s.total_segments, s.status, NULL, NULL, NULL, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT total_segments, status FROM dlr.segment_dlrs WHERE message_id = r.message_id OFFSET 0) s
WHERE r.several_segments
UNION ALL
(SELECT DISTINCT ON (c.message_id, c.segment_index)
       CASE WHEN c.dlr_requested THEN 'submit' ELSE 'unrequested_submit' END, c.message_id, c.segment_index, NULL, NULL, NULL,
       NULL, c.submitted_at
FROM (SELECT x.message_id, least(greatest(coalesce(x.segment_index, 1), 1), 255) AS segment_index,
             coalesce(x.dlr_requested, true) AS dlr_requested, x.submitted_at
      FROM smpp.message_correlations x
      WHERE (SELECT bool_or(several_segments OR failure) FROM dlrgw_rows)
        AND x.message_id = ANY (ARRAY(SELECT message_id FROM dlrgw_rows WHERE several_segments OR failure))) c
ORDER BY c.message_id, c.segment_index, c.submitted_at DESC, c.dlr_requested DESC))";

constexpr std::string_view kFindIndex = R"(
SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = 'smpp.message_correlations'::regclass AND i.indisvalid AND a.attname = 'message_id')";

enum Column : std::uint32_t { kKind, kMessageId, kNumber, kStatus, kRaw, kEventId, kFingerprint, kAt };

void take_receipt(const SqlResult& result, std::uint32_t row, std::string_view kind, History& history) {
  Identity identity;
  identity.event_id = result.text(row, kEventId);
  identity.fingerprint = result.bytes(row, kFingerprint);
  if (kind == "quarantined") {
    history.quarantined.push_back(std::move(identity));
    return;
  }
  SeenReceipt seen;
  seen.segment = static_cast<std::uint32_t>(result.integer(row, kNumber));
  seen.status = dlr_status_from(result.text(row, kStatus));
  seen.raw = result.text(row, kRaw);
  seen.identity = std::move(identity);
  seen.late = late_kind_from(kind);
  if (!seen.late && kind != "receipt") seen.late = LateKind::kTerminalConflict;
  history.receipts.push_back(std::move(seen));
}

void take(const SqlResult& result, std::uint32_t row, History& history) {
  const std::string kind(result.text(row, kKind));
  const auto number = static_cast<std::uint32_t>(result.integer(row, kNumber));
  if (kind == "message") {
    history.message_status = result.text(row, kStatus);
    history.terminal_since_us = result.time_us(row, kAt);
  } else if (kind == "aggregate") {
    history.aggregated = true;
  } else if (kind == "segment") {
    history.total_segments = std::max(history.total_segments, number);
    if (!is_terminal(dlr_status_from(result.text(row, kStatus)))) ++history.silent_intermediates;
  } else if (kind == "submit" || kind == "unrequested_submit") {
    history.newest_submit_us[number] = result.time_us(row, kAt).value_or(0);
    if (kind == "unrequested_submit") history.unrequested.insert(number);
  } else {
    take_receipt(result, row, kind, history);
  }
}

// The batch takes the message for one of one segment, but a receipt of another segment is stored: its rows contradict
// themselves, and what is stored of its segments was not asked for.
bool was_of_several(const History& history) {
  return history.total_segments == 1 && std::any_of(history.receipts.begin(), history.receipts.end(),
                                                    [](const SeenReceipt& seen) { return seen.segment > 1; });
}

}  // namespace

HistoryReader::HistoryReader(Host host) : fail_points_(host), log_(host) {
  const Sql sql(host);
  lock_ = sql.query("lock_messages", kLock, {{"message_id", SqlType::kUuid}});
  read_ =
      sql.query("read_history", kRead,
                {{"message_id", SqlType::kUuid}, {"several_segments", SqlType::kBool}, {"failure", SqlType::kBool}});
  find_index_ = sql.query("find_submit_index", kFindIndex, {});
}

std::map<std::string, History> HistoryReader::lock_and_read(const UnitOfWork& work,
                                                            const std::map<std::string, Asked>& messages) const {
  for (const auto& [message_id, asked] : messages) work.add(lock_, 0, {SqlValue::uuid(message_id)});
  static_cast<void>(work.query(lock_));
  fail_points_.hit("dedup.after_lock");

  std::map<std::string, History> histories = read(work, messages, false);
  std::map<std::string, Asked> contradictory;
  for (const auto& [message_id, history] : histories)
    if (was_of_several(history)) contradictory.insert(*messages.find(message_id));
  if (!contradictory.empty()) {
    for (auto& [message_id, history] : read(work, contradictory, true)) histories[message_id] = std::move(history);
  }
  return histories;
}

std::map<std::string, History> HistoryReader::read(const UnitOfWork& work, const std::map<std::string, Asked>& messages,
                                                   bool as_several) const {
  bool asks_submits = false;
  for (const auto& [message_id, asked] : messages) {
    const bool several = as_several || asked.total_segments > 1;
    asks_submits = asks_submits || several || asked.failure;
    work.add(read_, 0, {SqlValue::uuid(message_id), SqlValue::boolean(several), SqlValue::boolean(asked.failure)});
  }
  if (asks_submits) warn_without_index(work);
  const SqlResult result = work.query(read_);
  std::map<std::string, History> histories;
  std::set<std::string> exist;
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    const std::string message_id(result.text(row, kMessageId));
    if (result.text(row, kKind) == "message") exist.insert(message_id);
    take(result, row, histories[message_id]);
  }
  std::erase_if(histories, [&](const auto& entry) { return !exist.contains(entry.first); });
  for (auto& [message_id, history] : histories)
    history.total_segments = std::max(history.total_segments, messages.at(message_id).total_segments);
  return histories;
}

void HistoryReader::warn_without_index(const UnitOfWork& work) const {
  if (index_checked_.exchange(true)) return;
  if (work.query(find_index_).rows() > 0) return;
  log_.warn("dlr.correlations.no_index", 0,
            {field("table", "smpp.message_correlations"),
             field("action",
                   "create an index on (message_id): without it every batch with a failure receipt or a message "
                   "of several segments scans the table")});
}

}  // namespace dlrgw::dedup
