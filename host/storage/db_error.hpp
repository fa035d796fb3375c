// SPDX-License-Identifier: Apache-2.0
// What went wrong in PostgreSQL and what is to blame for it, as closed codes. Pure; any thread.
// A row is never blamed for what the environment did: only a few SQLSTATEs blame a row, and only in a statement that
// touches nothing but our own tables. Texts name the action, the SQLSTATE and the constraint. The
// server's DETAIL, CONTEXT and quoted values never appear: they hold row data, and row data holds phone numbers.
#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

enum class Blame {
  kServer,       // away, or serves nobody: nothing was decided
  kEnvironment,  // schema, privileges, triggers and constraints of others, and whatever is not listed here
  kConflict,     // with another session, or a session or plan that is spoilt: run it again
  kTimeout,      // PostgreSQL let the work wait too long; see TimedOut
  kInvariant,    // one of our unique keys was hit, or a ONE_EACH statement changed another number of rows
  kRow,          // these rows can never be stored
  kCaller,       // whoever ran it broke the interface
};
std::string_view to_string(Blame blame);

// What a time-out was spent on; kNo: it was none.
enum class TimedOut {
  kNo,
  kStatement,  // the work itself: a statement over its time, a unit of work over its deadline
  kOthers,     // waiting for others: for a lock, or for a session of the pool
};

// What was being executed when it failed.
struct Executing {
  bool own_tables_only = false;  // nothing but tables of our schema; false when that is not known
  bool run_before = false;       // a prepared statement that this session has executed before
};

inline constexpr std::string_view kCommitAction = "COMMIT";

struct DbFailure {
  // What a plugin is told: kUnavailable for kServer and kEnvironment, kTransient for kConflict, kTimeout and
  // kInvariant, kData for kRow, kInternal or kInvalid for kCaller.
  ErrorCode code = ErrorCode::kInternal;
  Blame blame = Blame::kCaller;
  std::string sqlstate;          // empty when the server did not say
  bool in_doubt = false;         // the connection was lost during COMMIT: it may or may not have happened
  bool drop_connection = false;  // the session is gone or spoilt
  TimedOut timed_out = TimedOut::kNo;
  std::string action;  // what was being done: "statement outbox.insert", "COMMIT"
  std::string said;    // the server's own sentence, where it quotes no row; else empty
  std::string at;      // then also the text of the statement from where the server finds the trouble
  std::string text;

  [[nodiscard]] Error error() const { return {code, text}; }
  // The text, with the place in the statement where that is known.
  [[nodiscard]] std::string placed() const { return at.empty() ? text : text + ", at \"" + at + "\""; }
};

// message: what the server said, as libpq prints it at its verbose setting; used for the names in it, and quoted only
// for SQLSTATE classes whose messages hold identifiers alone. what: the action, for example "statement outbox.insert".
DbFailure classify_sqlstate(std::string_view sqlstate, std::string_view message, std::string_view what,
                            Executing executing);

// Translates whatever libpqxx threw. connection_lost: the connection is no longer open after the throw.
DbFailure classify(const std::exception& thrown, std::string_view what, bool connection_lost, Executing executing);

}  // namespace dlrgw::host
