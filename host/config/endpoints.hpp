// SPDX-License-Identifier: Apache-2.0
// Addresses and connection texts: parsing, checking, composing, masking. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

struct ListenAddress {
  std::string host;  // IP literal or "localhost", without brackets
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};
// "127.0.0.1:8080", "[::1]:8080", ":8080" (all IPv4 interfaces). Port 0 = any free one.
Result<ListenAddress> parse_listen(std::string_view text);

// A libpq connection text without credentials: "host=… port=… dbname=…" or "postgresql://host:port/db".
Status check_dsn(std::string_view dsn);
// The same with user and password (left out when empty), quoted as libpq wants it.
[[nodiscard]] std::string connection_text(std::string_view dsn, std::string_view user, std::string_view password);

// "scheme://user:secret@host/…" → "scheme://user:***@host/…", anywhere in the text; a lone user part (a token) goes
// too.
[[nodiscard]] std::string mask_url_secrets(std::string_view text);

}  // namespace dlrgw::host
