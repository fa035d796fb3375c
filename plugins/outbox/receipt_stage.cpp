// SPDX-License-Identifier: Apache-2.0
#include "receipt_stage.hpp"

#include <algorithm>

#include "message/ids.hpp"
#include "message/states.hpp"

namespace dlrgw::outbox {
namespace {

// No ON CONFLICT: a receipt that is there already is a broken invariant, and a silent one would be a lost receipt.
constexpr std::string_view kInsert = R"(
INSERT INTO dlr.delivery_receipts (filed_under, message_id, segment_index, state_key, account_id, operator_id, operator_message_id,
  dlr_status, raw_stat, error_code, network_error_code, dlr_timestamp, received_at, processed_at, event_id, fingerprint,
  plugin, plugin_version, flags, raw_payload)
SELECT filed_under, message_id, segment_index, state_key, account_id, operator_id, operator_message_id,
  dlr_status, raw_stat, error_code, network_error_code, dlr_timestamp, received_at, processed_at, event_id, fingerprint,
  plugin, plugin_version, flags, raw_payload
FROM dlrgw_rows)";

}  // namespace

ReceiptShared::ReceiptShared(Host host) : clock(host), sql(host), handover(host), pii(host) {
  using enum SqlType;
  insert = sql.write("insert_receipt", kInsert,
                     {{"filed_under", kTime},
                      {"message_id", kUuid},
                      {"segment_index", kInt},
                      {"state_key", kText},
                      {"account_id", kUuid},
                      {"operator_id", kText},
                      {"operator_message_id", kText},
                      {"dlr_status", kText},
                      {"raw_stat", kText},
                      {"error_code", kText},
                      {"network_error_code", kText},
                      {"dlr_timestamp", kTime},
                      {"received_at", kTime},
                      {"processed_at", kTime},
                      {"event_id", kUuid},
                      {"fingerprint", kBytes},
                      {"plugin", kText},
                      {"plugin_version", kText},
                      {"flags", kText},
                      {"raw_payload", kBytes}},
                     4, DLRGW_SQL_ONE_EACH);
}

void ReceiptStage::process(Batch& batch) {
  const std::int64_t now_us = shared_.clock.now_us();
  const UnitOfWork work = shared_.sql.in(batch.uow());
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    const ReceiptView receipt = batch[i];
    const std::uint64_t handle = receipt.handle();
    const message::RawStatus raw = shared_.handover.find(handle, message::kRawStatus).value_or(message::RawStatus{});
    const message::Fingerprint fingerprint = shared_.handover.get(handle, message::kFingerprint);
    if (receipt.message_id().empty() || receipt.status() == DlrStatus::kNone)
      throw Error(DLRGW_E_INTERNAL, "a receipt came without message or status");
    work.add(shared_.insert, handle,
             {SqlValue::time(shared_.handover.get(handle, message::kFiledUnder)),
              SqlValue::uuid(receipt.message_id()),
              SqlValue::integer(std::max(receipt.segment_index(), 1U)),
              SqlValue::text(message::state_key(receipt.status(), raw.value)),
              SqlValue::uuid(receipt.account_id()),
              SqlValue::text(receipt.operator_id()),
              SqlValue::text(message::operator_message_id(receipt)),
              SqlValue::text(to_string(receipt.status())),
              SqlValue::text(receipt.raw_status()),
              SqlValue::text_or_null(receipt.error_code()),
              SqlValue::text_or_null(receipt.network_error_code()),
              SqlValue::time(receipt.dlr_timestamp_us()),
              SqlValue::time(receipt.received_at_us()),
              SqlValue::time(now_us),
              SqlValue::uuid(receipt.event_id()),
              SqlValue::bytes(message::bytes_of(fingerprint)),
              SqlValue::text_or_null(receipt.quirk_plugin()),
              SqlValue::text_or_null(receipt.quirk_version()),
              SqlValue::text(receipt.flags()),
              SqlValue::bytes(shared_.pii.payload(handle))});
    batch.pass(i);
  }
}

}  // namespace dlrgw::outbox
