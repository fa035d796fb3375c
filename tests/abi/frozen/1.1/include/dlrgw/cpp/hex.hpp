// SPDX-License-Identifier: Apache-2.0
// Bytes as hex digits, and digits as values. Pure; any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw {

inline constexpr char kHexDigits[] = "0123456789abcdef";

// By character, upper case or lower; -1: no hex digit.
inline constexpr auto kHexValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t digit = 0; digit < 16; ++digit) {
    const auto lower = static_cast<std::uint8_t>(kHexDigits[digit]);
    values[lower] = static_cast<std::int8_t>(digit);
    if (digit >= 10) values[lower - 'a' + 'A'] = static_cast<std::int8_t>(digit);
  }
  return values;
}();

constexpr int hex_value(char c) { return kHexValues[static_cast<std::uint8_t>(c)]; }

// Two lower-case digits per byte.
inline void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    out += kHexDigits[static_cast<std::uint8_t>(c) >> 4U];
    out += kHexDigits[static_cast<std::uint8_t>(c) & 15U];
  }
}
inline std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  append_hex(out, bytes);
  return out;
}
inline std::string to_hex(std::span<const std::uint8_t> bytes) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace dlrgw
