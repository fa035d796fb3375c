// SPDX-License-Identifier: Apache-2.0
#include "config/endpoints.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace dlrgw::host {
namespace {

constexpr std::string_view kMask = "***";

bool is_uri(std::string_view dsn) { return dsn.starts_with("postgresql://") || dsn.starts_with("postgres://"); }

bool is_address(const std::string& host) {
  unsigned char binary[sizeof(in6_addr)];
  return host == "localhost" || ::inet_pton(AF_INET, host.c_str(), binary) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), binary) == 1;
}

// The part between "://" and the next "/", "?" or "#".
std::string_view authority(std::string_view uri) {
  const std::size_t start = uri.find("://");
  if (start == std::string_view::npos) return {};
  uri.remove_prefix(start + 3);
  return uri.substr(0, uri.find_first_of("/?#"));
}

// True when a key=value text or a query string names this parameter.
bool names_parameter(std::string_view text, std::string_view name, std::string_view separators) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || separators.find(text[at - 1]) != std::string_view::npos;
    std::size_t after = at + name.size();
    while (after < text.size() && text[after] == ' ') ++after;
    if (starts && after < text.size() && text[after] == '=') return true;
  }
  return false;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4U];
      out += kHex[static_cast<unsigned char>(c) & 0xFU];
    }
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  Error malformed{
      ErrorCode::kInvalid,
      "\"" + std::string(text) + "\" is not an address to listen on; write \"127.0.0.1:8080\" or \"[::1]:8080\""};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress out;
  const auto [stop, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failed != std::errc{} || stop != port.data() + port.size()) return malformed;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return malformed;
  } else if (host.find(':') != std::string_view::npos) {
    return malformed;
  }
  out.host = host.empty() ? "0.0.0.0" : std::string(host);
  if (!is_address(out.host)) return malformed;
  return out;
}

Status check_dsn(std::string_view dsn) {
  Error credentials{ErrorCode::kInvalid,
                    "holds a user or password; leave them to the pools' own user and password keys"};
  if (is_uri(dsn)) {
    if (authority(dsn).find('@') != std::string_view::npos) return credentials;
    for (const std::string_view name : {"user", "password"})
      if (names_parameter(dsn, name, "?&")) return credentials;
    return {};
  }
  for (const std::string_view name : {"user", "password"})
    if (names_parameter(dsn, name, " \t\n")) return credentials;
  if (!dsn.empty() && dsn.find('=') == std::string_view::npos)
    return Error{
        ErrorCode::kInvalid,
        "is no connection text; write \"host=127.0.0.1 port=5432 dbname=dlr\" or \"postgresql://127.0.0.1:5432/dlr\""};
  return {};
}

std::string connection_text(std::string_view dsn, std::string_view user, std::string_view password) {
  if (is_uri(dsn)) {
    if (user.empty()) return std::string(dsn);
    const std::size_t host = dsn.find("://") + 3;
    std::string out(dsn.substr(0, host));
    out += percent_encoded(user);
    if (!password.empty()) out += ":" + percent_encoded(password);
    return out + "@" + std::string(dsn.substr(host));
  }
  std::string out(dsn);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!out.empty()) out += ' ';
    out += std::string(name) + "=" + quoted(value);
  };
  add("user", user);
  add("password", password);
  return out;
}

std::string mask_url_secrets(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out + std::string(text);
    const std::string_view host = authority(text);
    out += text.substr(0, scheme + 3);
    text.remove_prefix(scheme + 3);
    // A password may hold a raw "/" or "@": everything up to the last "@" of this URL is taken for credentials.
    const std::string_view url = text.substr(0, std::min(text.find_first_of(", \t"), text.size()));
    std::size_t at = host.rfind('@');
    if (const std::size_t last = url.rfind('@'); last != std::string_view::npos) at = last;
    if (at == std::string_view::npos) continue;
    const std::size_t colon = url.substr(0, at).find(':');
    if (colon != std::string_view::npos) out += std::string(url.substr(0, colon)) + ":";
    out += kMask;
    text.remove_prefix(at);
  }
}

}  // namespace dlrgw::host
