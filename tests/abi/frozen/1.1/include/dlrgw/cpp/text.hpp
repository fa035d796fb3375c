// SPDX-License-Identifier: Apache-2.0
// Ids and times as they stand in requests, answers and events. Pure; any thread.
#pragma once
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/cpp/hex.hpp>

namespace dlrgw {

// 8-4-4-4-12 hex digits in either case.
inline bool is_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    if (dash ? c != '-' : hex_value(c) < 0) return false;
  }
  return true;
}

// "2026-11-23T05:45:40.123Z" with 3 fraction digits, of 0 to 6; what is left of them is cut. For the years 0 to 9999.
inline void append_rfc3339(std::string& out, std::int64_t us, std::size_t fraction_digits) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(us)};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<microseconds> clock(time - day);
  char text[] = "0000-00-00T00:00:00.000000";
  const auto put = [&](std::size_t begin, std::size_t end, std::int64_t value) {
    for (; end > begin; value /= 10) text[--end] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 7, static_cast<unsigned>(date.month()));
  put(8, 10, static_cast<unsigned>(date.day()));
  put(11, 13, clock.hours().count());
  put(14, 16, clock.minutes().count());
  put(17, 19, clock.seconds().count());
  put(20, 26, clock.subseconds().count());
  constexpr std::size_t kSeconds = 19;  // as far as the seconds
  out.append(text, fraction_digits == 0 ? kSeconds : kSeconds + 1 + fraction_digits);
  out += 'Z';
}
inline std::string rfc3339_ms(std::int64_t us) {
  std::string out;
  append_rfc3339(out, us, 3);
  return out;
}

namespace detail {

inline bool digit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly that many digits off the front.
inline std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), digit))
    return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return value;
}

inline bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

inline std::optional<std::int64_t> take_date_us(std::string_view& text) {
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

inline std::optional<std::int64_t> take_clock_us(std::string_view& text) {
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
inline std::optional<std::int64_t> take_offset_us(std::string_view& text) {
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

}  // namespace detail

// 1970 to 9999: what a row can hold and a time can be written in.
inline bool is_storable_time(std::int64_t us) { return us >= 0 && us < 253'402'300'800LL * 1'000'000; }

// "2026-11-01" (its first instant), or RFC 3339 with Z or an offset, at most to the µs. nullopt: no time, or none that
// can be stored.
inline std::optional<std::int64_t> parse_time_us(std::string_view text) {
  const auto date = detail::take_date_us(text);
  if (!date) return std::nullopt;
  std::int64_t us = *date;
  if (!text.empty()) {
    if (!detail::take(text, 'T')) return std::nullopt;
    const auto clock = detail::take_clock_us(text);
    if (!clock) return std::nullopt;
    const auto offset = detail::take_offset_us(text);
    if (!offset || !text.empty()) return std::nullopt;
    us += *clock - *offset;
  }
  return is_storable_time(us) ? std::optional(us) : std::nullopt;
}

}  // namespace dlrgw
