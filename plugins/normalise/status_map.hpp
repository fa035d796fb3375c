// SPDX-License-Identifier: Apache-2.0
// From an operator's status text or SMPP message_state to the gateway's status. Pure; any thread.
// The standard table is closed: vendor spellings belong in a profile's status_aliases or in a quirk, never here.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::normalise {

// A status text in upper case, and what it means.
using StatusWord = std::pair<std::string_view, DlrStatus>;
// Those that SMPP knows, and FAILED.
inline constexpr std::array<StatusWord, 8> kStandardStatuses = {{
    {"DELIVRD", DlrStatus::kDelivered},
    {"UNDELIV", DlrStatus::kUndelivered},
    {"EXPIRED", DlrStatus::kExpired},
    {"DELETED", DlrStatus::kFailed},
    {"ACCEPTD", DlrStatus::kUnknown},
    {"REJECTD", DlrStatus::kRejected},
    {"UNKNOWN", DlrStatus::kUnknown},
    {"FAILED", DlrStatus::kFailed},
}};

// Keys in upper case: a status text such as "DELIVERD", or "STATE:7" for a message_state; behind it perhaps
// kAliasError and the error code as received that it holds for.
using StatusAliases = std::map<std::string, DlrStatus, std::less<>>;
inline constexpr std::string_view kAliasError = " ERR:";  // cannot stand in a status: it is the next label

struct StatusSources {
  std::string_view text;        // the status; of a receipt's text its first word
  std::string_view whole_text;  // with what follows that word; empty when nothing does
  std::optional<std::uint32_t> message_state;
  std::string_view error_code;  // as received
};

struct MappedStatus {
  DlrStatus status = DlrStatus::kUnknown;
  bool recognised = true;     // false: a status text that neither the table nor an alias knows
  std::string_view spelling;  // the part of the text that decided; all of `text` when nothing did
  std::string_view alias;     // the key among the aliases that decided; empty when none did
};

// White space and control characters cut off at both ends.
std::string_view trimmed(std::string_view text);
// ASCII only: SMPP states are ASCII, and anything else must stay valid UTF-8.
std::string upper(std::string_view text);

// What names the status in tables and fingerprints: trimmed upper-case text, else "state:N", else empty.
std::string raw_name(std::string_view stat, std::optional<std::uint32_t> message_state);

// Case-insensitive, trimmed; the text wins over the state; neither → kUnknown. Tried one after another, each with its
// error code first: the whole text, its first word, and that up to the first character that no status has
// ("FAILED:Absent…", "REJECTD(7)"). With `final_aliases` off, an alias does not make final what the standard table
// leaves open.
MappedStatus map_status(const StatusSources& sources, const StatusAliases& aliases, bool final_aliases = true);

}  // namespace dlrgw::normalise
