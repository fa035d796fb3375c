// SPDX-License-Identifier: Apache-2.0
#include "pipeline/invalid_rows.hpp"

#include <limits>
#include <stdexcept>

namespace dlrgw::host {
namespace {

// Flushed after every plugin's rows.
constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();

struct Row {
  std::string_view kind, reason, detail, stage, plugin, operator_id, event_id;
  std::int64_t received_at_us;
  std::string_view message_id = {};
  std::int64_t stream_time_us = kNoTime;
};

Value text_or_null(std::string_view text) { return text.empty() ? Value::null() : Value::string(text); }

Status add(Batch& batch, const Statement& statement, const Delivery& delivery, const Row& row) {
  const Value values[] = {Value::string(delivery.identity()),
                          Value::int64(static_cast<std::int64_t>(delivery.stream_seq)),
                          Value::string(row.kind),
                          Value::string(row.reason),
                          text_or_null(row.detail),
                          text_or_null(row.stage),
                          text_or_null(row.plugin),
                          text_or_null(row.operator_id),
                          row.event_id.empty() ? Value::null() : Value::uuid(row.event_id),
                          Value::time_us(row.received_at_us),
                          Value::bytes(delivery.payload),
                          row.message_id.empty() ? Value::null() : Value::uuid(row.message_id),
                          Value::time_us(row.stream_time_us)};
  return batch.work->unit.add_row(statement, 0, values);
}

}  // namespace

Statement invalid_rows_statement() {
  StatementDef def;
  def.owner = "host";
  def.name = "insert_invalid";
  def.text =
      "INSERT INTO dlr.invalid_dlrs (stream_identity, stream_seq, kind, reason, detail, stage, plugin, operator_id, "
      "event_id, "
      "received_at, payload, message_id, stream_time) SELECT stream_identity, stream_seq, kind, reason, detail, stage, "
      "plugin, operator_id, event_id, "
      "received_at, payload, message_id, stream_time FROM dlrgw_rows ON CONFLICT DO NOTHING";
  def.key_count = 2;
  def.columns = {
      {"stream_identity", ColumnType::kText}, {"stream_seq", ColumnType::kInt},   {"kind", ColumnType::kText},
      {"reason", ColumnType::kText},          {"detail", ColumnType::kText},      {"stage", ColumnType::kText},
      {"plugin", ColumnType::kText},          {"operator_id", ColumnType::kText}, {"event_id", ColumnType::kUuid},
      {"received_at", ColumnType::kTime},     {"payload", ColumnType::kBytes},    {"message_id", ColumnType::kUuid},
      {"stream_time", ColumnType::kTime}};
  Result<Statement> compiled = Statement::compile(std::move(def), kLast);
  if (!compiled) throw std::logic_error(compiled.error().text);
  return std::move(*compiled);
}

Status add_invalid_rows(Batch& batch, const Statement& statement, const HeldFacts& held) {
  for (const InvalidDelivery& item : batch.invalid) {
    // The id that the receipt has once its payload can be read.
    const std::string event_id = item.failure.event_id.empty()
                                     ? default_event_id(item.delivery.identity(), item.delivery.stream_seq)
                                     : item.failure.event_id;
    Status added = add(batch, statement, item.delivery,
                       {"invalid",
                        to_string(item.failure.reason),
                        item.failure.detail,
                        {},
                        {},
                        item.failure.operator_id,
                        event_id,
                        item.delivery.stream_time_us});
    if (!added) return added;
  }
  for (const Receipt& receipt : batch.receipts) {
    const Verdict& v = receipt.verdict;
    if (v.action == Verdict::Action::kPutAway) {
      Status added = add(
          batch, statement, receipt.delivery(),
          {"held", v.reason, held.detail, v.stage, v.plugin, receipt.inbound().operator_id, receipt.inbound().event_id,
           receipt.inbound().received_at_us, held.message_id, receipt.delivery().stream_time_us});
      if (!added) return added;
    }
    if (v.action != Verdict::Action::kReject) continue;
    Status added = add(batch, statement, receipt.delivery(),
                       {"rejected",
                        v.reason,
                        {},
                        v.stage,
                        v.plugin,
                        receipt.inbound().operator_id,
                        receipt.inbound().event_id,
                        receipt.inbound().received_at_us});
    if (!added) return added;
  }
  return {};
}

}  // namespace dlrgw::host
