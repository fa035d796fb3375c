// SPDX-License-Identifier: Apache-2.0
#include "storage/db_error.hpp"

#include <algorithm>
#include <array>

#include <pqxx/pqxx>

namespace dlrgw::host {
namespace {

constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kCheckViolation = "23514";
constexpr std::string_view kConnectionFailure = "08006";
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kNotSupported = "0A000";
constexpr std::string_view kOwnSchema = "dlr";
constexpr std::size_t kSqlstateLength = 5;

struct Rule {
  std::string_view prefix;  // of the SQLSTATE; the first match wins, so exact codes stand before their class
  Blame blame;              // kRow and kInvariant: only of a statement over our own tables, else kEnvironment
  bool drop_connection;
  std::string_view phrase;
};

constexpr std::array kRules{
    Rule{"08", Blame::kServer, true, "the connection to PostgreSQL was lost or refused"},
    Rule{"28", Blame::kServer, true, "PostgreSQL refused the login"},
    Rule{"53300", Blame::kServer, true, "PostgreSQL has no free connection slot"},
    Rule{"53", Blame::kServer, true, "PostgreSQL is out of disk, memory or another resource"},
    Rule{"57P01", Blame::kServer, true, "PostgreSQL ended the connection"},
    Rule{"57P02", Blame::kServer, true, "PostgreSQL crashed"},
    Rule{"57P03", Blame::kServer, true, "PostgreSQL is starting or stopping"},
    Rule{"57P04", Blame::kServer, true, "the database was dropped"},
    Rule{"57P05", Blame::kServer, true, "PostgreSQL closed an idle session"},
    Rule{"58", Blame::kServer, true, "PostgreSQL met a system error"},
    Rule{"25006", Blame::kServer, true, "this PostgreSQL is read-only; connect to the primary"},
    Rule{"57014", Blame::kTimeout, false, "the statement ran over its time or was cancelled"},
    Rule{"55P03", Blame::kTimeout, false, "a lock was not free in time; pg_blocking_pids() tells who holds it"},
    Rule{"25P03", Blame::kConflict, true, "the transaction was idle for too long"},
    Rule{"25P04", Blame::kConflict, true, "the transaction ran for too long"},
    Rule{"26000", Blame::kConflict, true, "a prepared statement is gone from the session"},
    Rule{"40P01", Blame::kConflict, false, "deadlock with another transaction"},
    Rule{"40001", Blame::kConflict, false, "serialization conflict with another transaction"},
    Rule{"40003", Blame::kConflict, true, "it is unknown whether the statement completed"},
    Rule{"40", Blame::kConflict, false, "the transaction was rolled back by the server"},
    Rule{"42501", Blame::kEnvironment, false, "the database role lacks a privilege; run dlr-gateway migrate"},
    Rule{"42P01", Blame::kEnvironment, false, "a table is missing; run dlr-gateway migrate"},
    Rule{"3F000", Blame::kEnvironment, false, "a schema is missing; run dlr-gateway migrate"},
    Rule{"42703", Blame::kEnvironment, false, "a column is missing or was renamed"},
    Rule{"42", Blame::kEnvironment, false, "PostgreSQL does not accept the statement"},
    Rule{"22021", Blame::kEnvironment, false, "the database's encoding does not take a text"},
    Rule{"22P05", Blame::kEnvironment, false, "the database's encoding lacks a character"},
    Rule{"54001", Blame::kEnvironment, false, "a statement is too complex for the server's settings"},
    Rule{"21", Blame::kRow, false, "more rows than the statement can take"},
    Rule{"22", Blame::kRow, false, "a value was refused"},
    Rule{"23502", Blame::kRow, false, "a column that must not be null is null"},
    Rule{"23503", Blame::kRow, false, "a foreign key was violated"},
    Rule{"23505", Blame::kInvariant, false, "a unique key was hit, which earlier decisions should exclude"},
    Rule{"23514", Blame::kRow, false, "a check constraint was violated"},
    Rule{"23", Blame::kRow, false, "an integrity constraint was violated"},
    Rule{"44", Blame::kRow, false, "a view's check option was violated"},
    Rule{"54", Blame::kRow, false, "a value exceeds a limit of PostgreSQL"},
};
constexpr Rule kUnlisted{"", Blame::kEnvironment, false, "PostgreSQL answered with an unexpected error"};

const Rule& rule_for(std::string_view sqlstate) {
  const auto* found = std::ranges::find_if(kRules, [&](const Rule& r) { return sqlstate.starts_with(r.prefix); });
  return found == kRules.end() ? kUnlisted : *found;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == kSqlstateLength &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

// libpq at its verbose setting, behind what libpqxx 7 puts first ("Failure during 'name': "):
//   ERROR:  23514: new row for relation "t" violates check constraint "c"
//   DETAIL:  …
//   SCHEMA NAME:  dlr
//   CONSTRAINT NAME:  c
// The server translates the severity and the sentences; the SQLSTATE, and the labels at the beginning of the later
// lines, which this process's libpq writes in English, are the same everywhere.
struct ServerMessage {
  std::string_view sqlstate;    // empty when the message has none
  std::string_view line;        // the first line behind severity and SQLSTATE
  std::string_view schema;      // of the object that it concerns
  std::string_view constraint;  // empty for a row that no partition takes
  std::string_view column;
};

std::string_view labelled(std::string_view message, std::string_view label) {
  const std::string start = "\n" + std::string(label) + ":  ";
  const auto at = message.find(start);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = message.substr(at + start.size());
  return rest.substr(0, rest.find('\n'));
}

// The text that the caret below the line of the statement points at, as far as the line is shown.
std::string_view pointed_at(std::string_view message) {
  const auto at = message.find("\nLINE ");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = message.substr(at + 1);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  const std::string_view below = rest.substr(std::min(line.size() + 1, rest.size()));
  const auto caret = below.substr(0, below.find('\n')).find('^');
  // The caret counts characters.
  const bool ascii = std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return caret < line.size() && ascii ? line.substr(caret) : std::string_view{};
}

ServerMessage read_message(std::string_view message) {
  ServerMessage out;
  std::string_view first = message.substr(0, message.find('\n'));
  out.line = first;
  for (auto at = first.find(": "); at != std::string_view::npos; at = first.find(": ", at + 1)) {
    std::string_view rest = first.substr(at + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.size() < kSqlstateLength + 2 || rest.substr(kSqlstateLength, 2) != ": ") continue;
    if (!is_sqlstate(rest.substr(0, kSqlstateLength))) continue;
    out.sqlstate = rest.substr(0, kSqlstateLength);
    out.line = rest.substr(kSqlstateLength + 2);
    break;
  }
  out.schema = labelled(message, "SCHEMA NAME");
  out.constraint = labelled(message, "CONSTRAINT NAME");
  out.column = labelled(message, "COLUMN NAME");
  return out;
}

// The messages of these classes quote identifiers and statement text, never a value of a row (rows are parameters).
bool message_is_free_of_rows(std::string_view sqlstate) {
  for (const std::string_view prefix : {"42", "3F", "2B", "0A", "57P", "53", "08", "28"})
    if (sqlstate.starts_with(prefix)) return sqlstate != "42804" && sqlstate != "42846";
  return false;
}

ErrorCode code_of(Blame blame) {
  switch (blame) {
    case Blame::kServer:
    case Blame::kEnvironment:
      return ErrorCode::kUnavailable;
    case Blame::kConflict:
    case Blame::kTimeout:
    case Blame::kInvariant:
      return ErrorCode::kTransient;
    case Blame::kRow:
      return ErrorCode::kData;
    case Blame::kCaller:
      break;
  }
  return ErrorCode::kInternal;
}

// A rule that blames the row or our own keys stands only where nobody else had a say: the statement touches our tables
// alone, and so does the object that PostgreSQL names. A row for which there is no partition carries the SQLSTATE of a
// check constraint and names none.
Blame blame_of(const Rule& rule, std::string_view sqlstate, const ServerMessage& message, Executing executing) {
  if (rule.blame != Blame::kRow && rule.blame != Blame::kInvariant) return rule.blame;
  if (!executing.own_tables_only) return Blame::kEnvironment;
  if (!message.schema.empty() && message.schema != kOwnSchema) return Blame::kEnvironment;
  const bool names_objects = !message.schema.empty();
  if (sqlstate == kCheckViolation && names_objects && message.constraint.empty()) return Blame::kEnvironment;
  return rule.blame;
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
  if (is<pqxx::undefined_column>(thrown)) return "42703";
  if (is<pqxx::syntax_error>(thrown)) return "42601";
  if (is<pqxx::unique_violation>(thrown)) return kUniqueViolation;
  if (is<pqxx::not_null_violation>(thrown)) return "23502";
  if (is<pqxx::foreign_key_violation>(thrown)) return "23503";
  if (is<pqxx::check_violation>(thrown)) return kCheckViolation;
  if (is<pqxx::integrity_constraint_violation>(thrown)) return "23000";
  if (is<pqxx::data_exception>(thrown)) return "22000";
  if (is<pqxx::insufficient_resources>(thrown)) return "53000";
  if (is<pqxx::feature_not_supported>(thrown)) return kNotSupported;
  if (is<pqxx::invalid_sql_statement_name>(thrown)) return "26000";
  return {};
}

std::string_view sqlstate_of(const std::exception& thrown, bool connection_lost) {
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&thrown); sql != nullptr && !sql->sqlstate().empty())
    return sql->sqlstate();
  if (const std::string_view said = read_message(thrown.what()).sqlstate; !said.empty()) return said;
  const std::string_view state = sqlstate_of_type(thrown);
  return state.empty() && connection_lost ? kConnectionFailure : state;
}

// Whether libpqxx refused the call by itself, without asking PostgreSQL.
bool is_misuse(const std::exception& thrown) {
  return is<pqxx::usage_error>(thrown) || is<pqxx::internal_error>(thrown) || is<pqxx::argument_error>(thrown);
}

}  // namespace

