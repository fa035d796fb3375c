// SPDX-License-Identifier: Apache-2.0
#include "storage/migrate.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>

#include "sql_migrations.hpp"
#include "storage/connection.hpp"
#include "storage/hash64.hpp"
#include "storage/schema_check.hpp"
#include "support/version.hpp"

namespace dlrgw::host {
namespace {

constexpr int kRoleAttempts = 5;  // roles belong to the cluster: another database may be migrated at the same time

// Whether a concurrent migration may have caused the error, so that the statement is worth another attempt.
bool may_be_a_race(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTransient;
}

struct Table {
  const char* schema;
  const char* name;
};
constexpr std::array kForeignTables{Table{"orch", "sms_messages"}, Table{"smpp", "message_correlations"}};

// True when foreign_grants.sql has nothing left to grant. By oid: a name would need USAGE on its schema.
constexpr std::string_view kForeignGrantsComplete = R"(
  SELECT has_schema_privilege('dlr_svc', m.relnamespace, 'USAGE') AND has_schema_privilege('dlr_svc', k.relnamespace, 'USAGE')
     AND has_schema_privilege('dlr_owner', m.relnamespace, 'USAGE')
     AND has_schema_privilege('dlr_admin', m.relnamespace, 'USAGE') AND has_schema_privilege('dlr_admin', k.relnamespace, 'USAGE')
     AND has_table_privilege('dlr_svc', k.oid, 'SELECT')
     AND (SELECT bool_and(has_column_privilege('dlr_admin', k.oid, col, 'SELECT'))
          FROM unnest(ARRAY['operator_id','operator_message_id','message_id','segment_index','total_segments','dlr_requested',
                            'connector_id','submitted_at']) AS col)
     AND (SELECT bool_and(has_column_privilege(role, m.oid, col, privilege)) FROM (VALUES
       ('dlr_svc', 'SELECT', ARRAY['message_id','account_id','operator_id','to_addr','client_ref','segment_count','status',
                                   'dlr_status','dlr_received_at','processed_at','submitted_at']),
       ('dlr_svc', 'UPDATE', ARRAY['status','dlr_status','dlr_received_at','processed_at']),
       ('dlr_owner', 'SELECT', ARRAY['message_id','account_id','segment_count','status','submitted_at']),
       ('dlr_admin', 'SELECT', ARRAY['message_id','account_id','operator_id','client_ref','segment_count','status',
                                     'dlr_status','dlr_received_at','processed_at','submitted_at'])
     ) AS need(role, privilege, cols), unnest(need.cols) AS col)
  FROM (SELECT c.oid, c.relnamespace FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'orch' AND c.relname = 'sms_messages') m,
       (SELECT c.oid, c.relnamespace FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'smpp' AND c.relname = 'message_correlations') k)";

std::string kind_of(const Migration& migration) { return migration.is_view ? "views" : "tables"; }

class Migrator {
 public:
  Migrator(Connection& connection, const MigrateReport& report) : connection_(connection), report_(report) {}

  Status run(const RolePasswords& passwords, std::span<const Migration> migrations);

 private:
  using Parameters = std::span<const std::string>;

  Status sql(const std::string& text, Parameters parameters, std::string_view what, ResultTable* result = nullptr);
  template <class Action>
  Status in_transaction(std::string_view what, Action&& action);
  Result<bool> ask(const std::string& question, std::string_view what);

  Status take_turn();
  Status check_foreign_tables();
  Status roles();
  Status set_passwords(const RolePasswords& passwords);
  Status foreign_grants();
  Status read_applied();
  Status hash_all(std::span<const Migration> migrations);
  Status refuse_changed(std::span<const Migration> migrations);
  Status apply_tables(std::span<const Migration> migrations);
  Status apply_views(std::span<const Migration> migrations);
  Status apply_one(const Migration& migration, const std::string& sha256);

