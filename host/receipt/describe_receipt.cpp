// SPDX-License-Identifier: Apache-2.0
#include "receipt/describe_receipt.hpp"

#include <algorithm>

#include <dlrgw/abi/attributes.h>
#include <dlrgw/cpp/hex.hpp>
#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/receipt.hpp>
#include <dlrgw/cpp/text.hpp>

#include "support/digest.hpp"

namespace dlrgw::host {

namespace {

// The report of a submission has room for 4000 bytes; ids are as long as their sender made them.
constexpr std::size_t kCandidatesEnd = 1200;
constexpr std::size_t kReportEnd = 4000;
constexpr std::size_t kMostOfAnAttribute = 2 * DLRGW_MAX_ATTRIBUTE_BYTES + DLRGW_MAX_ATTRIBUTE_NAME + 8;

// The prefix of attributes that people may see too. Attributes under a plugin's own name are private to the stages and
// may hold a phone number (sdk/docs/services/attributes.md).
constexpr std::string_view kShownAttributes = "dlr.";

// Text as it is, other bytes in hex.
std::string shown(const std::string& value) {
  const bool text = std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (text) return value;
  return to_hex(value);
}

}  // namespace

std::string describe_receipt(const Receipt& receipt) {
  const ReceiptView view(&receipt.view());
  JsonWriter json;
  json.begin_object();
  json.member("eventId", view.event_id());
  json.member("operatorId", view.operator_id());
  json.member_or_null("operatorMessageId", view.operator_message_id());
  json.key("idCandidates").begin_array();
  for (std::uint32_t i = 0; i < view.candidate_count() && json.text().size() < kCandidatesEnd; ++i) {
    json.value(view.candidate(i).id);
  }
  json.end_array();
  json.member_or_null("rawStat", view.raw_status());
  json.member_or_null("dlrStatus", status_name(receipt.view().status));
  json.member_or_null("errorCode", view.error_code());
  json.member_or_null("networkErrorCode", view.network_error_code());
  json.member("receivedAt", rfc3339_ms(view.received_at_us()));
  json.member_or_null("dlrTimestamp", view.dlr_timestamp_us() ? rfc3339_ms(*view.dlr_timestamp_us()) : std::string());
  json.member_or_null("messageId", view.message_id());
  json.member("segmentIndex", std::int64_t{view.segment_index()});
  json.member("segmentTotal", std::int64_t{view.segment_total()});
  json.member_or_null("flags", view.flags());
  json.member_or_null("quirk", view.quirk_plugin());
  json.member_or_null("quirkVersion", view.quirk_version());
  for (const Receipt::Attribute& attribute : receipt.attributes()) {
    const bool room = json.text().size() + kMostOfAnAttribute < kReportEnd;
    if (room && attribute.name.starts_with(kShownAttributes)) json.member(attribute.name, shown(attribute.value));
  }
  json.end_object();
  return json.take();
}

}  // namespace dlrgw::host
