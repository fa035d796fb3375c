// SPDX-License-Identifier: Apache-2.0
#include "storage/conninfo.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <memory>

#include <libpq-fe.h>

#include <dlrgw/cpp/hex.hpp>

#include "storage/text_check.hpp"

namespace dlrgw::host {
namespace {

bool is_uri(std::string_view dsn) { return dsn.starts_with("postgresql://") || dsn.starts_with("postgres://"); }

bool word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool sets(std::string_view dsn, std::string_view key) {
  for (auto at = dsn.find(key); at != std::string_view::npos; at = dsn.find(key, at + 1)) {
    if (at != 0 && word(dsn[at - 1])) continue;
    const auto next = dsn.find_first_not_of(' ', at + key.size());
    if (next != std::string_view::npos && dsn[next] == '=') return true;
  }
  return false;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (word(c) || c == '-' || c == '.' || c == '~') {
      out += c;
    } else {
      out += '%';
      append_hex(out, std::string_view(&c, 1));
    }
  }
  return out;
}

// From the weakest to the strongest.
constexpr std::array<std::string_view, 5> kCommitStrengths{"off", "local", "remote_write", "on", "remote_apply"};

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out += quote;
}

void replace(std::vector<Setting>& settings, std::string_view name, std::string_view value) {
  const auto known = std::ranges::find(settings, name, &Setting::name);
  if (known != settings.end()) known->value = value;
}

// An SQL expression: the value in force where that is stronger, else `value`.
std::string at_least(std::string_view value) {
  const auto wanted = std::ranges::find(kCommitStrengths, value);
  // The weakest is applied as it is: with a stronger one in force the session would wait for nothing.
  if (wanted == kCommitStrengths.begin() || wanted == kCommitStrengths.end()) return sql_literal(value);
  std::string stronger;
  for (const auto* one = wanted; one != kCommitStrengths.end(); ++one)
    stronger.append(stronger.empty() ? "" : ", ").append(sql_literal(*one));
  const std::string now = "pg_catalog.current_setting(" + sql_literal(kSynchronousCommit) + ")";
  return "CASE WHEN " + now + " IN (" + stronger + ") THEN " + now + " ELSE " + sql_literal(value) + " END";
}

// Parameters that take a word; libpq looks at it only when it connects.
const std::map<std::string_view, std::vector<std::string_view>> kWords{
    {"sslmode", {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}},
    {"gssencmode", {"disable", "prefer", "require"}},
    {"channel_binding", {"disable", "prefer", "require"}},
    {"target_session_attrs", {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}}};

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

}  // namespace

std::string conninfo_quote(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out += '\'';
}

Status check_parameters(const std::string& dsn) {
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(dsn.c_str(), &why),
                                                                             &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> text(why, &PQfreemem);
  if (!options) {
    std::string sentence = text ? text.get() : "is no connection text";
    sentence.erase(sentence.find_last_not_of(" \n") + 1);
    return Error{ErrorCode::kInvalid, "libpq refuses it: " + sentence};
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    for (const auto& [keyword, values] : kWords)
      if (option->keyword == keyword && option->val != nullptr && *option->val != '\0' &&
          std::ranges::find(values, std::string_view(option->val)) == values.end())
        return Error{ErrorCode::kInvalid, std::string(keyword) + " must be one of: " + joined(values)};
  }
  return {};
}

std::string build_conninfo(std::string_view dsn, std::span<const Setting> defaults,
                           std::span<const Setting> overrides) {
  std::string out(dsn);
  const bool uri = is_uri(dsn);
  const auto add = [&](const Setting& setting) {
    if (uri) {
      out += out.find('?') == std::string::npos ? '?' : '&';
      out.append(setting.name).append("=").append(percent_encode(setting.value));
    } else {
      out.append(out.empty() ? "" : " ").append(setting.name).append("=").append(conninfo_quote(setting.value));
    }
  };
  for (const Setting& setting : defaults)
    if (!sets(dsn, setting.name)) add(setting);
  for (const Setting& setting : overrides) add(setting);  // libpq takes the last one
  return out;
}

std::vector<Setting> connection_defaults() {
  return {{"connect_timeout", "3"},
          {"keepalives", "1"},
          {"keepalives_idle", "5"},
          {"keepalives_interval", "3"},
          {"keepalives_count", "3"},
          {"tcp_user_timeout", "15000"},
          {"target_session_attrs", "read-write"}};
}

std::vector<Setting> session_defaults(std::string_view pool) {
  // A host that vanishes without a word keeps its advisory locks until the server notices: after 5 s of silence the
  // server asks three times in 9 s, and what it sent itself may stay unanswered for 15 s. On a Unix socket these do
  // nothing.
  std::vector<Setting> settings{{"default_transaction_isolation", "read committed"},
                                {"synchronous_commit", "on"},
                                {"search_path", "dlr, pg_temp"},
                                {"lock_timeout", "5s"},
                                {"statement_timeout", "10s"},
                                {"idle_in_transaction_session_timeout", "15s"},
                                {"tcp_keepalives_idle", "5"},
                                {"tcp_keepalives_interval", "3"},
                                {"tcp_keepalives_count", "3"},
                                {"tcp_user_timeout", "15000"},
                                {"TimeZone", "UTC"},
                                {"DateStyle", "ISO, MDY"},
                                {"bytea_output", "hex"},
                                {"client_min_messages", "warning"},
                                {"jit", "off"}};
  // All work of these pools is keyed look-ups of a few hundred rows. Their prepared plans are generic and live as long
  // as the connection: one made while a table was empty or without statistics would be a sequential scan, and would
  // stay one after millions of rows have arrived. Forbidding the alternatives makes every plan an index nested loop.
  if (pool == "svc" || pool == "relay") {
    for (const char* name : {"enable_seqscan", "enable_hashjoin", "enable_mergejoin"})
      settings.push_back({name, "off"});
    // A table of another service may lack the index. Its plan would start workers for every batch, even for one that
    // asks nothing of that table.
    settings.push_back({"max_parallel_workers_per_gather", "0"});
  }
  // A deletion that a crash of the server undoes is published again under the same Nats-Msg-Id; nothing waits for it.
  if (pool == "relay") replace(settings, kSynchronousCommit, "off");
  // The relay reads the head of each queue in index order; a bitmap would fetch and sort the whole backlog each time.
  if (pool == "relay") settings.push_back({"enable_bitmapscan", "off"});
  // Partitions are counted before they are dropped.
  if (pool == "maint") replace(settings, "statement_timeout", "60s");
  return settings;
}

std::string session_sql(std::span<const Setting> settings) {
  std::string sql;
  // set_config instead of SET: a list such as DateStyle's keeps its comma inside one literal.
  for (const Setting& setting : settings)
    sql.append(sql.empty() ? "SELECT " : ", ")
        .append("pg_catalog.set_config(")
        .append(sql_literal(setting.name))
        .append(", ")
        .append(setting.name == kSynchronousCommit ? at_least(setting.value) : sql_literal(setting.value))
        .append(", false)");
  return sql;
}

bool is_weaker_commit(std::string_view found, std::string_view wanted) {
  const auto strength = [](std::string_view value) { return std::ranges::find(kCommitStrengths, value); };
  return strength(found) == kCommitStrengths.end() || strength(found) < strength(wanted);
}

std::string sql_literal(std::string_view text) { return doubled(text, '\''); }
std::string sql_identifier(std::string_view name) { return doubled(name, '"'); }

}  // namespace dlrgw::host
