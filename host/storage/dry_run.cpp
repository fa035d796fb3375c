// SPDX-License-Identifier: Apache-2.0
#include "storage/dry_run.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "sql_migrations.hpp"
#include "storage/admin_session.hpp"
#include "storage/conninfo.hpp"
#include "storage/owned_relations.hpp"
#include "storage/script_rules.hpp"
#include "support/digest.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kWhat = "--dsn";
constexpr std::string_view kSavepoint = "dlrgw_one";
// In the order in which a statement finds the role that may run it.
constexpr std::array kRunRoles{"dlr_svc", "dlr_relay", "dlr_admin", "dlr_portal", "dlr_maint"};

// A dry run must not wait for long where others work, and must not be left waiting.
std::vector<Setting> settings() {
  std::vector<Setting> out = migrate_session_settings("pg_catalog, pg_temp");
  for (Setting& setting : out) {
    if (setting.name == "lock_timeout") setting.value = "5s";
    if (setting.name == "statement_timeout") setting.value = "30s";
  }
  return out;
}

class DryRun {
 public:
  DryRun(Connection& connection, const DryRunRequest& request) : connection_(connection), request_(request) {}

  Result<DryRunReport> run() {
    // As plain SQL: what one statement breaks must not end the client's idea of a transaction.
    if (DbStatus failure = exec("BEGIN")) return failure->error();
    if (Status made = make_roles(); !made) return made.error();
    if (Status read = read_applied(); !read) return read.error();
    for (const bool views : {false, true})
      for (const Migration& migration : request_.migrations)
        if (migration.is_view == views) try_script(migration);
    if (report_.troubles.empty()) try_rights();
    report_.statements_left_out = !report_.troubles.empty() && !request_.statements.empty();
    if (report_.troubles.empty())
      for (const TriedStatement& statement : request_.statements) try_statement(statement);
    return std::move(report_);
  }

 private:
  DbStatus exec(const std::string& sql, ResultTable* result = nullptr, std::string_view what = kWhat) {
    return connection_.run_sql(sql, {}, result, what);
  }

  // As `migrate` does, and each of the roles that run statements may be taken.
  Status make_roles() {
    std::string sql(kRolesSql);
    sql += "SELECT set_config('dlrgw.plugin', " + sql_literal(request_.plugin) +
           ", true), set_config('dlrgw.plugin_owner', " + sql_literal(plugin_owner_role(request_.plugin)) +
           ", true);\n" + std::string(kPluginOwnerSql);
    for (const std::string role : kRunRoles)
      sql += "DO $$ BEGIN IF NOT pg_has_role(current_user, '" + role + "', 'MEMBER') THEN GRANT " + role +
             " TO CURRENT_USER; END IF; END $$;\n";
    const DbStatus failure = exec(sql);
    if (!failure) return {};
    return Error{failure->code, failure->placed() + "; give an administrator's connection, as migrate takes it"};
  }

  Status read_applied() {
    ResultTable rows;
    if (DbStatus failure =
            exec("SELECT name, kind, sha256 FROM dlr.schema_migrations WHERE owner = " + sql_literal(request_.plugin),
                 &rows))
      return failure->error();
    for (std::uint32_t i = 0; i < rows.rows(); ++i) {
      const auto cell = [&](std::uint32_t column) { return std::string(rows.raw(i, column).value_or("")); };
      applied_[{cell(0), cell(1)}] = cell(2);
    }
    return {};
  }

  void try_script(const Migration& migration) {
    const std::string kind = migration.is_view ? "views" : "tables";
    const std::string label = kind + "/" + migration.name + ".sql";
    const auto before = applied_.find({migration.name, kind});
    if (before != applied_.end()) {
      if (before->second == sha256_hex(migration.sql)) return;
      if (!migration.is_view) {
        report_.troubles.push_back(label +
                                   " has changed since it was applied to this database; restore its text and "
                                   "put the change into a new file");
        return;
      }
    }
    const std::string role = owner_role(migration);
    within(role, script_search_path(role), label, [&]() -> std::optional<std::string> {
      if (const DbStatus failure = run_script(connection_, migration.sql, label))
        return script_error(*failure, label, role).text;
      ResultTable who;
      if (const DbStatus failure = exec("SELECT current_user", &who, label)) return failure->placed();
      if (who.raw(0, 0) != role)
        return label +
               ": it changes its role (SET ROLE, RESET ROLE); migrate runs it over a login that may be nothing "
               "but " +
               role;
      if (role == kOwnerRole) return std::nullopt;
      const Status open = refuse_public(connection_, label);
      return open ? std::nullopt : std::optional(open.error().text);
    });
  }

  void try_rights() {
    if (request_.tables.empty()) return;
    const std::string role = plugin_owner_role(request_.plugin), label = "rights on its tables";
    within(role, script_search_path(role), label, [&]() -> std::optional<std::string> {
      const auto found = relations_of(role, [&](const std::string& sql, ResultTable& rows) -> Status {
        const DbStatus failure = exec(sql, &rows, label);
        return failure ? Status(failure->error()) : Status();
      });
      if (!found) return found.error().text;
      const RightsPlan plan = plan_rights(request_.tables, *found);
      if (!plan.not_there.empty()) return not_there(plan.not_there.front());
      for (const std::string& sql : plan.statements)
        if (const DbStatus failure = exec(sql, nullptr, label)) return failure->placed();
      return std::nullopt;
    });
  }

  // Which role runs it is known only when it runs: one that takes it is enough. The service's is asked first, and its
  // sentence told.
  void try_statement(const TriedStatement& statement) {
    const std::string label = "statement " + statement.name;
    std::optional<std::string> first;
    for (const std::string role : kRunRoles) {
      bool taken = false;
      within(role, "dlr, pg_temp", label, [&]() -> std::optional<std::string> {
        const DbStatus failure = connection_.try_out(label, statement.sql, statement.parameters, kSavepoint);
        taken = !failure;
        if (failure && !first) first = failure->placed();
        return std::nullopt;
      });
      if (taken || !first) return;
    }
    report_.troubles.push_back(std::move(*first));
  }

  // Runs the action as that role; what it changed is kept if it has no complaint.
  template <class Action>
  void within(const std::string& role, std::string_view path, const std::string& label, const Action& action) {
    std::optional<std::string> trouble;
    const auto step = [&](const std::string& sql) {
      if (const DbStatus failure = exec(sql, nullptr, label); failure && !trouble) trouble = failure->placed();
    };
    step("SAVEPOINT " + std::string(kSavepoint));
    step("SET LOCAL ROLE " + sql_identifier(role));
    step("SELECT pg_catalog.set_config('search_path', " + sql_literal(path) + ", true)");
    if (!trouble) trouble = action();
    if (trouble) {
      report_.troubles.push_back(*trouble);
      step("ROLLBACK TO SAVEPOINT " + std::string(kSavepoint));
    }
    step("RESET ROLE");
  }

  Connection& connection_;
  const DryRunRequest& request_;
  std::map<std::pair<std::string, std::string>, std::string> applied_;  // name, kind -> sha256
  DryRunReport report_;
};

}  // namespace

Result<DryRunReport> dry_run(const DryRunRequest& request) {
  const std::array<Setting, 1> name{Setting{"application_name", "dlr-gateway/check-plugin"}};
  auto connection = Connection::open(build_conninfo(request.admin_dsn, connection_defaults(), name), settings(), kWhat);
  if (!connection) return connection.error();
  return DryRun(**connection, request).run();  // the connection ends, and with it the transaction
}

}  // namespace dlrgw::host
