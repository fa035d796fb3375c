// SPDX-License-Identifier: Apache-2.0
#include "record_list.hpp"

#include <algorithm>
#include <charconv>

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::admin_http {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 200;
constexpr std::int64_t kDayUs = 86'400LL * 1'000'000;
constexpr std::size_t kMaxFilterBytes = 255;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::string_view before_dot(std::string_view& text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view out = text.substr(0, dot);
  text.remove_prefix(std::min(dot + 1, text.size()));
  return out;
}

std::optional<RecordPlace> parse_cursor(const RecordList& list, std::string_view text) {
  const auto at_us = whole(before_dot(text));
  const auto number = whole(before_dot(text));
  if (!at_us || !number || !is_storable_time(*at_us)) return std::nullopt;
  if (list.place == PlaceKind::kUuid && !is_uuid(text)) return std::nullopt;
  return RecordPlace{*at_us, *number, std::string(text)};
}

// What is wrong with the filters; empty: nothing.
std::string read_filters(const RecordList& list, const Parameter& given, RecordQuery& query) {
  bool any = false;
  for (std::size_t i = 0; i < list.filters.size(); ++i) {
    const RecordFilter& filter = list.filters[i];
    const std::string_view value = given(filter.name);
    any = any || !value.empty();
    const std::string name = "\"" + std::string(filter.name) + "\"";
    if (filter.uuid && !value.empty() && !is_uuid(value)) return name + " is a UUID";
    if (value.size() > kMaxFilterBytes) return name + " has at most 255 bytes";
    query.filters[i] = value;
  }
  if (any || !list.needs_filter) return {};
  std::string names;
  for (const RecordFilter& filter : list.filters)
    names += (names.empty() ? "\"" : " or \"") + std::string(filter.name) + "\"";
  return "name " + names + ": all of it at once is too much";
}

std::string names_of(const RecordList& list, std::string_view more) {
  std::string out = "?from&to";
  for (const RecordFilter& filter : list.filters) out.append("&").append(filter.name);
  return out.append(more);
}

bool quoted(CellKind kind) { return kind == CellKind::kText || kind == CellKind::kTime; }

}  // namespace

std::string cursor_text(const RecordPlace& place) {
  return std::to_string(place.at_us) + "." + std::to_string(place.number) + "." + place.text;
}

std::variant<RecordQuery, std::string> parse_page(const RecordList& list, const Parameter& given, std::int64_t now_us) {
  RecordQuery query;
  query.range = {0, now_us + kDayUs};  // rows may be stamped by a clock that is ahead
  query.limit = kDefaultLimit;
  for (const auto& [name, end] : {std::pair{"from", &query.range.from_us}, {"to", &query.range.to_us}}) {
    if (given(name).empty()) continue;
    const auto us = parse_time_us(given(name));
    if (!us) return "\"" + std::string(name) + "\" is no time; write it as 2026-11-01 or 2026-11-01T00:00:00Z";
    *end = *us;
  }
  if (!given("from").empty() && query.range.from_us > now_us)
    return "\"from\" lies in the future; nothing is stored from then";
  if (query.range.from_us >= query.range.to_us) return "\"from\" must be before \"to\", which is excluded";
  if (const std::string_view limit = given("limit"); !limit.empty()) {
    query.limit = whole(limit).value_or(0);
    if (query.limit < 1 || query.limit > kMaxLimit) return "\"limit\" is a number from 1 to 200";
  }
  if (const std::string_view cursor = given("cursor"); !cursor.empty()) {
    query.beyond = parse_cursor(list, cursor);
    if (!query.beyond) return R"("cursor" is what "next" of the page before said)";
  }
  if (std::string refused = read_filters(list, given, query); !refused.empty()) return refused;
  return query;
}

std::variant<RecordQuery, std::string> parse_export(const RecordList& list, const Parameter& given,
                                                    std::int64_t now_us) {
  RecordQuery query;
  const auto range = parse_time_range(given("from"), given("to"), now_us);
  if (const auto* refused = std::get_if<std::string>(&range)) return *refused;
  query.range = std::get<TimeRange>(range);
  const auto format = parse_export_format(given("format"));
  if (const auto* refused = std::get_if<std::string>(&format)) return *refused;
  query.format = std::get<ExportFormat>(format);
  if (std::string refused = read_filters(list, given, query); !refused.empty()) return refused;
  return query;
}

std::string page_pattern(const RecordList& list) { return std::string(list.path) + names_of(list, "&limit&cursor"); }
std::string export_pattern(const RecordList& list) {
  return std::string(list.path) + "/export" + names_of(list, "&format");
}

std::string record_json(const RecordList& list, const Record& record) {
  JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < list.columns.size(); ++i) {
    const std::optional<std::string>& cell = record.cells[i];
    json.key(list.columns[i].name);
    if (!cell) {
      json.null();
    } else if (quoted(list.columns[i].kind)) {
      json.value(*cell);
    } else {
      json.raw(*cell);
    }
  }
  if (record.payload) json.member("rawPayload", *record.payload);
  json.end_object();
  return json.take();
}

std::string record_csv_header(const RecordList& list) {
  std::string out;
  for (const RecordColumn& column : list.columns) out.append(out.empty() ? "" : ",").append(csv_cell(column.name));
  return out.append("\r\n");
}

std::string record_csv(const Record& record) {
  std::string out;
  for (const auto& cell : record.cells) out.append(out.empty() ? "" : ",").append(csv_cell(cell.value_or("")));
  return out.append("\r\n");
}

}  // namespace dlrgw::admin_http
