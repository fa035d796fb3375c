#include "segment_store.hpp"

#include <algorithm>

namespace dlrgw::segments {
namespace {

// One keyed probe per message and table; OFFSET 0 keeps it so when the plan was made while the tables were small.
constexpr std::string_view kRead = R"(
SELECT 'segment' AS kind, r.message_id, s.segment_index, s.total_segments, s.status, s.error_code, s.received_at, s.occurred_at
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT segment_index, total_segments, status, error_code, received_at, occurred_at FROM dlr.segment_dlrs
      WHERE message_id = r.message_id OFFSET 0) s
UNION ALL
SELECT 'open', r.message_id, NULL, NULL, NULL, NULL, o.deadline, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT deadline FROM dlr.aggregation_open WHERE message_id = r.message_id OFFSET 0) o
UNION ALL
SELECT 'decided', r.message_id, NULL, NULL, NULL, NULL, NULL, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT 1 FROM dlr.message_aggregates WHERE message_id = r.message_id OFFSET 0) a)";

// In key order, as dedup.replay does, so that nobody waits in a circle; answers no state.
constexpr std::string_view kLock = R"(
SELECT m.message_id
FROM (SELECT message_id FROM dlrgw_rows ORDER BY message_id) r CROSS JOIN LATERAL
     (SELECT message_id FROM orch.sms_messages WHERE message_id = r.message_id FOR NO KEY UPDATE) m)";

// An address of more than 255 bytes is cut as the stage `correlate` cuts it.
constexpr std::string_view kReadFacts = R"(
SELECT m.message_id, m.account_id, m.operator_id, m.to_addr, m.segment_count, m.status, t.told - s.silent AS intermediates
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT message_id, account_id, operator_id, segment_count, status,
             CASE WHEN octet_length(to_addr) <= 255 THEN to_addr ELSE left(to_addr, 63) END AS to_addr
      FROM orch.sms_messages
      WHERE message_id = r.message_id OFFSET 0) m CROSS JOIN LATERAL
     (SELECT count(*) AS told FROM dlr.delivery_receipts
      WHERE message_id = r.message_id AND dlr_status = 'UNKNOWN') t CROSS JOIN LATERAL
     (SELECT count(*) AS silent FROM dlr.segment_dlrs WHERE message_id = r.message_id AND status = 'UNKNOWN') s)";

// One scan for all where the other service's table has no index by message.
constexpr std::string_view kReadUnrequested = R"(
SELECT n.message_id, n.segment_index
FROM (SELECT DISTINCT ON (c.message_id, c.segment_index) c.message_id, c.segment_index, c.dlr_requested
      FROM (SELECT x.message_id, least(greatest(coalesce(x.segment_index, 1), 1), 255) AS segment_index,
                   coalesce(x.dlr_requested, true) AS dlr_requested, x.submitted_at
            FROM smpp.message_correlations x
            WHERE x.message_id = ANY (ARRAY(SELECT message_id FROM dlrgw_rows))) c
      ORDER BY c.message_id, c.segment_index, c.submitted_at DESC, c.dlr_requested DESC) n
WHERE NOT n.dlr_requested)";

constexpr std::string_view kInsertSegment = R"(
INSERT INTO dlr.segment_dlrs (message_id, segment_index, state_key, total_segments, account_id, status, error_code, received_at, occurred_at)
SELECT message_id, segment_index, state_key, total_segments, account_id, status, error_code, received_at, occurred_at
FROM dlrgw_rows)";

constexpr std::string_view kInsertOpen = R"(
INSERT INTO dlr.aggregation_open (message_id, account_id, operator_id, deadline)
SELECT message_id, account_id, operator_id, deadline FROM dlrgw_rows)";

constexpr std::int64_t kMaxSegment = 255;  // UDH and SMPP count segments in one octet

void take(const SqlResult& result, std::uint32_t row, OpenMessages& messages) {
  enum Column : std::uint32_t { kKind, kMessageId, kIndex, kTotal, kStatus, kErrorCode, kReceivedAt, kOccurredAt };
  const std::string kind(result.text(row, kKind));
  OpenMessage& message = messages[std::string(result.text(row, kMessageId))];
  if (kind == "open") {
    message.deadline_us = result.time_us(row, kReceivedAt);
  } else if (kind == "decided") {
    message.decided = true;
  } else {
    message.total = std::max(message.total, static_cast<std::uint32_t>(result.integer(row, kTotal)));
    Segment segment;
    segment.index = static_cast<std::uint32_t>(result.integer(row, kIndex));
    segment.status = dlr_status_from(result.text(row, kStatus));
    segment.error_code = result.text(row, kErrorCode);
    segment.received_at_us = result.time_us(row, kReceivedAt).value_or(0);
    segment.occurred_at_us = result.time_us(row, kOccurredAt).value_or(segment.received_at_us);
    message.set.add(segment);
  }
}

}  // namespace

