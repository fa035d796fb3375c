// What went wrong in PostgreSQL, as a closed code. Pure; any thread.
// Texts name the action, the SQLSTATE and the constraint. The server's DETAIL, CONTEXT and quoted values never appear:
// they hold row data, and row data holds phone numbers.
#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

// What a time-out was spent on; kNo: it was none.
enum class TimedOut {
  kNo,
  kStatement,  // the work itself: a statement over its time, a unit of work over its deadline
  kOthers,     // what others hold: a lock, the sessions of the pool
};

struct DbFailure {
  // kUnavailable: the server is away or cannot serve (08, 28, 53, 57P01-57P05, 58, 25006): nothing was decided.
  // kTransient:   a conflict or time-out (40, 55P03, 57014, 25P03, 25P04, 26000), or a broken invariant: run again.
  // kData:        these rows can never succeed (21, 22, 23 but 23505, 44, 54, 42804, 42846).
  // kDenied:      42501. kInvalid: the caller broke the interface. kInternal: anything else, a wrong statement mostly.
  ErrorCode code = ErrorCode::kInternal;
  std::string sqlstate;          // empty when the server did not say
  bool in_doubt = false;         // the connection was lost during COMMIT: it may or may not have happened
  bool invariant = false;        // a unique key was hit, or a ONE_EACH statement affected another number of rows
  bool drop_connection = false;  // the session is gone or spoilt
  TimedOut timed_out = TimedOut::kNo;
  std::string text;

  [[nodiscard]] Error error() const { return {code, text}; }
};

// message: the server's primary message, used only for SQLSTATE classes whose messages hold identifiers alone.
// what: the action, for example "statement outbox.insert".
DbFailure classify_sqlstate(std::string_view sqlstate, std::string_view message, std::string_view what);

// Translates whatever libpqxx threw. connection_lost: the connection is no longer open after the throw.
DbFailure classify(const std::exception& thrown, std::string_view what, bool connection_lost);

}  // namespace dlrgw::host