  Connection& connection_;
  const MigrateReport& report_;
  std::map<std::tuple<std::string, std::string, std::string>, std::string> applied_;  // owner, name, kind -> sha256
  std::vector<std::string> hashes_;  // of the given migrations, in their order
  int done_ = 0;
};

Status Migrator::sql(const std::string& text, Parameters parameters, std::string_view what, ResultTable* result) {
  if (const DbStatus failure = connection_.run_sql(text, parameters, result, what)) return failure->error();
  return {};
}

template <class Action>
Status Migrator::in_transaction(std::string_view what, Action&& action) {
  if (const DbStatus failure = connection_.begin()) return failure->error();
  if (Status status = action(); !status) {
    connection_.rollback();
    return status;
  }
  if (DbStatus failure = connection_.commit()) {
    failure->text = std::string(what) + ", " + failure->text;
    return failure->error();
  }
  return {};
}

Result<bool> Migrator::ask(const std::string& question, std::string_view what) {
  ResultTable answer;
  if (Status status = sql(question, {}, what, &answer); !status) return status.error();
  return answer.raw(0, 0) == "t";
}

Status Migrator::take_turn() {
  const std::array<std::string, 1> key{std::to_string(static_cast<std::int64_t>(hash64("dlr-gateway migrate")))};
  return sql("SELECT pg_advisory_lock($1::bigint)", key, "waiting for another migration of this database");
}

Status Migrator::check_foreign_tables() {
  for (const Table& table : kForeignTables) {
    const std::array<std::string, 2> name{table.schema, table.name};
    const std::string full_name = name[0] + "." + name[1];
    ResultTable found;
    // The catalogue itself: to_regclass() is refused to an administrator without USAGE on the schema.
    if (Status status = sql("SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                            "WHERE n.nspname = $1 AND c.relname = $2",
                            name, "looking for " + full_name, &found);
        !status)
      return status;
    if (found.rows() == 0)
      return Error{ErrorCode::kNotFound, "table " + full_name +
                                             " does not exist in this database; it belongs to another "
                                             "service: create it there first, or correct the DSN"};
  }
  return {};
}

Status Migrator::roles() {
  Status status;
  for (int attempt = 0; attempt < kRoleAttempts; ++attempt) {
    status = in_transaction("roles", [this] { return sql(std::string(kRolesSql), {}, "roles and schema"); });
    // "tuple concurrently updated" (XX000) and a role created at the same moment: the other one has finished by now.
    if (status || !may_be_a_race(status.error())) break;
  }
  return status;
}

Status Migrator::set_passwords(const RolePasswords& passwords) {
  const std::array<std::pair<std::string, const std::string*>, 5> all{{{"dlr_svc", &passwords.svc},
                                                                       {"dlr_relay", &passwords.relay},
                                                                       {"dlr_admin", &passwords.admin},
                                                                       {"dlr_portal", &passwords.portal},
                                                                       {"dlr_maint", &passwords.maint}}};
  // The text of ALTER ROLE holds the password. A superuser can keep it out of the server's log and statistics; for
  // everyone else it travels as a parameter and is put into the command inside the server.
  const std::string quiet =
      "SELECT set_config(name, value, true) FROM (VALUES ('log_statement', 'none'), ('log_min_duration_statement', "
      "'-1'),"
      " ('log_min_duration_sample', '-1'), ('log_min_error_statement', 'panic'), ('pg_stat_statements.track', 'none'))"
      " AS s(name, value) WHERE current_setting('is_superuser') = 'on'";
  const std::string alter =
      "DO $$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', current_setting('dlrgw.role'), "
      "current_setting('dlrgw.password')); END $$";
  for (const auto& [role, password] : all) {
    if (password->empty()) continue;
    const std::string what = "password of role " + role;
    const std::array<std::string, 2> parameters{role, *password};
    Status status;
    for (int attempt = 0; attempt < kRoleAttempts; ++attempt) {
      status = in_transaction(what, [&]() -> Status {
        if (Status s = sql(quiet, {}, what); !s) return s;
        if (Status s = sql("SELECT set_config('password_encryption', 'scram-sha-256', true), "
                           "set_config('dlrgw.role', $1, true), set_config('dlrgw.password', $2, true)",
                           parameters, what);
            !s)
          return s;
        return sql(alter, {}, what);
      });
      if (status || !may_be_a_race(status.error())) break;
    }
    if (!status) return status;
  }
  return {};
}

Status Migrator::foreign_grants() {
  const std::string what = "grants on the tables of other services";
  Result<bool> granted = ask(std::string(kForeignGrantsComplete), what);
  if (!granted) return granted.error();
  if (*granted) return {};
  if (Status status = in_transaction(what, [&] { return sql(std::string(kForeignGrantsSql), {}, what); }); !status)
    return status;
  granted = ask(std::string(kForeignGrantsComplete), what);  // a GRANT without the right to grant is only a warning
  if (!granted) return granted.error();
  if (!*granted)
    return Error{ErrorCode::kDenied, what +
                                         ": this administrator may not grant them; run migrate as the owner of "
                                         "orch.sms_messages and smpp.message_correlations or as superuser"};
  report_("granted " + what.substr(what.find("on ")));
  ++done_;
  return {};
}

Status Migrator::read_applied() {
  const std::string_view what = "dlr.schema_migrations";
  ResultTable rows;
  Status status = in_transaction(what, [&]() -> Status {
    if (Status role = sql("SET LOCAL ROLE dlr_owner", {}, what); !role) return role;
    return sql("SELECT owner, name, kind, sha256 FROM dlr.schema_migrations", {}, what, &rows);
  });
  if (!status) return status;
  for (std::uint32_t i = 0; i < rows.rows(); ++i) {
    const auto cell = [&](std::uint32_t column) { return std::string(rows.raw(i, column).value_or("")); };
    applied_[{cell(0), cell(1), cell(2)}] = cell(3);
  }
  return {};
}

Status Migrator::hash_all(std::span<const Migration> migrations) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const Migration& migration : migrations) {
    if (!seen.emplace(migration.owner, migration.name, kind_of(migration)).second)
      return Error{ErrorCode::kInvalid,
                   migration.owner + " has two scripts named " + kind_of(migration) + "/" + migration.name + ".sql"};
    const std::array<std::string, 1> text{migration.sql};
    ResultTable answer;
    if (Status status = sql("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", text,
                            "checksum of " + migration.owner + ", " + migration.name + ".sql", &answer);
        !status)
      return status;
    hashes_.emplace_back(answer.raw(0, 0).value_or(""));
  }
  return {};
}