SegmentStore::SegmentStore(Host host) {
  using enum SqlType;
  const Sql sql(host);
  read_ = sql.query("read_segments", kRead, {{"message_id", kUuid}});
  lock_ = sql.query("sweep_lock", kLock, {{"message_id", kUuid}});
  read_facts_ = sql.query("sweep_read_messages", kReadFacts, {{"message_id", kUuid}});
  read_unrequested_ = sql.query("sweep_read_unrequested", kReadUnrequested, {{"message_id", kUuid}});
  insert_segment_ = sql.write("insert_segment", kInsertSegment,
                              {{"message_id", kUuid},
                               {"segment_index", kInt},
                               {"state_key", kText},
                               {"total_segments", kInt},
                               {"account_id", kUuid},
                               {"status", kText},
                               {"error_code", kText},
                               {"received_at", kTime},
                               {"occurred_at", kTime}},
                              3, DLRGW_SQL_ONE_EACH);
  insert_open_ = sql.write("insert_open", kInsertOpen,
                           {{"message_id", kUuid}, {"account_id", kUuid}, {"operator_id", kText}, {"deadline", kTime}},
                           1, DLRGW_SQL_ONE_EACH);
}

OpenMessages SegmentStore::read(const UnitOfWork& work, const std::set<std::string>& message_ids) const {
  OpenMessages messages;
  for (const std::string& id : message_ids) {
    messages[id];
    work.add(read_, 0, {SqlValue::uuid(id)});
  }
  const SqlResult result = work.query(read_);
  for (std::uint32_t row = 0; row < result.rows(); ++row) take(result, row, messages);
  return messages;
}

OpenMessages SegmentStore::lock_and_read(const UnitOfWork& work, const std::set<std::string>& message_ids) const {
  for (const std::string& id : message_ids) work.add(lock_, 0, {SqlValue::uuid(id)});
  static_cast<void>(work.query(lock_));
  OpenMessages messages = read(work, message_ids);
  for (const std::string& id : message_ids) work.add(read_facts_, 0, {SqlValue::uuid(id)});
  const SqlResult result = work.query(read_facts_);
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    OpenMessage& message = messages[std::string(result.text(row, 0))];
    message.facts.message_id = result.text(row, 0);
    message.facts.account_id = result.text(row, 1);
    message.facts.operator_id = result.text(row, 2);
    message.facts.to = result.text(row, 3);
    message.facts.segment_count =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(result.integer(row, 4), 1, kMaxSegment));
    message.total = std::max(message.total, message.facts.segment_count);
    message.prior_intermediates = static_cast<std::uint32_t>(std::max<std::int64_t>(result.integer(row, 6), 0));
    if (is_terminal_message_status(result.text(row, 5))) message.decided = true;
  }
  std::erase_if(messages, [](const auto& entry) { return entry.second.facts.message_id.empty(); });
  for (const auto& [id, message] : messages) work.add(read_unrequested_, 0, {SqlValue::uuid(id)});
  const SqlResult unrequested = work.query(read_unrequested_);
  for (std::uint32_t row = 0; row < unrequested.rows(); ++row)
    messages.at(std::string(unrequested.text(row, 0)))
        .unrequested.insert(static_cast<std::uint32_t>(unrequested.integer(row, 1)));
  return messages;
}

void SegmentStore::add_segment(const UnitOfWork& work, const ReceiptView& receipt, const Segment& segment,
                               std::uint32_t total, std::string_view raw) const {
  const std::string state_key = is_terminal(segment.status) ? "T" : std::string("~").append(raw);
  work.add(insert_segment_, receipt.handle(),
           {SqlValue::uuid(receipt.message_id()), SqlValue::integer(segment.index), SqlValue::text(state_key),
            SqlValue::integer(total), SqlValue::uuid(receipt.account_id()), SqlValue::text(to_string(segment.status)),
            SqlValue::text_or_null(segment.error_code), SqlValue::time(segment.received_at_us),
            SqlValue::time(segment.occurred_at_us)});
}

void SegmentStore::open(const UnitOfWork& work, const ReceiptView& receipt, std::int64_t deadline_us) const {
  work.add(insert_open_, receipt.handle(),
           {SqlValue::uuid(receipt.message_id()), SqlValue::uuid(receipt.account_id()),
            SqlValue::text(receipt.operator_id()), SqlValue::time(deadline_us)});
}

}  // namespace dlrgw::segments
