// SPDX-License-Identifier: Apache-2.0
#include "storage/session_check.hpp"

#include <array>

namespace dlrgw::host {
namespace {

constexpr const char* kFacts =
    "SELECT current_setting('server_version'), current_user, rolsuper OR rolbypassrls, pg_is_in_recovery(), "
    "current_setting('transaction_read_only'), current_setting('default_transaction_isolation'), "
    "current_setting('synchronous_commit') FROM pg_roles WHERE rolname = current_user";

struct Needed {
  const char* schema;
  const char* table;
  const char* columns;  // of the index, in their order
};
constexpr std::array kIndexes{Needed{"orch", "sms_messages", "message_id"},
                              Needed{"smpp", "message_correlations", "operator_id,operator_message_id"}};

// By the catalogue: a regclass would need USAGE on the schema.
constexpr const char* kHasIndex =
    "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = $1 AND c.relname = $2 AND i.indisvalid AND (SELECT string_agg(a.attname, ',' ORDER BY k.place) "
    "|| ',' "
    "FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attrelid = c.oid AND "
    "a.attnum = k.number) LIKE $3 || ',%'";

}  // namespace

Result<SessionFacts> read_session_facts(Connection& connection) {
  ResultTable answer;
  if (const DbStatus failure = connection.run_sql(kFacts, {}, &answer, "the session's settings"))
    return failure->error();
  const auto cell = [&](std::uint32_t column) { return std::string(answer.raw(0, column).value_or("")); };
  return SessionFacts{cell(0), cell(1), cell(2) == "t", cell(3) == "t", cell(4) == "on", cell(5), cell(6)};
}

std::vector<std::string> judge_session(const SessionFacts& facts) {
  std::vector<std::string> out;
  const std::string role = "role " + facts.role;
  if (facts.superuser) {
    out.push_back(role +
                  " is a superuser or bypasses row level security; give the gateway the roles that migrate makes");
  }
  if (facts.in_recovery) {
    out.push_back(
        "this server is a standby and takes no writes; let the DSN find the primary (several hosts with "
        "target_session_attrs=read-write)");
  } else if (facts.read_only) {
    out.push_back("transactions are read-only; ALTER ROLE " + facts.role + " RESET default_transaction_read_only");
  }
  return out;
}

std::vector<std::string> missing_indexes(Connection& connection) {
  std::vector<std::string> out;
  for (const Needed& index : kIndexes) {
    const std::array<std::string, 3> parameters{index.schema, index.table, index.columns};
    const std::string table = std::string(index.schema) + "." + index.table;
    ResultTable answer;
    if (const DbStatus failure = connection.run_sql(kHasIndex, parameters, &answer, "the indexes of " + table)) {
      out.push_back(failure->text);
    } else if (answer.rows() == 0) {
      out.push_back(table + " has no index on (" + index.columns +
                    "): every batch would read the whole table; its owner must create one");
    }
  }
  return out;
}

}  // namespace dlrgw::host
