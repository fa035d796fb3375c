// SPDX-License-Identifier: Apache-2.0
// Connection strings and session settings: what a pool adds to the configured DSN. Pure; any thread.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace dlrgw::host {

struct Setting {
  std::string name;
  std::string value;
};

// 'value' with ' and \ escaped: libpq's keyword form.
std::string conninfo_quote(std::string_view value);

// kInvalid: libpq does not know a parameter of this DSN, or the word that it is set to. The text names the parameter
// and never its value.
Status check_parameters(const std::string& dsn);

// The DSN (keyword form or postgresql:// URI) plus `defaults` that it does not set itself, then `overrides`.
std::string build_conninfo(std::string_view dsn, std::span<const Setting> defaults, std::span<const Setting> overrides);

// For every connection of the gateway: give up after 3 s, notice a dead peer within about 15 s, and of several hosts
// take the one that can be written to, so that a promoted standby is found.
std::vector<Setting> connection_defaults();

// For every session, so that nothing that matters is left to the defaults of server, database or role: isolation,
// durability, search path, time-outs, UTC and ISO (what ResultTable parses), the server's watch over the connection,
// and the plan settings of the pool.
std::vector<Setting> session_defaults(std::string_view pool);

// One SELECT that applies them all: one round trip per connection. Empty for no settings. A synchronous_commit that is
// stronger already stays as it is.
std::string session_sql(std::span<const Setting> settings);

inline constexpr std::string_view kSynchronousCommit = "synchronous_commit";
// Whether `found` waits for less than `wanted` before a commit is reported; both are values of synchronous_commit.
bool is_weaker_commit(std::string_view found, std::string_view wanted);

// An SQL literal and identifier. Needs standard_conforming_strings, which is PostgreSQL's default.
std::string sql_literal(std::string_view text);
std::string sql_identifier(std::string_view name);

}  // namespace dlrgw::host
