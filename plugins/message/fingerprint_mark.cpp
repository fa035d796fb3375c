// SPDX-License-Identifier: Apache-2.0
#include "message/fingerprint_mark.hpp"

#include <algorithm>

namespace dlrgw::message {
namespace {
constexpr std::string_view kNone = "-";
}  // namespace

void FingerprintMark::add(std::string_view message_id) {
  if (std::find(messages_.begin(), messages_.end(), message_id) == messages_.end()) messages_.emplace_back(message_id);
}

bool FingerprintMark::is_copy_for(std::string_view message_id) const {
  return !message_id.empty() && std::find(messages_.begin(), messages_.end(), message_id) != messages_.end();
}

bool FingerprintMark::is_copy_of_orphan() const {
  return std::find(messages_.begin(), messages_.end(), "") != messages_.end();
}

std::string FingerprintMark::encode() const {
  std::string text;
  for (const std::string& message : messages_) {
    if (!text.empty()) text += ' ';
    text += message.empty() ? kNone : message;
  }
  return text;
}

std::optional<FingerprintMark> FingerprintMark::decode(std::string_view text) {
  FingerprintMark mark;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view item = text.substr(0, end);
    if (item.empty()) return std::nullopt;
    mark.add(item == kNone ? "" : item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mark;
}

}  // namespace dlrgw::message
