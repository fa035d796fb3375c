// SPDX-License-Identifier: Apache-2.0
#include "status_map.hpp"

#include <algorithm>

#include "characters.hpp"

namespace dlrgw::normalise {
namespace {

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

std::optional<DlrStatus> standard_status(std::string_view upper_text) {
  for (const auto& [text, status] : kStandardStatuses)
    if (text == upper_text) return status;
  return std::nullopt;
}

std::string_view first_word(std::string_view text) { return text.substr(0, find_blank(text, 0)); }

// How many characters at the front can be those of a status.
std::size_t status_characters(std::string_view text) {
  const auto other = [](char c) {
    return !is_ascii_letter(c) && !is_digit(c) && c != '_' && c != '-' && static_cast<unsigned char>(c) < 0x80;
  };
  return static_cast<std::size_t>(std::ranges::find_if(text, other) - text.begin());
}

struct Table {
  const StatusAliases& aliases;
  std::string_view error_code;
  bool final_aliases;

  // What an alias says of this name, with the error code or without; nullopt = there is none that counts.
  [[nodiscard]] std::optional<MappedStatus> alias(std::string name, std::optional<DlrStatus> standard,
                                                  std::string_view spelling) const {
    if (!final_aliases && standard == DlrStatus::kUnknown) return std::nullopt;
    const std::size_t length = name.size();
    auto found = aliases.end();
    if (!error_code.empty()) {
      name.append(kAliasError).append(upper(error_code));
      found = aliases.find(name);
      name.resize(length);
    }
    if (found == aliases.end()) found = aliases.find(name);
    if (found == aliases.end()) return std::nullopt;
    return MappedStatus{found->second, true, spelling, found->first};
  }

  [[nodiscard]] std::optional<MappedStatus> look_up(std::string_view text) const {
    std::string name = upper(text);
    const auto standard = standard_status(name);
    auto found = aliases.empty() ? std::nullopt : alias(std::move(name), standard, text);
    if (!found && standard) found = MappedStatus{*standard, true, text, {}};
    return found;
  }
};

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_ascii_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
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

MappedStatus map_status(const StatusSources& sources, const StatusAliases& aliases, bool final_aliases) {
  const std::string_view text = trimmed(sources.text);
  const Table table{aliases, sources.error_code, final_aliases};
  if (text.empty()) {
    if (!sources.message_state) return {DlrStatus::kUnknown, true, {}, {}};
    const DlrStatus standard = of_message_state(*sources.message_state);
    const auto alias =
        aliases.empty() ? std::nullopt : table.alias(upper(raw_name({}, sources.message_state)), standard, {});
    return alias.value_or(MappedStatus{standard, true, {}, {}});
  }
  const std::string_view first = first_word(text);
  const std::string_view whole = sources.whole_text.empty() ? text : sources.whole_text;
  if (whole.size() != first.size() && !aliases.empty()) {
    if (const auto alias = table.alias(upper(whole), standard_status(upper(first)), whole)) return *alias;
  }
  if (const auto status = table.look_up(first)) return *status;
  const std::string_view word = first.substr(0, status_characters(first));
  if (!word.empty() && word.size() < first.size()) {
    if (const auto status = table.look_up(word)) return *status;
  }
  return {DlrStatus::kUnknown, false, text, {}};
}

}  // namespace dlrgw::normalise
