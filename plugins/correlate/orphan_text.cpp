// SPDX-License-Identifier: Apache-2.0
#include "orphan_text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <boost/json.hpp>

#include <dlrgw/cpp/hex.hpp>
#include <dlrgw/cpp/html.hpp>
#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/listing.hpp>
#include <dlrgw/cpp/text.hpp>

#include "orphan.hpp"

namespace dlrgw::correlate {
namespace {

// As the host masks numbers in log lines: below seven digits even two of them would say too much.
constexpr std::size_t kMinDigitsToShow = 7;
constexpr std::size_t kDigitsShown = 2;

std::string member_text(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

Addresses shown_addresses(const OrphanRecord& orphan, Privacy privacy) {
  Addresses out = addresses_of(orphan.payload);
  if (privacy == Privacy::kMasked) out = {mask_number(out.source), mask_number(out.dest)};
  return out;
}

std::string time_or_empty(std::optional<std::int64_t> us) { return us ? rfc3339_ms(*us) : std::string(); }

std::string csv_line(std::initializer_list<std::string_view> cells) {
  std::string out;
  for (const std::string_view cell : cells) out.append(out.empty() ? "" : ",").append(csv_cell(cell));
  return out += "\r\n";
}

}  // namespace

Addresses addresses_of(std::string_view payload) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(payload, error);
  if (error || !parsed.is_object()) return {};
  return {member_text(parsed.get_object(), "sourceAddr"), member_text(parsed.get_object(), "destAddr")};
}

std::string mask_number(std::string_view number) {
  if (number.empty()) return {};
  std::string digits;
  std::copy_if(number.begin(), number.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  std::string out = "***";
  if (digits.size() >= kMinDigitsToShow) out += digits.substr(digits.size() - kDigitsShown);
  return out;
}

std::string orphan_json(const OrphanRecord& orphan, Privacy privacy) {
  const Addresses addresses = shown_addresses(orphan, privacy);
  JsonWriter json;
  json.begin_object()
      .member("id", orphan.orphan_id)
      .member("operatorId", orphan.operator_id)
      .member("operatorMessageId", orphan.operator_message_id)
      .key("idCandidates")
      .raw(orphan.id_candidates)
      .member_or_null("rawStat", orphan.raw_stat)
      .member("dlrStatus", orphan.status)
      .member_or_null("dlrTimestamp", time_or_empty(orphan.dlr_timestamp_us))
      .member("reason", orphan.reason)
      .member("attempts", orphan.attempts)
      .member("receivedAt", rfc3339_ms(orphan.received_at_us))
      .member("eventId", orphan.event_id)
      .member("fingerprint", to_hex(orphan.fingerprint))
      .member_or_null("sourceAddr", addresses.source)
      .member_or_null("destAddr", addresses.dest);
  json.key("resolution");
  if (orphan.resolution) {
    const OrphanResolution& r = *orphan.resolution;
    json.begin_object()
        .member("method", r.method)
        .member("outcome", r.outcome)
        .member_or_null("messageId", r.message_id)
        .member_or_null("actor", r.actor)
        .member("resolvedAt", rfc3339_ms(r.resolved_at_us))
        .end_object();
  } else {
    json.null();
  }
  if (privacy == Privacy::kFull) json.member("rawPayload", orphan.payload);
  json.end_object();
  return json.take();
}

std::string orphans_html(const std::vector<OrphanRecord>& orphans) {
  std::string out =
      "<div class=\"wide\" role=\"region\" aria-label=\"Table of orphans\" tabindex=\"0\"><table>\n"
      "<thead><tr><th scope=\"col\">Received</th><th scope=\"col\">Operator</th><th scope=\"col\">Id</th>"
      "<th scope=\"col\">Status</th><th scope=\"col\">Reason</th><th scope=\"col\">Again</th></tr></thead>\n"
      "<tbody id=\"orphans\">\n";
  for (const OrphanRecord& orphan : orphans) {
    out.append("<tr>").append(html_row_header(rfc3339_ms(orphan.received_at_us)));
    out.append(html_cell(orphan.operator_id))
        .append(html_cell(orphan.operator_message_id))
        .append(html_cell(orphan.status));
    if (orphan.resolution) {
      out.append(html_cell("resolved: " + orphan.resolution->outcome)).append("<td></td></tr>\n");
      continue;
    }
    const std::string about = "receipt " + orphan.operator_message_id;
    out.append(html_cell(orphan.reason)).append("<td>");
    out.append(html_console_button("Retry", about,
                                   "Look for the message of " + about + " of " + orphan.operator_id + " once more?",
                                   "/v1/admin/dlr/orphans/" + orphan.orphan_id + "/retry"));
    out.append("</td></tr>\n");
  }
  return out.append("</tbody></table></div>\n");
}

std::string orphan_csv_header() {
  return csv_line({"id", "operatorId", "operatorMessageId", "idCandidates", "rawStat", "dlrStatus", "dlrTimestamp",
                   "reason", "attempts", "receivedAt", "eventId", "sourceAddr", "destAddr", "resolutionMethod",
                   "resolutionOutcome", "resolutionMessageId", "resolvedAt"});
}

std::string orphan_csv(const OrphanRecord& orphan, Privacy privacy) {
  const Addresses addresses = shown_addresses(orphan, privacy);
  const OrphanResolution none;
  const OrphanResolution& r = orphan.resolution ? *orphan.resolution : none;
  return csv_line({orphan.orphan_id, orphan.operator_id, orphan.operator_message_id, orphan.id_candidates,
                   orphan.raw_stat, orphan.status, time_or_empty(orphan.dlr_timestamp_us), orphan.reason,
                   std::to_string(orphan.attempts), rfc3339_ms(orphan.received_at_us), orphan.event_id,
                   addresses.source, addresses.dest, r.method, r.outcome, r.message_id,
                   orphan.resolution ? rfc3339_ms(r.resolved_at_us) : std::string()});
}

}  // namespace dlrgw::correlate
