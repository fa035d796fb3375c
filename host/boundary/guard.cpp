// SPDX-License-Identifier: Apache-2.0
#include "boundary/guard.hpp"

#include <algorithm>

namespace dlrgw::host {
namespace {

// From seven digits on it may be a phone number or an IMSI, which no error text may hold.
constexpr std::size_t kLongNumber = 7;

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string without_long_numbers(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && digit(text[end])) ++end;
    if (end - i >= kLongNumber) {
      out += "***";
    } else {
      out += text.substr(i, end - i);
    }
    if (end < text.size()) out += text[end++];
    i = end;
  }
  return out;
}

}  // namespace

Error threw_error(std::string_view where) {
  return {ErrorCode::kInternal,
          std::string(where) + " threw an exception across the C interface; the plugin must catch it"};
}

Error hook_error(std::string_view where, std::int32_t code, const dlrgw_error& error) {
  const bool known = code >= DLRGW_E_INVALID && code <= DLRGW_E_INTERNAL;
  std::string text(error.text, std::min<std::size_t>(error.text_len, sizeof error.text));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  if (text.empty()) text = "failed without giving a reason";
  if (!known) text += " (unknown code " + std::to_string(code) + ")";
  return {known ? static_cast<ErrorCode>(code) : ErrorCode::kInternal,
          std::string(where) + ": " + without_long_numbers(text)};
}

}  // namespace dlrgw::host
