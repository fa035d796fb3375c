// SPDX-License-Identifier: Apache-2.0
#include "segment_store.hpp"

#include "message/states.hpp"

namespace dlrgw::segments {
namespace {

// One keyed probe per message and table; OFFSET 0 keeps it so when the plan was made while the tables were small.
constexpr std::string_view kRead = R"(
SELECT 'segment' AS kind, r.message_id, s.segment_index, s.status, s.error_code, s.received_at, s.occurred_at,
       s.network_error_code
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT x.segment_index, x.status, x.error_code, x.network_error_code, x.received_at, x.occurred_at
      FROM dlr.segment_dlrs x WHERE x.filed_under = r.filed_under AND x.message_id = r.message_id OFFSET 0) s
UNION ALL
SELECT 'open', r.message_id, NULL, NULL, NULL, o.deadline, NULL, o.connector_id
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT x.deadline, x.connector_id FROM dlr.aggregation_open x WHERE x.message_id = r.message_id OFFSET 0) o
UNION ALL
SELECT 'decided', r.message_id, NULL, NULL, NULL, NULL, NULL, NULL
FROM dlrgw_rows r CROSS JOIN LATERAL
     (SELECT FROM dlr.message_aggregates x
      WHERE x.filed_under = r.filed_under AND x.message_id = r.message_id OFFSET 0) a)";

constexpr std::string_view kInsertSegment = R"(
INSERT INTO dlr.segment_dlrs (filed_under, message_id, segment_index, state_key, total_segments, account_id, status, error_code,
                              network_error_code, late, received_at, occurred_at)
SELECT filed_under, message_id, segment_index, state_key, total_segments, account_id, status, error_code, network_error_code, late,
       received_at, occurred_at
FROM dlrgw_rows)";

// One that is open already stays as it is.
constexpr std::string_view kInsertOpen = R"(
INSERT INTO dlr.aggregation_open (message_id, filed_under, account_id, operator_id, connector_id, deadline)
SELECT message_id, filed_under, account_id, operator_id, connector_id, deadline FROM dlrgw_rows
ON CONFLICT DO NOTHING)";

void take(const SqlResult& result, std::uint32_t row, OpenMessages& messages) {
  enum Column : std::uint32_t { kKind, kMessageId, kIndex, kStatus, kErrorCode, kReceivedAt, kOccurredAt, kMore };
  const std::string kind(result.text(row, kKind));
  OpenMessage& message = messages[std::string(result.text(row, kMessageId))];
  if (kind == "open") {
    message.deadline_us = result.time_us(row, kReceivedAt);
    message.connector_id = result.text(row, kMore);
  } else if (kind == "decided") {
    message.decided = true;
  } else {
    Segment segment;
    segment.index = static_cast<std::uint32_t>(result.integer(row, kIndex));
    segment.status = dlr_status_from(result.text(row, kStatus));
    segment.error_code = result.text(row, kErrorCode);
    segment.network_error_code = result.text(row, kMore);
    segment.received_at_us = result.time_us(row, kReceivedAt).value_or(0);
    segment.occurred_at_us = result.time_us(row, kOccurredAt).value_or(segment.received_at_us);
    message.set.add(segment);
  }
}

}  // namespace

SegmentStore::SegmentStore(Host host) {
  using enum SqlType;
  const Sql sql(host);
  read_ = sql.query("read_segments", kRead, {{"message_id", kUuid}, {"filed_under", kTime}});
  insert_segment_ = sql.write("insert_segment", kInsertSegment,
                              {{"filed_under", kTime},
                               {"message_id", kUuid},
                               {"segment_index", kInt},
                               {"state_key", kText},
                               {"total_segments", kInt},
                               {"account_id", kUuid},
                               {"status", kText},
                               {"error_code", kText},
                               {"network_error_code", kText},
                               {"late", kBool},
                               {"received_at", kTime},
                               {"occurred_at", kTime}},
                              4, DLRGW_SQL_ONE_EACH);
  insert_open_ = sql.write("insert_open", kInsertOpen,
                           {{"message_id", kUuid},
                            {"filed_under", kTime},
                            {"account_id", kUuid},
                            {"operator_id", kText},
                            {"connector_id", kText},
                            {"deadline", kTime}},
                           1);
}

OpenMessages SegmentStore::read(const UnitOfWork& work, const FiledUnder& filed_under) const {
  OpenMessages messages;
  for (const auto& [id, filed_under_us] : filed_under) {
    messages[id];
    work.add(read_, 0, {SqlValue::uuid(id), SqlValue::time(filed_under_us)});
  }
  const SqlResult result = work.query(read_);
  for (std::uint32_t row = 0; row < result.rows(); ++row) take(result, row, messages);
  return messages;
}

void SegmentStore::add_segment(const UnitOfWork& work, const ReceiptView& receipt, std::int64_t filed_under_us,
                               const Segment& segment, std::uint32_t total, std::string_view raw, bool late) const {
  const std::string state_key = message::state_key(segment.status, raw);
  work.add(insert_segment_, receipt.handle(),
           {SqlValue::time(filed_under_us), SqlValue::uuid(receipt.message_id()), SqlValue::integer(segment.index),
            SqlValue::text(state_key), SqlValue::integer(total), SqlValue::uuid(receipt.account_id()),
            SqlValue::text(to_string(segment.status)), SqlValue::text_or_null(segment.error_code),
            SqlValue::text_or_null(segment.network_error_code), SqlValue::boolean(late),
            SqlValue::time(segment.received_at_us), SqlValue::time(segment.occurred_at_us)});
}

void SegmentStore::open(const UnitOfWork& work, const ReceiptView& receipt, std::int64_t filed_under_us,
                        std::int64_t deadline_us) const {
  work.add(insert_open_, receipt.handle(),
           {SqlValue::uuid(receipt.message_id()), SqlValue::time(filed_under_us), SqlValue::uuid(receipt.account_id()),
            SqlValue::text(receipt.operator_id()), SqlValue::text_or_null(receipt.connector_id()),
            SqlValue::time(deadline_us)});
}

}  // namespace dlrgw::segments
