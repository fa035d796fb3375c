// SPDX-License-Identifier: Apache-2.0
#include "outbox_page.hpp"

#include <algorithm>
#include <charconv>

#include <dlrgw/cpp/html.hpp>
#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::outbox {
namespace {

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kMaxLimit = 1000;
constexpr std::size_t kMaxSubject = 255;
constexpr std::string_view kBehindAllSubjects = "\xF4\x8F\xBF\xBF";  // U+10FFFF
constexpr std::size_t kConsoleEvents = 20;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool is_subject(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSubject &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

std::optional<OutboxPlace> parse_cursor(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || !is_subject(text.substr(dot + 1))) return std::nullopt;
  const auto id = whole(text.substr(0, dot));
  if (!id) return std::nullopt;
  return OutboxPlace{std::string(text.substr(dot + 1)), *id};
}

std::optional<std::vector<StoredEvent>> events_of(const OutboxItem& row) {
  return row.text ? read_events(*row.text) : std::nullopt;
}

void begin_item(JsonWriter& json, const OutboxItem& row, std::string_view event_id) {
  const std::string id = std::to_string(row.place.id);
  json.begin_object().member("id", event_id.empty() ? id : id + "/" + std::string(event_id));
  json.member("outboxId", row.place.id).member_or_null("eventId", event_id).member("subject", row.place.subject);
  json.member("createdAt", rfc3339_ms(row.created_at_us));
}

void facts_of(JsonWriter& json, const OutboxItem& row, const StoredEvent& event) {
  json.key("key").raw(event.key_json.empty() ? "null" : event.key_json);
  json.member_or_null("schema", event.schema ? *event.schema : default_schema(row.place.subject));
  json.member_or_null("traceparent", event.traceparent);
}

}  // namespace

std::variant<OutboxQuery, std::string> parse_outbox_query(const OutboxQueryText& text) {
  OutboxQuery query{{}, std::string(kBehindAllSubjects), kDefaultLimit};
  if (!text.subject.empty()) {
    if (!is_subject(text.subject)) return "\"subject\" is a NATS subject without blanks";
    query.after = {std::string(text.subject), 0};
    query.last_subject = text.subject;
  }
  if (!text.limit.empty()) {
    const auto limit = whole(text.limit);
    if (!limit || *limit < 1 || *limit > kMaxLimit) return "\"limit\" is a number from 1 to 1000";
    query.limit = *limit;
  }
  if (!text.cursor.empty()) {
    auto place = parse_cursor(text.cursor);
    if (!place) return R"("cursor" is what "next" of the page before said)";
    query.after = std::move(*place);
  }
  return query;
}

std::string cursor_text(const OutboxPlace& place) { return std::to_string(place.id) + "." + place.subject; }

std::optional<std::int64_t> parse_outbox_id(std::string_view text) { return whole(text); }

std::string outbox_json(const std::vector<OutboxItem>& rows, bool more) {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const OutboxItem& row : rows) {
    const auto events = events_of(row);
    if (!events) {
      begin_item(json, row, {});
      json.member("readable", false).end_object();
      continue;
    }
    for (const StoredEvent& event : *events) {
      begin_item(json, row, event.id);
      facts_of(json, row, event);
      json.member("readable", true).end_object();
    }
  }
  json.end_array().member_or_null("next", more ? cursor_text(rows.back().place) : std::string()).end_object();
  return json.take();
}

std::optional<std::string> outbox_event_json(const OutboxItem& row, std::string_view event_id, bool with_payload) {
  const auto events = events_of(row);
  if (!events) return std::nullopt;
  const auto event = std::ranges::find(*events, event_id, &StoredEvent::id);
  if (event == events->end()) return std::nullopt;
  JsonWriter json;
  begin_item(json, row, event->id);
  facts_of(json, row, *event);
  json.key("payload").raw(with_payload ? event->payload : "null").end_object();
  return json.take();
}

std::string outbox_html(const std::vector<OutboxItem>& rows) {
  std::string out =
      "<div class=\"wide\" role=\"region\" aria-label=\"Table of the outbox\" tabindex=\"0\"><table>\n"
      "<thead><tr><th scope=\"col\">Since</th><th scope=\"col\">Subject</th><th scope=\"col\">Event</th></tr></thead>\n"
      "<tbody id=\"outbox-events\">\n";
  std::size_t told = 0;
  const auto line = [&](const OutboxItem& row, std::string_view event) {
    if (++told > kConsoleEvents) return;
    out += "<tr>" + html_row_header(rfc3339_ms(row.created_at_us)) + html_cell(row.place.subject) + html_cell(event) +
           "</tr>\n";
  };
  for (const OutboxItem& row : rows) {
    const auto events = events_of(row);
    if (!events) line(row, "row " + std::to_string(row.place.id) + " cannot be read");
    for (std::size_t i = 0; events && i < events->size(); ++i)
      line(row, std::to_string(row.place.id) + "/" + std::string((*events)[i].id));
  }
  if (told == 0) out += "<tr><td colspan=\"3\">No event waits.</td></tr>\n";
  return out + "</tbody></table></div>\n";
}

}  // namespace dlrgw::outbox
