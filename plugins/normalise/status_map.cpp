#include "status_map.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dlrgw::normalise {
namespace {

constexpr std::array<std::pair<std::string_view, DlrStatus>, 8> kStatusTable = {{
    {"DELIVRD", DlrStatus::kDelivered},
    {"UNDELIV", DlrStatus::kUndelivered},
    {"EXPIRED", DlrStatus::kExpired},
    {"DELETED", DlrStatus::kFailed},
    {"ACCEPTD", DlrStatus::kUnknown},
    {"REJECTD", DlrStatus::kRejected},
    {"UNKNOWN", DlrStatus::kUnknown},
    {"FAILED", DlrStatus::kFailed},
}};

// SMPP 3.4 §5.2.28; DELETED (4) counts as FAILED, as its text does.
constexpr DlrStatus of_message_state(std::uint32_t state) {
  switch (state) {
    case 2:
      return DlrStatus::kDelivered;
    case 3:
      return DlrStatus::kExpired;
    case 4:
      return DlrStatus::kFailed;
    case 5:
      return DlrStatus::kUndelivered;
    case 8:
      return DlrStatus::kRejected;
    default:
      return DlrStatus::kUnknown;
  }
}

constexpr bool blank(char c) { return static_cast<unsigned char>(c) <= 0x20U || c == 0x7F; }

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

std::string raw_name(std::string_view stat, std::optional<std::uint32_t> message_state) {
  if (const std::string_view text = trimmed(stat); !text.empty()) return upper(text);
  if (message_state) return "state:" + std::to_string(*message_state);
  return {};
}

MappedStatus map_status(std::string_view stat, std::optional<std::uint32_t> message_state,
                        const StatusAliases& aliases) {
  const std::string name = upper(raw_name(stat, message_state));
  if (name.empty()) return {};
  if (const auto alias = aliases.find(name); alias != aliases.end()) return {alias->second, true};
  if (trimmed(stat).empty()) return {of_message_state(*message_state), true};
  for (const auto& [text, status] : kStatusTable)
    if (text == name) return {status, true};
  return {DlrStatus::kUnknown, false};
}

}  // namespace dlrgw::normalise
