// SPDX-License-Identifier: Apache-2.0
#include "storage/admin_session.hpp"

#include <array>

#include "storage/transaction.hpp"

namespace dlrgw::host {
namespace {

constexpr int kAttempts = 5;

// "tuple concurrently updated" (XX000) and a role created at the same moment: the other one has finished by now.
bool may_be_a_race(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTransient;
}

}  // namespace

std::vector<Setting> migrate_session_settings(std::string_view search_path) {
  return {{"lock_timeout", "60s"},   {"statement_timeout", "0"},         {"TimeZone", "UTC"},
          {"DateStyle", "ISO, MDY"}, {"client_min_messages", "warning"}, {"search_path", std::string(search_path)}};
}

Result<std::unique_ptr<AdminSession>> AdminSession::open(const std::string& dsn, bool plan,
                                                         const MigrateReport& report) {
  // A plugin may make functions in schema dlr: none of them is ever called by a name that the administrator uses.
  std::vector<Setting> settings = migrate_session_settings("pg_catalog, pg_temp");
  if (plan) settings.push_back({"default_transaction_read_only", "on"});
  const std::array<Setting, 1> name{Setting{"application_name", "dlr-gateway/migrate"}};
  std::unique_ptr<AdminSession> out(new AdminSession(dsn, plan, report));
  auto connection = Connection::open(build_conninfo(dsn, connection_defaults(), name), settings, "migrate");
  if (!connection) return connection.error();
  out->connection_ = std::move(*connection);
  return out;
}

Status AdminSession::read(const std::string& sql, Parameters parameters, std::string_view what, ResultTable* result) {
  if (const DbStatus failure = connection_->run_sql(sql, parameters, result, what)) return failure->error();
  return {};
}

Result<bool> AdminSession::ask(const std::string& question, std::string_view what) {
  ResultTable answer;
  if (Status status = read(question, {}, what, &answer); !status) return status.error();
  return answer.raw(0, 0) == "t";
}

Status AdminSession::change(const std::string& sql, std::string_view what, Parameters parameters) {
  if (!plan_) return read(sql, parameters, what);
  report("-- " + std::string(what) + ", as the administrator");
  report(sql);
  return {};
}

Status AdminSession::in_transaction(std::string_view what, const std::function<Status()>& action) {
  Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    status = in_one_transaction(*connection_, what, action);
    if (status || !may_be_a_race(status.error())) break;
  }
  return status;
}

Status keep_quiet(AdminSession& admin, std::string_view what) {
  return admin.change(
      "SELECT set_config(name, value, true) FROM (VALUES ('log_statement', 'none'), ('log_min_duration_statement', "
      "'-1'), ('log_min_duration_sample', '-1'), ('log_min_error_statement', 'panic'), ('pg_stat_statements.track', "
      "'none')) AS s(name, value) WHERE current_setting('is_superuser') = 'on';",
      what);
}

}  // namespace dlrgw::host
