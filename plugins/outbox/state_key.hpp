// The key of a receipt among those of its segment. Pure; any thread.
#pragma once
#include <string>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::outbox {

// 'T' for a terminal status, so that a segment has one final receipt; '~RAW' for an intermediate one, so that each raw
// status is stored once and never stands in the way of the final one. raw: trimmed, upper case; may be empty.
inline std::string state_key(DlrStatus status, std::string_view raw) {
  return is_terminal(status) ? "T" : std::string("~").append(raw);
}

}  // namespace dlrgw::outbox
