#include "orphan_query.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 200;
constexpr std::int64_t kDayUs = 86'400LL * 1'000'000;
constexpr std::int64_t kYear10000Us = 253'402'300'800LL * 1'000'000;
constexpr std::string_view kTimeHelp = "write it as 2026-11-01 or 2026-11-01T00:00:00Z";

bool digit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly that many digits off the front.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), digit))
    return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> take_date_us(std::string_view& text) {
  using namespace std::chrono;
  const auto y = digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = digits(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = digits(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d)));
  if (!date.ok()) return std::nullopt;
  return microseconds(sys_days(date).time_since_epoch()).count();
}

std::optional<std::int64_t> take_clock_us(std::string_view& text) {
  using namespace std::chrono;
  const auto h = digits(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = digits(text, 2);
  if (!m || *m > 59 || !take(text, ':')) return std::nullopt;
  const auto s = digits(text, 2);
  if (!s || *s > 59) return std::nullopt;
  std::int64_t us = microseconds(hours(*h) + minutes(*m) + seconds(*s)).count();
  if (!take(text, '.')) return us;
  std::int64_t unit = 100'000;
  if (text.empty() || !digit(text.front())) return std::nullopt;
  for (; !text.empty() && digit(text.front()); text.remove_prefix(1), unit /= 10) us += (text.front() - '0') * unit;
  return unit == 0 && text.empty() ? std::nullopt : std::optional(us);
}

// "Z", "+01:00", "-05:30"
std::optional<std::int64_t> take_offset_us(std::string_view& text) {
  using namespace std::chrono;
  if (take(text, 'Z')) return 0;
  const bool behind = take(text, '-');
  if (!behind && !take(text, '+')) return std::nullopt;
  const auto h = digits(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = digits(text, 2);
  if (!m || *m > 59) return std::nullopt;
  const std::int64_t us = microseconds(hours(*h) + minutes(*m)).count();
  return behind ? -us : us;
}

std::string bad_time(std::string_view name) {
  return std::string("\"").append(name).append("\" is no time; ").append(kTimeHelp);
}

// 1970 to 9999: what a row can hold and a time can be written in.
bool storable(std::int64_t us) { return us >= 0 && us < kYear10000Us; }

std::optional<OrphanPlace> parse_cursor(std::string_view text) {
  const std::size_t dash = text.find('.');
  if (dash == std::string_view::npos || !is_uuid(text.substr(dash + 1))) return std::nullopt;
  const auto us = whole<std::int64_t>(text.substr(0, dash));
  return us && storable(*us) ? std::optional(OrphanPlace{*us, std::string(text.substr(dash + 1))}) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_time_us(std::string_view text) {
  const auto date = take_date_us(text);
  if (!date) return std::nullopt;
  std::int64_t us = *date;
  if (!text.empty()) {
    if (!take(text, 'T')) return std::nullopt;
    const auto clock = take_clock_us(text);
    if (!clock) return std::nullopt;
    const auto offset = take_offset_us(text);
    if (!offset || !text.empty()) return std::nullopt;
    us += *clock - *offset;
  }
  return storable(us) ? std::optional(us) : std::nullopt;
}

std::variant<ExportQuery, std::string> parse_export_query(std::string_view from, std::string_view to,
                                                          std::string_view format) {
  ExportQuery query;
  if (from.empty() || to.empty()) return std::string("give \"from\" and \"to\"; ").append(kTimeHelp);
  const auto from_us = parse_time_us(from);
  if (!from_us) return bad_time("from");
  const auto to_us = parse_time_us(to);
  if (!to_us) return bad_time("to");
  if (*from_us >= *to_us) return "\"from\" must be before \"to\", which is excluded";
  if (format == "csv") {
    query.format = ExportFormat::kCsv;
  } else if (!format.empty() && format != "ndjson") {
    return "\"format\" is neither ndjson nor csv";
  }
  query.from_us = *from_us;
  query.to_us = *to_us;
  return query;
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
