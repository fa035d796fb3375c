// SPDX-License-Identifier: Apache-2.0
#include "history_writer.hpp"

#include "jsonb_text.hpp"
#include "message/ids.hpp"

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kInsertLate = R"(
INSERT INTO dlr.late_dlrs (late_id, message_id, account_id, segment_index, operator_id, operator_message_id, prior_status,
                           prior_at, dlr_status, raw_stat, kind, dlr_timestamp, received_at, event_id, fingerprint, raw_payload)
SELECT late_id, message_id, account_id, segment_index, operator_id, operator_message_id, prior_status,
       prior_at, dlr_status, raw_stat, kind, dlr_timestamp, received_at, event_id, fingerprint, raw_payload
FROM dlrgw_rows)";

constexpr std::string_view kInsertQuarantined = R"(
INSERT INTO dlr.quarantined_dlrs (id, operator_id, operator_message_id, message_id, account_id, dlr_status, dlr_timestamp,
                                  terminal_at, received_at, payload, payload_raw, fingerprint, event_id)
SELECT id, operator_id, operator_message_id, message_id, account_id, dlr_status, dlr_timestamp,
       terminal_at, received_at, payload::jsonb, payload_raw, fingerprint, event_id
FROM dlrgw_rows)";

}  // namespace

HistoryWriter::HistoryWriter(Host host) : digest_(host), pii_(host) {
  using enum SqlType;
  const Sql sql(host);
  late_ = sql.write("insert_late", kInsertLate,
                    {{"late_id", kUuid},
                     {"message_id", kUuid},
                     {"account_id", kUuid},
                     {"segment_index", kInt},
                     {"operator_id", kText},
                     {"operator_message_id", kText},
                     {"prior_status", kText},
                     {"prior_at", kTime},
                     {"dlr_status", kText},
                     {"raw_stat", kText},
                     {"kind", kText},
                     {"dlr_timestamp", kTime},
                     {"received_at", kTime},
                     {"event_id", kUuid},
                     {"fingerprint", kBytes},
                     {"raw_payload", kBytes}},
                    1, DLRGW_SQL_ONE_EACH);
  quarantined_ = sql.write("insert_quarantined", kInsertQuarantined,
                           {{"id", kUuid},
                            {"operator_id", kText},
                            {"operator_message_id", kText},
                            {"message_id", kUuid},
                            {"account_id", kUuid},
                            {"dlr_status", kText},
                            {"dlr_timestamp", kTime},
                            {"terminal_at", kTime},
                            {"received_at", kTime},
                            {"payload", kJson},
                            {"payload_raw", kBytes},
                            {"fingerprint", kBytes},
                            {"event_id", kUuid}},
                           1, DLRGW_SQL_ONE_EACH);
}

std::string HistoryWriter::row_id(std::string_view table, const message::Identity& identity) const {
  return digest_.uuid_v5(message::kUuidSpace, message::row_name(table, identity));
}

void HistoryWriter::add_late(const UnitOfWork& work, const ReceiptView& receipt, const message::Incoming& incoming,
                             const message::Decision& decision, const message::History& before) const {
  const std::string id = row_id("late", incoming.identity);
  work.add(late_, receipt.handle(),
           {SqlValue::uuid(id), SqlValue::uuid(receipt.message_id()), SqlValue::uuid(receipt.account_id()),
            SqlValue::integer(incoming.segment), SqlValue::text(receipt.operator_id()),
            SqlValue::text(message::operator_message_id(receipt)), SqlValue::text_or_null(decision.prior_status),
            SqlValue::time(before.terminal_since_us), SqlValue::text(to_string(incoming.status)),
            SqlValue::text(incoming.raw), SqlValue::text(to_string(decision.kind.value())),
            SqlValue::time(incoming.dlr_timestamp_us), SqlValue::time(receipt.received_at_us()),
            SqlValue::uuid(incoming.identity.event_id), SqlValue::bytes(incoming.identity.fingerprint),
            SqlValue::bytes(pii_.payload(receipt.handle()))});
}

void HistoryWriter::add_quarantined(const UnitOfWork& work, const ReceiptView& receipt,
                                    const message::Incoming& incoming, const message::History& before) const {
  const std::string id = row_id("quarantined", incoming.identity);
  const std::string_view payload = pii_.payload(receipt.handle());
  const std::string json = jsonb_text(payload);
  work.add(quarantined_, receipt.handle(),
           {SqlValue::uuid(id), SqlValue::text(receipt.operator_id()),
            SqlValue::text(message::operator_message_id(receipt)), SqlValue::uuid(receipt.message_id()),
            SqlValue::uuid(receipt.account_id()), SqlValue::text(to_string(incoming.status)),
            SqlValue::time(incoming.dlr_timestamp_us), SqlValue::time(before.terminal_since_us),
            SqlValue::time(receipt.received_at_us()), SqlValue::json(json), SqlValue::bytes(payload),
            SqlValue::bytes(incoming.identity.fingerprint), SqlValue::uuid(incoming.identity.event_id)});
}

}  // namespace dlrgw::dedup
