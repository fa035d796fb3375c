// From an operator's status text or SMPP message_state to the gateway's status. Pure; any thread.
// The standard table is closed: vendor spellings belong in a profile's status_aliases or in a quirk, never here.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::normalise {

// Keys in upper case: a raw status such as "DELIVERD", or "STATE:7" for a message_state.
using StatusAliases = std::map<std::string, DlrStatus, std::less<>>;

struct MappedStatus {
  DlrStatus status = DlrStatus::kUnknown;
  bool recognised = true;  // false: a status text that neither the table nor an alias knows
};

// White space and control characters cut off at both ends.
std::string_view trimmed(std::string_view text);
// ASCII only: SMPP states are ASCII, and anything else must stay valid UTF-8.
std::string upper(std::string_view text);

// What names the status in tables and fingerprints: trimmed upper-case text, else "state:N", else empty.
std::string raw_name(std::string_view stat, std::optional<std::uint32_t> message_state);

// Case-insensitive, trimmed; the text wins over the state; neither → kUnknown.
MappedStatus map_status(std::string_view stat, std::optional<std::uint32_t> message_state,
                        const StatusAliases& aliases);

}  // namespace dlrgw::normalise
