// SPDX-License-Identifier: Apache-2.0
// JSON text of numbers, appended to a buffer; that of strings is the SDK's. For log lines and small fixed answers.
// Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <dlrgw/cpp/json_writer.hpp>

namespace dlrgw::host {

void append_json_number(std::string& out, std::int64_t value);
// Shortest text that reads back the same; NaN and infinities become null.
void append_json_number(std::string& out, double value);
// The longest prefix of at most max_bytes that does not cut a UTF-8 sequence in two.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

}  // namespace dlrgw::host
