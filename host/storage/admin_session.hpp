// SPDX-License-Identifier: Apache-2.0
// The administrator's connection of a migration. In a plan what would change something is printed instead of run.
// Owned by one migration; one thread.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "storage/connection.hpp"
#include "storage/migrate.hpp"

namespace dlrgw::host {

class AdminSession {
 public:
  // Errors as of Connection::open(). A plan's session is read-only.
  static Result<std::unique_ptr<AdminSession>> open(const std::string& dsn, bool plan, const MigrateReport& report);

  using Parameters = std::span<const std::string>;
  // Runs in a plan too; inside the transaction if there is one.
  Status read(const std::string& sql, Parameters parameters, std::string_view what, ResultTable* result = nullptr);
  // One boolean.
  Result<bool> ask(const std::string& question, std::string_view what);
  // Several statements are allowed without parameters; a plan prints `sql` and leaves the parameters out.
  Status change(const std::string& sql, std::string_view what, Parameters parameters = {});
  // In a transaction of its own. What another migration of the same cluster can have caused is tried again: roles
  // belong to the cluster, and one of another database may run beside us.
  Status in_transaction(std::string_view what, const std::function<Status()>& action);

  [[nodiscard]] bool plan() const { return plan_; }
  void report(std::string_view line) const { report_(line); }
  [[nodiscard]] const std::string& dsn() const { return dsn_; }

 private:
  AdminSession(std::string dsn, bool plan, const MigrateReport& report)
      : dsn_(std::move(dsn)), plan_(plan), report_(report) {}

  const std::string dsn_;
  const bool plan_;
  const MigrateReport& report_;
  std::unique_ptr<Connection> connection_;
};

// What a session of a migration sets beside connection_defaults(): scripts may wait and take long. `search_path` is
// where unqualified names are looked for.
std::vector<Setting> migrate_session_settings(std::string_view search_path);

// Keeps a password out of the server's log and statistics for this transaction, as far as the administrator may.
Status keep_quiet(AdminSession& admin, std::string_view what);

}  // namespace dlrgw::host
