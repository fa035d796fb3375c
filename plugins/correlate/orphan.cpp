// SPDX-License-Identifier: Apache-2.0
#include "orphan.hpp"

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::correlate {
namespace {

void write_candidates(JsonWriter& json, const Orphan& orphan) {
  json.begin_array();
  for (const std::string_view id : orphan.candidates) json.value(id);
  json.end_array();
}

}  // namespace

std::string candidates_json(const Orphan& orphan) {
  JsonWriter json;
  write_candidates(json, orphan);
  return json.take();
}

std::string unmatched_json(const Orphan& orphan) {
  JsonWriter json;
  json.begin_object()
      .member("eventId", std::string_view(orphan.orphan_id))
      .member("orphanId", std::string_view(orphan.orphan_id))
      .member("operatorId", orphan.operator_id)
      .member("operatorMessageId", orphan.operator_message_id)
      .key("idCandidates");
  write_candidates(json, orphan);
  json.member_or_null("rawStat", orphan.raw_stat)
      .member("dlrStatus", orphan.status)
      .member("reason", orphan.reason)
      .member("attempts", std::int64_t{orphan.attempts})
      .member("receivedAt", std::string_view(rfc3339_ms(orphan.received_at_us)))
      .end_object();
  return json.take();
}

bool same_receipt(const StoredOrphan& stored, const Orphan& orphan) {
  return stored.operator_id == orphan.operator_id && stored.operator_message_id == orphan.operator_message_id &&
         stored.status == orphan.status && stored.raw_stat == orphan.raw_stat;
}

}  // namespace dlrgw::correlate
