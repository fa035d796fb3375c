// Checks and encodings of single values on their way into a JSON parameter. Pure; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::host {

// Appends text as a JSON string with its quotes. False, with out unchanged, when text is not valid UTF-8 or holds NUL,
// which PostgreSQL's text refuses.
bool append_strict_json_string(std::string& out, std::string_view text);

// "\\x6162" as a JSON string: the hex input format of bytea.
void append_json_bytea(std::string& out, std::string_view bytes);
void append_hex(std::string& out, std::string_view bytes);
// nullopt when hex is not an even number of hex digits.
std::optional<std::string> decode_hex(std::string_view hex);

// 8-4-4-4-12 hex digits in either case.
std::optional<std::array<std::uint8_t, 16>> parse_uuid_bytes(std::string_view text);

// True when text is exactly one JSON value that PostgreSQL's json takes and can unescape: valid UTF-8, no NUL and no
// lone surrogate in strings, nested 32 deep at most. Anything else spliced into a parameter would spoil its neighbours.
bool is_json(std::string_view text);

}  // namespace dlrgw::host