Status Migrator::refuse_changed(std::span<const Migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const Migration& migration = migrations[i];
    const auto found = applied_.find({migration.owner, migration.name, kind_of(migration)});
    if (migration.is_view || found == applied_.end() || found->second == hashes_[i]) continue;
    return Error{ErrorCode::kInvalid,
                 migration.owner + ": tables/" + migration.name +
                     ".sql has changed since it was applied to this database; restore its text and "
                     "put the change into a new file"};
  }
  return {};
}

Status Migrator::apply_one(const Migration& migration, const std::string& sha256) {
  const std::string label = migration.owner + ": " + kind_of(migration) + "/" + migration.name + ".sql";
  const std::array<std::string, 6> record{migration.owner, migration.name,    kind_of(migration),
                                          sha256,          migration.version, min_binary_of(migration.sql)};
  if (Status status = sql("SET LOCAL ROLE dlr_owner; SET LOCAL dlrgw.script = 'open'", {}, label); !status)
    return status;
  if (Status status = sql(migration.sql, {}, label); !status) return status;
  // A LOCAL setting ends with the transaction: gone means that the script committed half of itself.
  const Result<bool> open = ask("SELECT current_setting('dlrgw.script', true) = 'open'", label);
  if (!open) return open.error();
  if (!*open)
    return Error{ErrorCode::kInvalid, label + ": a script must not end its transaction (BEGIN, COMMIT, ROLLBACK)"};
  // The one place where the server's clock is right: it says when this database was changed, not what a receipt means.
  return sql(
      "INSERT INTO dlr.schema_migrations (owner, name, kind, sha256, version, min_binary, applied_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, now()) ON CONFLICT (owner, name, kind) DO UPDATE SET sha256 = EXCLUDED.sha256, "
      "version = EXCLUDED.version, min_binary = EXCLUDED.min_binary, applied_at = EXCLUDED.applied_at",
      record, label);
}

