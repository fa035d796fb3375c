// SPDX-License-Identifier: Apache-2.0
// Reads redis[s]://[[user]:password@]host[:port][/db]; rediss:// is TLS. Pure; any thread. A rejected text is never
// repeated in the reason: it may hold the password. Not Boost.URL, which refuses the "/" and "@" that a password may
// hold here.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace dlrgw::dedup {

struct RedisUrl {
  std::string host;
  std::uint16_t port = 6379;
  bool tls = false;
  std::string user;      // empty: the server's default user
  std::string password;  // empty: none
  std::uint32_t db = 0;
};

// The URL, or what is wrong with it.
std::variant<RedisUrl, std::string> parse_redis_url(std::string_view text);

}  // namespace dlrgw::dedup
