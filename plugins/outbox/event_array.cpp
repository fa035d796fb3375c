// SPDX-License-Identifier: Apache-2.0
#include "event_array.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::outbox {
namespace {

constexpr auto kEnd = std::string_view::npos;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// Behind the string that begins at `at`; kEnd when it does not end.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return kEnd;
}

std::size_t skip_scalar(std::string_view text, std::size_t at) {
  const std::size_t begin = at;
  while (at < text.size() && !is_space(text[at]) && std::string_view(",:]}\"[{").find(text[at]) == kEnd) ++at;
  return at == begin ? kEnd : at;
}

// Behind the value that begins at `at`; kEnd when it does not end or there is none. It looks for the end only: that the
// whole is JSON is checked by whoever stores it. A bracket of the wrong kind closes too; such a text is no JSON anyhow.
std::size_t skip_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return kEnd;
  if (text[at] == '"') return skip_string(text, at);
  if (text[at] != '{' && text[at] != '[') return skip_scalar(text, at);
  for (std::size_t depth = 0; at < text.size();) {
    switch (text[at]) {
      case '"':
        at = skip_string(text, at);
        if (at == kEnd) return kEnd;
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
  return kEnd;
}

bool is_one_value(std::string_view text) {
  const std::size_t end = skip_value(text, skip_space(text, 0));
  return end != kEnd && skip_space(text, end) == text.size();
}

bool fits_a_header(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// Nothing when it is no string, or none that fits a header.
std::optional<std::string> header_text(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return std::nullopt;
  std::string text(json.substr(1, json.size() - 2));
  if (text.find('\\') != kEnd) {
    boost::system::error_code ec;
    const boost::json::value value = boost::json::parse(json, ec);
    if (ec || !value.is_string()) return std::nullopt;
    text = value.get_string();
  }
  if (!fits_a_header(text)) return std::nullopt;
  return text;
}

bool take_member(StoredEvent& event, std::string_view name, std::string_view value) {
  if (name == "\"id\"") {
    if (value.size() < 2 || !is_uuid(value.substr(1, value.size() - 2))) return false;
    event.id = value.substr(1, value.size() - 2);
  } else if (name == "\"key\"") {
    event.key_json = value;
  } else if (name == "\"payload\"") {
    event.payload = value;
  } else if (name == "\"schema\"") {
    event.schema = header_text(value);
    return event.schema.has_value();
  } else if (name == "\"traceparent\"") {
    std::optional<std::string> text = header_text(value);
    if (!text) return false;
    event.traceparent = std::move(*text);
  }
  return true;
}

// The object that `json` is, from its brace to its brace.
std::optional<StoredEvent> read_event(std::string_view json) {
  StoredEvent event;
  event.json = json;
  for (std::size_t at = skip_space(json, 1); at < json.size() && json[at] == '"';) {
    const std::size_t name_end = skip_string(json, at);
    if (name_end == kEnd) return std::nullopt;
    const std::string_view name = json.substr(at, name_end - at);
    at = skip_space(json, name_end);
    if (at >= json.size() || json[at] != ':') return std::nullopt;
    at = skip_space(json, at + 1);
    const std::size_t end = skip_value(json, at);
    if (end == kEnd || !take_member(event, name, json.substr(at, end - at))) return std::nullopt;
    at = skip_space(json, end);
    if (at < json.size() && json[at] == ',') at = skip_space(json, at + 1);
  }
  if (event.id.empty() || event.payload.empty()) return std::nullopt;
  return event;
}

}  // namespace

std::string default_schema(std::string_view subject) { return std::string(subject) + "/1"; }

bool append_event(std::string& out, std::string_view subject, const EventText& event) {
  if (!is_one_value(event.payload) || !fits_a_header(event.schema) || !fits_a_header(event.traceparent)) return false;
  JsonWriter json;
  json.reserve(event.payload.size() + event.key.size() + event.traceparent.size() + 128);
  json.begin_object().member("id", event.id).member("key", event.key);
  if (event.schema != default_schema(subject)) json.member("schema", event.schema);
  if (!event.traceparent.empty()) json.member("traceparent", event.traceparent);
  json.key("payload").raw(event.payload).end_object();
  out += json.text();
  return true;
}

bool EventRows::add(std::string_view subject, std::uint64_t receipt, const EventText& event) {
  element_.clear();
  if (!append_event(element_, subject, event)) return false;
  auto open = std::ranges::find(open_, subject, [&](std::size_t row) { return rows_[row].subject; });
  constexpr std::size_t kCommaAndBracket = 2;
  const bool fits =
      open != open_.end() && rows_[*open].events.size() + element_.size() + kCommaAndBracket <= kMostRowBytes;
  if (!fits) {
    if (open == open_.end()) open = open_.insert(open, 0);
    *open = rows_.size();
    rows_.push_back({subject, receipt, 0, {}});
  }
  EventRow& row = rows_[*open];
  row.events += row.count++ == 0 ? '[' : ',';
  row.events += element_;
  return true;
}

std::vector<EventRow> EventRows::take() {
  for (EventRow& row : rows_) row.events += ']';
  return std::move(rows_);
}

std::optional<std::vector<StoredEvent>> read_events(std::string_view array) {
  std::size_t at = skip_space(array, 0);
  if (at == array.size() || array[at] != '[') return std::nullopt;
  std::vector<StoredEvent> events;
  for (at = skip_space(array, at + 1); at < array.size() && array[at] == '{';) {
    const std::size_t end = skip_value(array, at);
    if (end == kEnd) return std::nullopt;
    std::optional<StoredEvent> event = read_event(array.substr(at, end - at));
    if (!event) return std::nullopt;
    events.push_back(std::move(*event));
    at = skip_space(array, end);
    if (at < array.size() && array[at] == ',') at = skip_space(array, at + 1);
  }
  if (events.empty() || at >= array.size() || array[at] != ']' || skip_space(array, at + 1) != array.size())
    return std::nullopt;
  return events;
}

}  // namespace dlrgw::outbox
