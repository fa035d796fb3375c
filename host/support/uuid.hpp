// SPDX-License-Identifier: Apache-2.0
// UUID text: the check of what comes in, and the name-based ids (RFC 4122 version 5) that make a repeat recognisable.
// Pure; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::host {

using UuidBytes = std::array<std::uint8_t, 16>;

// 8-4-4-4-12 hex digits in either case → its bytes, or the lower-case text; nullopt = not a UUID.
std::optional<UuidBytes> parse_uuid_bytes(std::string_view text);
std::optional<std::string> parse_uuid(std::string_view text);
// UUIDv5 of `name` in the namespace `space`. As a text it must be a UUID: a wrong one throws std::invalid_argument, it
// is a constant of the caller.
std::string uuid_v5(const UuidBytes& space, std::string_view name);
std::string uuid_v5(std::string_view space, std::string_view name);

}  // namespace dlrgw::host
