// SPDX-License-Identifier: Apache-2.0
// Values of dlrgw.sql/1 as the texts that PostgreSQL takes and gives, in a session with UTC, ISO dates and bytea as
// hex. Pure; any thread.
#pragma once
#include <charconv>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <dlrgw/abi/sql.h>
#include <dlrgw/cpp/base.hpp>
#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::testing::detail {

// A value that owns its text; DLRGW_NO_TIME is NULL.
struct OwnedValue {
  std::uint32_t type = DLRGW_SQL_NULL;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;

  static OwnedValue of(const dlrgw_sql_value& v) {
    if (v.type == DLRGW_SQL_NULL || (v.type == DLRGW_SQL_TIME && v.integer == DLRGW_NO_TIME)) return {};
    return {v.type, v.integer, v.number, v.type >= DLRGW_SQL_TEXT ? std::string(view(v.text)) : std::string()};
  }
  // In the order of a key: NULL last, text by its bytes.
  friend std::weak_ordering operator<=>(const OwnedValue& a, const OwnedValue& b) {
    if (a.type == DLRGW_SQL_NULL || b.type == DLRGW_SQL_NULL)
      return (a.type == DLRGW_SQL_NULL ? 1 : 0) <=> (b.type == DLRGW_SQL_NULL ? 1 : 0);
    if (a.integer != b.integer) return a.integer <=> b.integer;
    if (a.number != b.number) return a.number < b.number ? std::weak_ordering::less : std::weak_ordering::greater;
    return a.text.compare(b.text) <=> 0;
  }
  friend bool operator==(const OwnedValue& a, const OwnedValue& b) { return (a <=> b) == 0; }
};

inline std::string timestamptz_text(std::int64_t us) {
  using namespace std::chrono;
  const sys_time<microseconds> at{microseconds(us)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss<microseconds> time(at - day);
  char out[64];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return out;
}

// "2026-05-04 03:02:01.5+00"; nothing for another form.
inline std::optional<std::int64_t> time_of(const std::string& text) {
  using namespace std::chrono;
  int year = 0, hour = 0, minute = 0, second = 0, end = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d%n", &year, &month, &day, &hour, &minute, &second, &end) != 6)
    return std::nullopt;
  std::string_view rest = std::string_view(text).substr(static_cast<std::size_t>(end));
  if (!rest.ends_with("+00")) return std::nullopt;
  rest.remove_suffix(3);
  std::int64_t us = 0;
  if (rest.starts_with('.')) {
    std::string digits(rest.substr(1));
    digits.resize(6, '0');
    us = std::strtoll(digits.c_str(), nullptr, 10);
  }
  const sys_days date = year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day));
  return duration_cast<microseconds>(date.time_since_epoch() + hours(hour) + minutes(minute) + seconds(second))
             .count() +
         us;
}

inline std::string sql_text(const OwnedValue& value) {
  switch (value.type) {
    case DLRGW_SQL_BOOL:
      return value.integer != 0 ? "t" : "f";
    case DLRGW_SQL_INT:
      return std::to_string(value.integer);
    case DLRGW_SQL_FLOAT: {
      char out[64];
      return {out, std::to_chars(out, out + sizeof out, value.number).ptr};
    }
    case DLRGW_SQL_TIME:
      return timestamptz_text(value.integer);
    case DLRGW_SQL_BYTES:
      return "\\x" + to_hex(value.text);
    default:
      return value.text;
  }
}

// {"a","b",NULL}: one column of these rows.
inline std::string array_text(const std::vector<std::vector<OwnedValue>>& rows, std::size_t column) {
  std::string out = "{";
  for (const auto& row : rows) {
    if (out.size() > 1) out += ',';
    if (row[column].type == DLRGW_SQL_NULL) {
      out += "NULL";
      continue;
    }
    out += '"';
    for (const char c : sql_text(row[column])) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

// A cell as the type that is asked for; `bytes` keeps what out->text points to. DLRGW_E_INVALID: it is none.
inline std::int32_t give(const std::string& cell, std::uint32_t type, dlrgw_sql_value& out, std::string& bytes) {
  out.type = type;
  switch (type) {
    case DLRGW_SQL_BOOL:
      out.integer = cell == "t" ? 1 : 0;
      return cell == "t" || cell == "f" ? DLRGW_OK : DLRGW_E_INVALID;
    case DLRGW_SQL_INT: {
      const auto [stopped, bad] = std::from_chars(cell.data(), cell.data() + cell.size(), out.integer);
      return bad == std::errc() && stopped == cell.data() + cell.size() ? DLRGW_OK : DLRGW_E_INVALID;
    }
    case DLRGW_SQL_FLOAT: {  // not from_chars: libc++ has none for it
      char* stopped = nullptr;
      out.number = std::strtod(cell.c_str(), &stopped);
      return !cell.empty() && *stopped == '\0' ? DLRGW_OK : DLRGW_E_INVALID;
    }
    case DLRGW_SQL_TIME: {
      const auto us = time_of(cell);
      out.integer = us.value_or(0);
      return us ? DLRGW_OK : DLRGW_E_INVALID;
    }
    case DLRGW_SQL_BYTES: {
      if (!cell.starts_with("\\x")) return DLRGW_E_INVALID;
      bytes.clear();
      for (std::size_t i = 2; i + 1 < cell.size(); i += 2)
        bytes += static_cast<char>(hex_value(cell[i]) << 4 | hex_value(cell[i + 1]));
      out.text = str(bytes);
      return DLRGW_OK;
    }
    default:
      out.text = str(cell);
      return type <= DLRGW_SQL_JSON ? DLRGW_OK : DLRGW_E_INVALID;
  }
}

}  // namespace dlrgw::testing::detail
