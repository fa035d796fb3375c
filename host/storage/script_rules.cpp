// SPDX-License-Identifier: Apache-2.0
#include "storage/script_rules.hpp"

#include <array>

#include "storage/migrate.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kNotSupported = "0A000";
constexpr std::string_view kInsufficientPrivilege = "42501";
constexpr std::string_view kInvalidTermination = "2D000";
constexpr std::string_view kActiveTransaction = "25001";

}  // namespace

DbStatus run_script(Connection& connection, const std::string& sql, std::string_view label) {
  const std::array<std::string, 1> script{sql};
  if (DbStatus failure =
          connection.run_sql("SELECT pg_catalog.set_config('dlrgw.script', $1, true)", script, nullptr, label))
    return failure;
  // Inside a function PostgreSQL knows no transaction control; and what is deferred to the commit fails here, where it
  // is told as the script's.
  for (const char* step :
       {"DO $$ BEGIN EXECUTE pg_catalog.current_setting('dlrgw.script'); END $$", "SET CONSTRAINTS ALL IMMEDIATE"}) {
    if (DbStatus failure = connection.run_sql(step, {}, nullptr, label)) return failure;
  }
  return std::nullopt;
}

Error script_error(const DbFailure& failure, const std::string& label, const std::string& owner_role) {
  const bool commands =
      failure.sqlstate == kNotSupported && failure.said.find("transaction commands") != std::string::npos;
  if (commands || failure.sqlstate == kInvalidTermination)
    return {ErrorCode::kInvalid, label + ": a script must not end its transaction (BEGIN, COMMIT, ROLLBACK)"};
  if (failure.sqlstate == kActiveTransaction)
    return {ErrorCode::kInvalid, label +
                                     ": a script is one transaction, and this one holds a statement that PostgreSQL "
                                     "refuses inside of one"};
  if (failure.sqlstate != kInsufficientPrivilege) return {failure.code, failure.placed()};
  return {ErrorCode::kDenied, label + ": PostgreSQL refuses it: " + failure.said + "; the script runs as role " +
                                  owner_role + ", which owns what its own scripts made and nothing else"};
}

Status refuse_public(Connection& connection, const std::string& label) {
  ResultTable open;
  if (const DbStatus failure = connection.run_sql(
          "SELECT c.relname FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a WHERE a.grantee = 0::oid AND "
          "c.relowner = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) LIMIT 1",
          {}, &open, label))
    return failure->error();
  if (open.rows() == 0) return {};
  return Error{ErrorCode::kInvalid, label + ": it grants PUBLIC rights on " + std::string(open.raw(0, 0).value_or("")) +
                                        "; grant them to the roles that need them"};
}

// Our own scripts name the schema of everything; a plugin's may leave it out.
std::string_view script_search_path(std::string_view owner_role) {
  return owner_role == kOwnerRole ? "pg_catalog, pg_temp" : "dlr, pg_temp";
}

}  // namespace dlrgw::host
