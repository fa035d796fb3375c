// SPDX-License-Identifier: Apache-2.0
// Checks and encodings of single values on their way to and from PostgreSQL. Pure; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::host {

// Valid UTF-8 without NUL, which PostgreSQL's text refuses.
bool is_strict_utf8(std::string_view text);

// nullopt when hex is not an even number of hex digits.
std::optional<std::string> decode_hex(std::string_view hex);

// True when text is exactly one JSON value that PostgreSQL's json takes and can unescape: valid UTF-8, no NUL and no
// lone surrogate in strings, nested 32 deep at most. Anything else would fail the rows that travel with it.
bool is_json(std::string_view text);

}  // namespace dlrgw::host
