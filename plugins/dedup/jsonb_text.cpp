#include "jsonb_text.hpp"

#include <charconv>
#include <optional>

namespace dlrgw::dedup {
namespace {

constexpr std::size_t kEscapeLength = 6;  // \uXXXX

// The code unit of the \uXXXX escape at the given place.
std::optional<unsigned> code_unit(std::string_view json, std::size_t at) {
  if (json.substr(at, 2) != "\\u" || at + kEscapeLength > json.size()) return std::nullopt;
  unsigned value = 0;
  const char* const end = json.data() + at + kEscapeLength;
  const auto [stop, error] = std::from_chars(json.data() + at + 2, end, value, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool is_high(unsigned unit) { return unit >= 0xD800U && unit <= 0xDBFFU; }
bool is_low(unsigned unit) { return unit >= 0xDC00U && unit <= 0xDFFFU; }

}  // namespace

std::string jsonb_text(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] != '\\') {
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