std::string_view to_string(Blame blame) {
  switch (blame) {
    case Blame::kServer:
      return "server";
    case Blame::kEnvironment:
      return "environment";
    case Blame::kConflict:
      return "conflict";
    case Blame::kTimeout:
      return "timeout";
    case Blame::kInvariant:
      return "invariant";
    case Blame::kRow:
      return "row";
    case Blame::kCaller:
      return "caller";
  }
  return "caller";
}

DbFailure classify_sqlstate(std::string_view sqlstate, std::string_view message, std::string_view what,
                            Executing executing) {
  const ServerMessage said = read_message(message);
  const Rule& rule = rule_for(sqlstate);
  DbFailure failure;
  failure.sqlstate = sqlstate;
  failure.action = what;
  failure.blame = blame_of(rule, sqlstate, said, executing);
  failure.drop_connection = rule.drop_connection;
  std::string_view phrase = rule.phrase;
  // This session has executed the statement before and cannot any more: a table was altered, so that the prepared
  // statement would return another result. A fresh session plans anew; if it is refused there too, the environment is
  // to blame.
  if (sqlstate == kNotSupported && executing.run_before) {
    failure.blame = Blame::kConflict;
    failure.drop_connection = true;
    phrase = "a table changed under a prepared statement";
  }
  failure.code = code_of(failure.blame);
  if (failure.blame == Blame::kTimeout)
    failure.timed_out = sqlstate == kLockNotAvailable ? TimedOut::kOthers : TimedOut::kStatement;
  failure.text.append(what).append(": ").append(phrase);
  if (!sqlstate.empty()) failure.text.append(" (SQLSTATE ").append(sqlstate).append(")");
  if (!said.constraint.empty()) failure.text.append(", constraint ").append(said.constraint);
  if (!said.column.empty()) failure.text.append(", column ").append(said.column);
  if (message_is_free_of_rows(sqlstate)) {
    failure.said = said.line;
    failure.at = pointed_at(message);
  }
  if (!failure.said.empty()) failure.text.append(": ").append(failure.said);
  return failure;
}

DbFailure classify(const std::exception& thrown, std::string_view what, bool connection_lost, Executing executing) {
  if (is<pqxx::in_doubt_error>(thrown)) {
    DbFailure failure = classify_sqlstate(kConnectionFailure, {}, what, executing);
    failure.in_doubt = true;
    failure.text.append(" during COMMIT: whether it happened is unknown");
    return failure;
  }
  const std::string_view sqlstate = sqlstate_of(thrown, connection_lost);
  DbFailure failure = classify_sqlstate(sqlstate, thrown.what(), what, executing);
  if (sqlstate.empty() && is_misuse(thrown)) {
    failure.blame = Blame::kCaller;
    failure.code = ErrorCode::kInternal;
  }
  failure.drop_connection = failure.drop_connection || connection_lost;
  return failure;
}

}  // namespace dlrgw::host
