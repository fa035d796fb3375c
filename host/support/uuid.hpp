// UUID text: the check of what comes in, and the name-based ids (RFC 4122 version 5) that make a repeat recognisable.
// Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::host {

// 8-4-4-4-12 hex digits in either case → the lower-case text; nullopt = not a UUID.
std::optional<std::string> parse_uuid(std::string_view text);
// UUIDv5 of `name` in the namespace `space`, which must be a UUID text (a wrong one throws std::invalid_argument: it is
// a constant of the caller).
std::string uuid_v5(std::string_view space, std::string_view name);

}  // namespace dlrgw::host
