// SPDX-License-Identifier: Apache-2.0
#include "redis_url.hpp"

#include <charconv>
#include <optional>

namespace dlrgw::dedup {
namespace {

constexpr std::string_view kPlain = "redis://";
constexpr std::string_view kTls = "rediss://";
constexpr std::uint32_t kMaxDb = 65535;

template <class T>
std::optional<T> number(std::string_view text, T max) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 3 > text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
    if (error != std::errc{} || end != text.data() + i + 3) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace

std::variant<RedisUrl, std::string> parse_redis_url(std::string_view text) {
  RedisUrl url;
  url.tls = text.starts_with(kTls);
  if (!url.tls && !text.starts_with(kPlain)) return "must begin with redis:// or, for TLS, rediss://";
  text.remove_prefix(url.tls ? kTls.size() : kPlain.size());

  if (const auto slash = text.rfind('/'); slash != std::string_view::npos && slash > text.rfind('@') + 1) {
    const std::string_view db = text.substr(slash + 1);
    const auto value = db.empty() ? std::optional<std::uint32_t>(0) : number<std::uint32_t>(db, kMaxDb);
    if (!value) return "the database after the last '/' must be a number from 0";
    url.db = *value;
    text = text.substr(0, slash);
  }
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view credentials = text.substr(0, at);
    const auto colon = credentials.find(':');
    const auto user = percent_decoded(credentials.substr(0, colon));
    const auto password =
        percent_decoded(colon == std::string_view::npos ? std::string_view() : credentials.substr(colon + 1));
    if (!user || !password)
      return "user or password holds a '%' that is not followed by two hex digits; write it as %25";
    url.user = *user;
    url.password = *password;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return "the '[' of the IPv6 address is not closed";
    url.host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (!text.empty() && text.front() != ':') return "only ':port' may follow the IPv6 address";
    port = text;
  } else {
    const auto colon = text.find(':');
    url.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (url.host.empty()) return "the host is empty";
  if (!port.empty()) {
    const auto value = number<std::uint16_t>(port.substr(1), 65535);
    if (!value || *value == 0) return "the port must be a number from 1 to 65535";
    url.port = *value;
  }
  return url;
}

}  // namespace dlrgw::dedup
