// SPDX-License-Identifier: Apache-2.0
#include "quarantine_query.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <boost/json.hpp>

#include <dlrgw/cpp/html.hpp>
#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::dedup {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 200;
constexpr std::size_t kMaxOperatorId = 64;
constexpr std::size_t kMaxReasonBytes = 500;
constexpr std::int64_t kEndOfTimeUs = 4'102'444'800'000'000;  // 2100: beyond every row
constexpr std::string_view kFirstUuid = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view kLastUuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<QuarantinePlace> parse_cursor(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || !is_uuid(text.substr(dot + 1))) return std::nullopt;
  const auto us = whole(text.substr(0, dot));
  if (!us || *us < 0 || *us > kEndOfTimeUs) return std::nullopt;
  return QuarantinePlace{*us, std::string(text.substr(dot + 1))};
}

bool id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

std::optional<QuarantineState> state_of(std::string_view text) {
  if (text.empty() || text == "all") return QuarantineState::kAll;
  if (text == "open") return QuarantineState::kOpen;
  if (text == "decided") return QuarantineState::kDecided;
  return std::nullopt;
}

// What is wrong with the range; empty: nothing. Without one everything that is stored is meant.
std::string read_range(const QuarantineQueryText& text, QuarantineQuery& query) {
  std::int64_t to_us = kEndOfTimeUs;
  for (const auto& [name, given, end] : {std::tuple{"from", text.from, &query.from_us}, {"to", text.to, &to_us}}) {
    if (given.empty()) continue;
    const auto us = parse_time_us(given);
    if (!us) return "\"" + std::string(name) + "\" is no time; write it as 2026-11-01 or 2026-11-01T00:00:00Z";
    *end = *us;
  }
  if (query.from_us >= to_us) return "\"from\" must be before \"to\", which is excluded";
  if (to_us <= query.before.received_at_us && !text.to.empty()) query.before = {to_us, std::string(kFirstUuid)};
  return {};
}

std::string time_or_empty(std::optional<std::int64_t> us) { return us ? rfc3339_ms(*us) : std::string(); }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20U || byte == 0x7FU;
}

}  // namespace

std::variant<QuarantineQuery, std::string> parse_quarantine_query(const QuarantineQueryText& text) {
  QuarantineQuery query;
  query.before = {kEndOfTimeUs, std::string(kLastUuid)};
  query.limit = kDefaultLimit;
  if (text.operator_id.size() > kMaxOperatorId ||
      !std::all_of(text.operator_id.begin(), text.operator_id.end(), id_character))
    return "\"operatorId\" has 1 to 64 letters, digits, dots, underscores and hyphens";
  query.operator_id = text.operator_id;
  const auto state = state_of(text.state);
  if (!state) return R"("state" is "open", "decided" or "all")";
  query.state = *state;
  if (!text.limit.empty()) {
    const auto limit = whole(text.limit);
    if (!limit || *limit < 1 || *limit > kMaxLimit) return "\"limit\" is a number from 1 to 200";
    query.limit = *limit;
  }
  if (!text.cursor.empty()) {
    auto place = parse_cursor(text.cursor);
    if (!place) return R"("cursor" is what "next" of the page before said)";
    query.before = std::move(*place);
  }
  if (std::string refused = read_range(text, query); !refused.empty()) return refused;
  return query;
}

std::string cursor_text(const QuarantinePlace& place) { return std::to_string(place.received_at_us) + "." + place.id; }

std::string quarantine_json(const QuarantineItem& item) {
  const QuarantineDecision none;
  const QuarantineDecision& decision = item.decision ? *item.decision : none;
  JsonWriter json;
  json.begin_object()
      .member("id", item.place.id)
      .member("operatorId", item.operator_id)
      .member("operatorMessageId", item.operator_message_id)
      .member("messageId", item.message_id)
      .member("dlrStatus", item.status)
      .member_or_null("dlrTimestamp", time_or_empty(item.dlr_timestamp_us))
      .member("receivedAt", rfc3339_ms(item.place.received_at_us))
      .member_or_null("terminalAt", time_or_empty(item.terminal_at_us))
      .member_or_null("action", decision.action)
      .member_or_null("result", decision.result)
      .member_or_null("actor", decision.actor)
      .member_or_null("actedAt", item.decision ? rfc3339_ms(decision.acted_at_us) : std::string())
      .end_object();
  return json.take();
}

std::string quarantine_html(const std::vector<QuarantineItem>& items) {
  std::string out =
      "<div class=\"wide\" role=\"region\" aria-label=\"Table of quarantine\" tabindex=\"0\"><table>\n"
      "<thead><tr><th scope=\"col\">Received</th><th scope=\"col\">Operator</th><th scope=\"col\">Id</th>"
      "<th scope=\"col\">Status</th><th scope=\"col\">Decision</th><th scope=\"col\">Decide</th></tr></thead>\n"
      "<tbody id=\"quarantine\">\n";
  for (const QuarantineItem& item : items) {
    out.append("<tr>").append(html_row_header(rfc3339_ms(item.place.received_at_us)));
    out.append(html_cell(item.operator_id)).append(html_cell(item.operator_message_id)).append(html_cell(item.status));
    if (item.decision) {
      out.append(html_cell(item.decision->action + " " + item.decision->result)).append("<td></td></tr>\n");
      continue;
    }
    const std::string about = "receipt " + item.operator_message_id;
    const std::string path = "/v1/admin/dlr/quarantine/" + item.place.id;
    out.append("<td>open</td><td>");
    out.append(html_console_button("Release", about,
                                   "Put " + about + " of " + item.operator_id + " through the pipeline now?",
                                   path + "/release"));
    out.append(html_console_button(
        "Discard", about, "Discard " + about + " of " + item.operator_id + "? It stays stored and is never released.",
        path + "/discard"));
    out.append("</td></tr>\n");
  }
  return out.append("</tbody></table></div>\n");
}

std::variant<DecisionReason, std::string> parse_decision_reason(std::string_view body) {
  constexpr const char* kHelp = R"(the body is empty or {"reason": "up to 500 characters of text"})";
  if (body.empty()) return DecisionReason{};
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(body, error);
  if (error || !parsed.is_object()) return kHelp;
  const boost::json::value* reason = parsed.get_object().if_contains("reason");
  if (reason == nullptr || reason->is_null()) return DecisionReason{};
  if (!reason->is_string()) return kHelp;
  const std::string_view text(reason->get_string().data(), reason->get_string().size());
  if (text.size() > kMaxReasonBytes || std::any_of(text.begin(), text.end(), is_control)) return kHelp;
  return DecisionReason{std::string(text)};
}

}  // namespace dlrgw::dedup
