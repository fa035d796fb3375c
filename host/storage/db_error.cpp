#include "storage/db_error.hpp"

#include <array>

#include <pqxx/pqxx>

namespace dlrgw::host {
namespace {

constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kConnectionFailure = "08006";
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kQueryCanceled = "57014";

struct Rule {
  std::string_view prefix;  // of the SQLSTATE; the first match wins, so exact codes stand before their class
  ErrorCode code;
  bool drop_connection;
  std::string_view phrase;
};

constexpr std::array kRules{
    Rule{"08", ErrorCode::kUnavailable, true, "the connection to PostgreSQL was lost or refused"},
    Rule{"28", ErrorCode::kUnavailable, true, "PostgreSQL refused the login"},
    Rule{"53300", ErrorCode::kUnavailable, true, "PostgreSQL has no free connection slot"},
    Rule{"53", ErrorCode::kUnavailable, true, "PostgreSQL is out of disk, memory or another resource"},
    Rule{"57P01", ErrorCode::kUnavailable, true, "PostgreSQL ended the connection"},
    Rule{"57P02", ErrorCode::kUnavailable, true, "PostgreSQL crashed"},
    Rule{"57P03", ErrorCode::kUnavailable, true, "PostgreSQL is starting or stopping"},
    Rule{"57P04", ErrorCode::kUnavailable, true, "the database was dropped"},
    Rule{"57P05", ErrorCode::kUnavailable, true, "PostgreSQL closed an idle session"},
    Rule{"57014", ErrorCode::kTransient, false, "the statement ran over its time or was cancelled"},
    Rule{"58", ErrorCode::kUnavailable, true, "PostgreSQL met a system error"},
    Rule{"25006", ErrorCode::kUnavailable, true, "this PostgreSQL is read-only; connect to the primary"},
    Rule{"25P03", ErrorCode::kTransient, true, "the transaction was idle for too long"},
    Rule{"25P04", ErrorCode::kTransient, true, "the transaction ran for too long"},
    Rule{"26000", ErrorCode::kTransient, true, "a prepared statement is gone from the session"},
    Rule{"40P01", ErrorCode::kTransient, false, "deadlock with another transaction"},
    Rule{"40001", ErrorCode::kTransient, false, "serialization conflict with another transaction"},
    Rule{"40003", ErrorCode::kTransient, true, "it is unknown whether the statement completed"},
    Rule{"40", ErrorCode::kTransient, false, "the transaction was rolled back by the server"},
    Rule{"55P03", ErrorCode::kTransient, false, "a lock was not free in time; pg_blocking_pids() tells who holds it"},
    // The work is fine and the database is not: held until someone has mended it, never counted against a receipt.
    Rule{"42501", ErrorCode::kUnavailable, true, "the database role lacks a privilege; run dlr-gateway migrate"},
    Rule{"42P01", ErrorCode::kUnavailable, true, "a table is missing; run dlr-gateway migrate"},
    Rule{"3F000", ErrorCode::kUnavailable, true, "a schema is missing; run dlr-gateway migrate"},
    Rule{"42804", ErrorCode::kData, false, "a value does not fit the column's type"},
    Rule{"42846", ErrorCode::kData, false, "a value cannot be converted to the column's type"},
    Rule{"42", ErrorCode::kInternal, false, "PostgreSQL does not accept the statement"},
    Rule{"21", ErrorCode::kData, false, "more rows than the statement can take"},
    Rule{"22", ErrorCode::kData, false, "a value was refused"},
    Rule{"23502", ErrorCode::kData, false, "a column that must not be null is null"},
    Rule{"23503", ErrorCode::kData, false, "a foreign key was violated"},
    Rule{"23505", ErrorCode::kTransient, false, "a unique key was hit, which earlier decisions should exclude"},
    Rule{"23514", ErrorCode::kData, false, "a check constraint was violated"},
    Rule{"23", ErrorCode::kData, false, "an integrity constraint was violated"},
    Rule{"44", ErrorCode::kData, false, "a view's check option was violated"},
    Rule{"54", ErrorCode::kData, false, "a value exceeds a limit of PostgreSQL"},
};

// "Failure during 'name': ERROR:  relation ... \nLINE 1: ..." (libpqxx 7; 6 has no first part) -> "relation ..."
std::string_view primary_line(std::string_view message) {
  constexpr std::string_view kSeverities[] = {"ERROR:", "FATAL:", "PANIC:"};
  if (message.starts_with("Failure during '"))
    for (const std::string_view severity : kSeverities)
      if (const auto at = message.find(severity); at != std::string_view::npos) message.remove_prefix(at);
  message = message.substr(0, message.find('\n'));
  for (const std::string_view severity : kSeverities)
    if (message.starts_with(severity)) message.remove_prefix(severity.size());
  const auto start = message.find_first_not_of(' ');
  return start == std::string_view::npos ? std::string_view{} : message.substr(start);
}

// The messages of these classes quote identifiers and statement text, never a value of a row (rows are parameters).
bool message_is_free_of_rows(std::string_view sqlstate) {
  for (const std::string_view prefix : {"42", "3F", "2B", "0A", "57P", "53", "08", "28"})
    if (sqlstate.starts_with(prefix)) return sqlstate != "42804" && sqlstate != "42846";
  return false;
}

// Class 23 quotes tables, columns and constraints in its first line; the name behind `label` is what an author needs.
std::string_view quoted_name(std::string_view line, std::string_view label) {
  const auto at = line.find(label);
  if (at == std::string_view::npos) return {};
  const auto start = at + label.size();
  const auto end = line.find('"', start);
  return end == std::string_view::npos ? std::string_view{} : line.substr(start, end - start);
}

template <class Exception>
bool is(const std::exception& thrown) {
  return dynamic_cast<const Exception*>(&thrown) != nullptr;
}

// libpqxx 6 knows the SQLSTATE and drops it in some of its exceptions: then the type is all there is.
std::string_view sqlstate_of_type(const std::exception& thrown) {
  if (is<pqxx::deadlock_detected>(thrown)) return "40P01";
  if (is<pqxx::serialization_failure>(thrown)) return "40001";
  if (is<pqxx::statement_completion_unknown>(thrown)) return "40003";
  if (is<pqxx::transaction_rollback>(thrown)) return "40000";
  if (is<pqxx::too_many_connections>(thrown)) return "53300";
  if (is<pqxx::broken_connection>(thrown)) return kConnectionFailure;
  if (is<pqxx::insufficient_privilege>(thrown)) return "42501";
  if (is<pqxx::undefined_table>(thrown)) return "42P01";
  if (is<pqxx::syntax_error>(thrown)) return "42601";
  if (is<pqxx::unique_violation>(thrown)) return kUniqueViolation;
  if (is<pqxx::integrity_constraint_violation>(thrown)) return "23000";
  if (is<pqxx::data_exception>(thrown)) return "22000";
  if (is<pqxx::insufficient_resources>(thrown)) return "53000";
  if (is<pqxx::feature_not_supported>(thrown)) return "0A000";
  if (is<pqxx::invalid_sql_statement_name>(thrown)) return "26000";
  return {};
}

std::string_view sqlstate_of(const std::exception& thrown, bool connection_lost) {
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&thrown); sql != nullptr && !sql->sqlstate().empty())
    return sql->sqlstate();
  const std::string_view state = sqlstate_of_type(thrown);
  return state.empty() && connection_lost ? kConnectionFailure : state;
}

}  // namespace

