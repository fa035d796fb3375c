// SPDX-License-Identifier: Apache-2.0
// One session of PostgreSQL and at most one transaction in it. The only place that calls libpqxx; nothing it throws
// leaves. Owned by a pool, a leader lock or a migration; one thread at a time. Never reconnects by itself.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/conninfo.hpp"
#include "storage/db_error.hpp"
#include "storage/result_table.hpp"
#include "storage/statement.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// Empty = it worked.
using DbStatus = std::optional<DbFailure>;

class Connection {
 public:
  // what: names the connection in errors, for example "pool svc". kDenied: the settings are not in force on this server
  // as they must be; no other attempt would end differently. kUnavailable: anything else, a standby among it.
  static Result<std::unique_ptr<Connection>> open(const std::string& conninfo, std::span<const Setting> session,
                                                  std::string_view what);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool is_open() const;
  // Without a round trip: false when the server has closed an idle connection.
  [[nodiscard]] bool looks_alive() const;

  // Asks the server, outside a transaction: it answers, it is no standby, and it still is the session that was opened.
  [[nodiscard]] DbStatus check(std::string_view what);
  // A pooler stands between: the session that answers is not the one that logged in.
  [[nodiscard]] bool pooled() const;
  // The server's process that answers now, outside a transaction that is not begun; 0 when it cannot be asked.
  [[nodiscard]] std::int64_t backend_pid();

  [[nodiscard]] DbStatus begin();
  // in_doubt when the connection was lost while the server worked on it.
  [[nodiscard]] DbStatus commit();
  void rollback();
  [[nodiscard]] bool in_transaction() const;

  // Runs a compiled statement inside the transaction; prepared on first use, per connection. arrays: its
  // parameters in binary format. result may be null. affected: rows inserted, updated, deleted or returned.
  [[nodiscard]] DbStatus run(const Statement& statement, std::span<const std::string> arrays, ResultTable* result,
                             std::uint64_t& affected);
  // Whether the server takes the statement: it is parsed, planned, and its privileges are checked; it is not executed.
  // sql: with that many parameters, $1 and on. Outside a transaction; or inside one that was begun as plain SQL, with
  // the name of a savepoint to go back to.
  [[nodiscard]] DbStatus try_out(std::string_view what, const std::string& sql, std::size_t parameters,
                                 std::string_view savepoint = {});
  // Plain SQL, inside the transaction if there is one; several statements are allowed when there are no parameters.
  [[nodiscard]] DbStatus run_sql(const std::string& sql, std::span<const std::string> parameters, ResultTable* result,
                                 std::string_view what);

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);

  DbStatus set_up(std::span<const Setting> session, std::string_view what);

  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
