// SPDX-License-Identifier: Apache-2.0
#include "jsonb_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace dlrgw::dedup {
namespace {

constexpr std::size_t kEscapeLength = 6;  // \uXXXX
constexpr std::size_t kMaxNumberLength = 1000;
constexpr std::size_t kMaxExponentDigits = 3;

// The code unit of the \uXXXX escape at the given place.
std::optional<unsigned> code_unit(std::string_view json, std::size_t at) {
  if (json.substr(at, 2) != "\\u" || at + kEscapeLength > json.size()) return std::nullopt;
  unsigned value = 0;
  const char* const end = json.data() + at + kEscapeLength;
  const auto [stop, error] = std::from_chars(json.data() + at + 2, end, value, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// A number at the front of the text, to its end; empty when there is none.
std::string_view number_at(std::string_view json) {
  if (json.empty() || (json[0] != '-' && (json[0] < '0' || json[0] > '9'))) return {};
  return json.substr(0, json.find_first_not_of("+-.0123456789Ee"));
}

// PostgreSQL's numeric ends at 131,072 digits before the point and 16,383 behind it; no field of a receipt comes near.
bool fits_numeric(std::string_view number) {
  const std::size_t e = number.find_first_of("eE");
  if (number.size() > kMaxNumberLength) return false;
  if (e == std::string_view::npos) return true;
  const std::size_t digits = std::min(number.find_first_not_of("+-0", e + 1), number.size());
  return number.size() - digits <= kMaxExponentDigits;
}

bool is_high(unsigned unit) { return unit >= 0xD800U && unit <= 0xDBFFU; }
bool is_low(unsigned unit) { return unit >= 0xDC00U && unit <= 0xDFFFU; }

}  // namespace

std::string jsonb_text(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool in_string = false;
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] != '\\') {
      const std::string_view number = in_string ? std::string_view() : number_at(json.substr(i));
      if (!number.empty()) {
        const std::string_view quote = fits_numeric(number) ? "" : "\"";
        out.append(quote).append(number).append(quote);
        i += number.size();
        continue;
      }
      if (json[i] == '"') in_string = !in_string;
      out += json[i++];
      continue;
    }
    const auto unit = code_unit(json, i);
    if (!unit) {  // \\ and friends: both characters belong together
      out.append(json.substr(i, 2));
      i += 2;
      continue;
    }
    const auto next = code_unit(json, i + kEscapeLength);
    if (is_high(*unit) && next && is_low(*next)) {
      out.append(json.substr(i, 2 * kEscapeLength));
      i += 2 * kEscapeLength;
      continue;
    }
    out.append(*unit == 0 || is_high(*unit) || is_low(*unit) ? "\\ufffd" : json.substr(i, kEscapeLength));
    i += kEscapeLength;
  }
  return out;
}

}  // namespace dlrgw::dedup