DbFailure classify_sqlstate(std::string_view sqlstate, std::string_view message, std::string_view what) {
  DbFailure failure;
  failure.sqlstate = sqlstate;
  std::string_view phrase = "PostgreSQL answered with an unexpected error";
  for (const Rule& rule : kRules) {
    if (!sqlstate.starts_with(rule.prefix)) continue;
    failure.code = rule.code;
    failure.drop_connection = rule.drop_connection;
    phrase = rule.phrase;
    break;
  }
  const std::string_view line = primary_line(message);
  // A table that a migration altered under a prepared SELECT *: a fresh session plans anew.
  if (sqlstate == "0A000" && line.starts_with("cached plan")) {
    failure.code = ErrorCode::kTransient;
    failure.drop_connection = true;
    phrase = "a table changed under a prepared statement";
  }
  failure.invariant = sqlstate == kUniqueViolation;
  if (sqlstate == kLockNotAvailable) failure.timed_out = TimedOut::kOthers;
  if (sqlstate == kQueryCanceled) failure.timed_out = TimedOut::kStatement;
  failure.text.append(what).append(": ").append(phrase);
  if (!sqlstate.empty()) failure.text.append(" (SQLSTATE ").append(sqlstate).append(")");
  if (sqlstate.starts_with("23")) {
    const std::string_view constraint = quoted_name(line, "constraint \"");
    const std::string_view column = quoted_name(line, "column \"");
    if (!constraint.empty()) failure.text.append(", constraint ").append(constraint);
    if (!column.empty()) failure.text.append(", column ").append(column);
  } else if (message_is_free_of_rows(sqlstate) && !line.empty()) {
    failure.text.append(": ").append(line);
  }
  return failure;
}

DbFailure classify(const std::exception& thrown, std::string_view what, bool connection_lost) {
  if (is<pqxx::in_doubt_error>(thrown)) {
    DbFailure failure = classify_sqlstate(kConnectionFailure, {}, what);
    failure.in_doubt = true;
    failure.text.append(" during COMMIT: whether it happened is unknown");
    return failure;
  }
  DbFailure failure = classify_sqlstate(sqlstate_of(thrown, connection_lost), thrown.what(), what);
  failure.drop_connection = failure.drop_connection || connection_lost;
  return failure;
}

}  // namespace dlrgw::host
