// SPDX-License-Identifier: Apache-2.0
// RFC 3339 and PostgreSQL texts as times; a time as text is the SDK's (dlrgw/cpp/text.hpp). Times are µs since the Unix
// epoch, UTC.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::host {

// RFC 3339 with any offset, also written "+0530" or "+05", and up to 9 fraction digits; calendar-checked. nullopt = not
// a time.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);
// timestamptz output of a session with DateStyle ISO and TimeZone UTC: "2026-11-23 05:45:40.123456+00".
std::optional<std::int64_t> parse_postgres_time(std::string_view text);

}  // namespace dlrgw::host