Status Migrator::apply_tables(std::span<const Migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const Migration& migration = migrations[i];
    if (migration.is_view || applied_.contains({migration.owner, migration.name, kind_of(migration)})) continue;
    if (Status status = in_transaction(migration.name, [&] { return apply_one(migration, hashes_[i]); }); !status)
      return status;
    report_("applied " + migration.owner + ": tables/" + migration.name + ".sql");
    ++done_;
  }
  return {};
}

Status Migrator::apply_views(std::span<const Migration> migrations) {
  bool stale = done_ != 0;
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const auto found = applied_.find({migrations[i].owner, migrations[i].name, kind_of(migrations[i])});
    if (migrations[i].is_view && (found == applied_.end() || found->second != hashes_[i])) stale = true;
  }
  if (!stale) return {};
  int views = 0;
  // One transaction: nobody sees the moment in which one view is dropped and another not yet there.
  Status status = in_transaction("views", [&]() -> Status {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
      if (!migrations[i].is_view) continue;
      if (Status one = apply_one(migrations[i], hashes_[i]); !one) return one;
      ++views;
    }
    return {};
  });
  if (status && views != 0) {
    report_("applied " + std::to_string(views) + " views");
    ++done_;
  }
  return status;
}

Status Migrator::run(const RolePasswords& passwords, std::span<const Migration> migrations) {
  const std::array steps{
      std::function<Status()>([&] { return take_turn(); }),
      std::function<Status()>([&] { return check_foreign_tables(); }),
      std::function<Status()>([&] { return roles(); }),
      std::function<Status()>([&] { return set_passwords(passwords); }),
      std::function<Status()>([&] { return foreign_grants(); }),
      std::function<Status()>([&] { return read_applied(); }),
      std::function<Status()>([&] { return hash_all(migrations); }),
      std::function<Status()>([&] { return refuse_changed(migrations); }),
      std::function<Status()>([&] { return apply_tables(migrations); }),
      std::function<Status()>([&] { return apply_views(migrations); }),
  };
  for (const auto& step : steps)
    if (Status status = step(); !status) return status;
  if (done_ == 0) report_("nothing to do");
  return {};
}

}  // namespace

Status migrate(const std::string& admin_dsn, const RolePasswords& passwords, std::span<const Migration> migrations,
               const MigrateReport& report) {
  const std::vector<Setting> session{{"lock_timeout", "60s"}, {"statement_timeout", "0"},
                                     {"TimeZone", "UTC"},     {"DateStyle", "ISO, MDY"},
                                     {"search_path", "dlr"},  {"client_min_messages", "warning"}};
  const std::array<Setting, 1> name{Setting{"application_name", "dlr-gateway/migrate"}};
  Result<std::unique_ptr<Connection>> connection =
      Connection::open(build_conninfo(admin_dsn, connection_defaults(), name), session, "migrate");
  if (!connection) return connection.error();
  const MigrateReport silent = [](std::string_view) {};
  return Migrator(**connection, report ? report : silent).run(passwords, migrations);
}

std::vector<Migration> host_migrations() {
  std::vector<Migration> all;
  for (const dlrgw_migration& one : kMigrations)
    all.push_back({"host", std::string(one.name.ptr, one.name.len), one.kind == DLRGW_MIGRATION_VIEWS,
                   std::string(one.sql.ptr, one.sql.len), std::string(kVersion)});
  return all;
}

}  // namespace dlrgw::host
