// SPDX-License-Identifier: Apache-2.0
// Hex digits and their values. Pure; any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace dlrgw::host {

inline constexpr char kHexDigits[] = "0123456789abcdef";

// By character; -1: no hex digit.
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

inline int hex_value(char c) { return kHexValues[static_cast<std::uint8_t>(c)]; }

}  // namespace dlrgw::host
