// SPDX-License-Identifier: Apache-2.0
// JSON text of single values, appended to a buffer. For writing log lines and small fixed answers; documents are read
// and built with Boost.JSON. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::host {

// A quoted JSON string. Control characters are escaped, bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
void append_json_number(std::string& out, std::int64_t value);
// Shortest text that reads back the same; NaN and infinities become null.
void append_json_number(std::string& out, double value);
// The longest prefix of at most max_bytes that does not cut a UTF-8 sequence in two.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

}  // namespace dlrgw::host
