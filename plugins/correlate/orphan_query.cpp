// SPDX-License-Identifier: Apache-2.0
#include "orphan_query.hpp"

#include <algorithm>
#include <charconv>

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 200;
constexpr std::int64_t kDayUs = 86'400LL * 1'000'000;
constexpr std::string_view kTimeHelp = "write it as 2026-11-01 or 2026-11-01T00:00:00Z";

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string bad_time(std::string_view name) {
  return std::string("\"").append(name).append("\" is no time; ").append(kTimeHelp);
}

std::optional<OrphanPlace> parse_cursor(std::string_view text) {
  const std::size_t dash = text.find('.');
  if (dash == std::string_view::npos || !is_uuid(text.substr(dash + 1))) return std::nullopt;
  const auto us = whole<std::int64_t>(text.substr(0, dash));
  return us && is_storable_time(*us) ? std::optional(OrphanPlace{*us, std::string(text.substr(dash + 1))})
                                     : std::nullopt;
}

}  // namespace

std::variant<ExportQuery, std::string> parse_export_query(std::string_view from, std::string_view to,
                                                          std::string_view format, std::int64_t now_us) {
  const auto range = parse_time_range(from, to, now_us);
  if (const auto* refused = std::get_if<std::string>(&range)) return *refused;
  const auto form = parse_export_format(format);
  if (const auto* refused = std::get_if<std::string>(&form)) return *refused;
  return ExportQuery{std::get<TimeRange>(range), std::get<ExportFormat>(form)};
}

std::variant<ListQuery, std::string> parse_list_query(const ListText& text, std::int64_t now_us) {
  ListQuery query;
  query.to_us = now_us + kDayUs;  // receipts may be stamped by a clock that is ahead
  query.limit = kDefaultLimit;
  query.operator_id = text.operator_id;
  if (!text.from.empty()) {
    const auto us = parse_time_us(text.from);
    if (!us) return bad_time("from");
    query.from_us = *us;
  }
  if (!text.to.empty()) {
    const auto us = parse_time_us(text.to);
    if (!us) return bad_time("to");
    query.to_us = *us;
  }
  if (query.from_us >= query.to_us) return "\"from\" must be before \"to\", which is excluded";
  if (!text.limit.empty()) {
    const auto limit = whole<std::int64_t>(text.limit);
    if (!limit || *limit < 1 || *limit > kMaxLimit)
      return "\"limit\" must be a number from 1 to " + std::to_string(kMaxLimit);
    query.limit = *limit;
  }
  if (!text.cursor.empty()) {
    query.beyond = parse_cursor(text.cursor);
    if (!query.beyond) return "\"cursor\" is not the \"next\" of an earlier page";
  }
  return query;
}

std::string cursor_text(const OrphanPlace& place) {
  return std::to_string(place.received_at_us) + "." + place.orphan_id;
}

}  // namespace dlrgw::correlate
