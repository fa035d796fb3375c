// SPDX-License-Identifier: Apache-2.0
#include "cli/ask_gateway.hpp"

#include <boost/json.hpp>

namespace dlrgw::host {

namespace json = boost::json;

Result<json::object> ask_object(const AskGateway& ask, std::string_view request) {
  const Result<std::string> answer = ask(request);
  if (!answer) return answer.error();
  boost::system::error_code unreadable;
  json::value document = json::parse(*answer, unreadable);
  if (!unreadable && document.is_object()) return std::move(document.get_object());
  return Error{ErrorCode::kInternal, "the gateway's answer cannot be read; is it of another version?"};
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

std::string in_target(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return out;
}

}  // namespace dlrgw::host
