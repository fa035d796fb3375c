// SPDX-License-Identifier: Apache-2.0
#include "support/receipt.hpp"

#include <cstdio>

#include <dlrgw/cpp/text.hpp>

#include "support/json.hpp"
#include "support/private_data.hpp"

namespace dlrgw::test {
namespace {

std::string submitted_at(const std::string& fixed, std::chrono::milliseconds age) {
  return fixed.empty() ? rfc3339_now(-age) : fixed;
}

}  // namespace

std::string random_uuid(Rng& rng) {
  const std::uint64_t high = (rng() & 0xFFFFFFFFFFFF0FFFU) | 0x4000U;             // version 4
  const std::uint64_t low = (rng() & 0x3FFFFFFFFFFFFFFFU) | 0x8000000000000000U;  // variant of RFC 4122
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32U),
                static_cast<unsigned>((high >> 16U) & 0xFFFFU), static_cast<unsigned>(high & 0xFFFFU),
                static_cast<unsigned>(low >> 48U), static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFU));
  return text;
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  return rfc3339_ms(std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
}

std::string rfc3339_now(std::chrono::milliseconds offset) { return rfc3339(std::chrono::system_clock::now() + offset); }

std::string Receipt::json() const {
  JsonObject object;
  const auto add = [&object](const char* name, const std::string& value) {
    if (!value.empty()) object.text(name, value);
  };
  add("eventId", event_id);
  add("operatorId", operator_id);
  add("operatorMessageId", operator_message_id);
  add("rawStat", raw_stat);
  if (message_state) object.number("messageState", *message_state);
  add("errorCode", error_code);
  add("receivedAt", received_at);
  add("dlrTimestamp", dlr_timestamp);
  add("rawReceipt", raw_receipt);
  for (const auto& [name, json] : more) object.raw(name, json);
  return object.str();
}

Message random_message(Rng& rng, const std::string& operator_id) {
  Message message;
  message.message_id = random_uuid(rng);
  message.account_id = random_uuid(rng);
  message.operator_id = operator_id;
  message.operator_message_id = "op-" + random_uuid(rng).substr(0, 18);
  return message;
}

Correlation correlation_of(const Message& message) {
  Correlation correlation;
  correlation.operator_id = message.operator_id;
  correlation.operator_message_id = message.operator_message_id;
  correlation.message_id = message.message_id;
  correlation.total_segments = message.segment_count;
  correlation.age = message.age;
  correlation.submitted_at = message.submitted_at;
  correlation.connector_id = message.connector_id;
  return correlation;
}

void insert_correlations(TestPostgres& postgres, const std::vector<Correlation>& correlations) {
  std::vector<std::string> elements;
  for (const auto& row : correlations)
    elements.push_back(JsonObject()
                           .text("operator_id", row.operator_id)
                           .text("operator_message_id", row.operator_message_id)
                           .text("message_id", row.message_id)
                           .number("segment_index", row.segment_index)
                           .number("total_segments", row.total_segments)
                           .boolean("dlr_requested", row.dlr_requested)
                           .text("connector_id", row.connector_id)
                           .text("submitted_at", submitted_at(row.submitted_at, row.age))
                           .str());
  postgres.exec_json(
      "INSERT INTO smpp.message_correlations (operator_id, operator_message_id, message_id, segment_index, "
      "total_segments, dlr_requested, connector_id, submitted_at) "
      "SELECT operator_id, operator_message_id, message_id, segment_index, total_segments, dlr_requested, "
      "connector_id, "
      "submitted_at FROM json_to_recordset(:rows) AS x(operator_id text, operator_message_id text, message_id uuid, "
      "segment_index smallint, total_segments smallint, dlr_requested boolean, connector_id text, "
      "submitted_at timestamptz)",
      elements);
}

void insert_messages(TestPostgres& postgres, const std::vector<Message>& messages) {
  std::vector<std::string> elements;
  std::vector<Correlation> correlations;
  for (const auto& message : messages) {
    note_private_number(message.to_addr);
    JsonObject row;
    row.text("message_id", message.message_id)
        .text("account_id", message.account_id)
        .text("operator_id", message.operator_id)
        .text("to_addr", message.to_addr)
        .number("segment_count", message.segment_count)
        .text("status", message.status)
        .text("submitted_at", submitted_at(message.submitted_at, message.age));
    if (message.status != "SUBMITTED") row.text("processed_at", rfc3339_now());
    elements.push_back(row.str());
    if (!message.operator_message_id.empty()) correlations.push_back(correlation_of(message));
  }
  postgres.exec_json(
      "INSERT INTO orch.sms_messages (message_id, account_id, operator_id, to_addr, from_addr, segment_count, status, "
      "submitted_at, processed_at) SELECT message_id, account_id, operator_id, to_addr, '+15550100000', segment_count, "
      "status, submitted_at, processed_at FROM json_to_recordset(:rows) AS x(message_id uuid, account_id uuid, "
      "operator_id text, to_addr text, segment_count smallint, status text, submitted_at timestamptz, "
      "processed_at timestamptz)",
      elements);
  insert_correlations(postgres, correlations);
}

}  // namespace dlrgw::test
