// SPDX-License-Identifier: Apache-2.0
#include "storage/migrate.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "shipped_sql.hpp"
#include "sql_migrations.hpp"
#include "storage/hash64.hpp"
#include "storage/migrate_roles.hpp"
#include "storage/owned_relations.hpp"
#include "storage/schema_check.hpp"
#include "storage/script_session.hpp"
#include "support/digest.hpp"
#include "support/version.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kRoleNameMax = 63;

std::string kind_of(const Migration& migration) { return migration.is_view ? "views" : "tables"; }

std::string label_of(const Migration& migration) {
  return migration.owner + ": " + kind_of(migration) + "/" + migration.name + ".sql";
}

class Migrator {
 public:
  Migrator(AdminSession& admin, const MigrateRequest& request) : admin_(admin), request_(request) {}

  // Also after a failure nothing is left of the logins it made.
  Status run();

 private:
  Status steps();
  Status take_turn();
  Status check_names();
  Status read_applied();
  Status refuse_changed();
  Status apply_tables();
  Status apply_views();
  Status declare_rights();
  Status apply_one(const Migration& migration);
  Status declare_rights_of(const PluginTables& plugin);

  [[nodiscard]] const std::string* applied(const Migration& migration) const;
  // Sees to it that session_ is the owner's.
  Status become(const std::string& role);
  void done(const std::string& line);

  AdminSession& admin_;
  const MigrateRequest& request_;
  std::map<std::tuple<std::string, std::string, std::string>, std::string> applied_;  // owner, name, kind -> sha256
  std::unique_ptr<ScriptSession> session_;
  int done_ = 0;
};

const std::string* Migrator::applied(const Migration& migration) const {
  const auto found = applied_.find({migration.owner, migration.name, kind_of(migration)});
  return found == applied_.end() ? nullptr : &found->second;
}

void Migrator::done(const std::string& line) {
  if (!admin_.plan()) admin_.report(line);
  ++done_;
}

Status Migrator::become(const std::string& role) {
  if (session_ && session_->owner_role() == role) return {};
  if (session_) {
    Status closed = session_->close();
    session_.reset();
    if (!closed) return closed;
  }
  auto opened = ScriptSession::open(admin_, request_.owner_dsn, role);
  if (!opened) return opened.error();
  session_ = std::move(*opened);
  return {};
}

Status Migrator::take_turn() {
  const std::array<std::string, 1> key{std::to_string(static_cast<std::int64_t>(hash64("dlr-gateway migrate")))};
  return admin_.read("SELECT pg_advisory_lock($1::bigint)", key, "waiting for another migration of this database");
}

Status Migrator::check_names() {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const Migration& migration : request_.migrations) {
    if (!seen.emplace(migration.owner, migration.name, kind_of(migration)).second)
      return Error{ErrorCode::kInvalid,
                   migration.owner + " has two scripts named " + kind_of(migration) + "/" + migration.name + ".sql"};
  }
  return {};
}

Status Migrator::read_applied() {
  const std::string_view what = "dlr.schema_migrations";
  const Result<bool> there = admin_.ask(
      "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'dlr' AND "
      "c.relname = 'schema_migrations')",
      what);
  if (!there) return there.error();
  if (!*there) return {};  // the plan of a new database
  ResultTable rows;
  Status status = admin_.in_transaction(what, [&]() -> Status {
    if (Status role = admin_.read("SET LOCAL ROLE dlr_owner", {}, what); !role) return role;
    return admin_.read("SELECT owner, name, kind, sha256 FROM dlr.schema_migrations", {}, what, &rows);
  });
  if (!status) return status;
  for (std::uint32_t i = 0; i < rows.rows(); ++i) {
    const auto cell = [&](std::uint32_t column) { return std::string(rows.raw(i, column).value_or("")); };
    applied_[{cell(0), cell(1), cell(2)}] = cell(3);
  }
  return {};
}

Status Migrator::refuse_changed() {
  for (const Migration& migration : request_.migrations) {
    const std::string* before = applied(migration);
    if (migration.is_view || before == nullptr || *before == sha256_hex(migration.sql)) continue;
    return Error{ErrorCode::kInvalid, label_of(migration) +
                                          " has changed since it was applied to this database; restore its text and "
                                          "put the change into a new file"};
  }
  return {};
}

// Inside a transaction of the owner's session.
Status Migrator::apply_one(const Migration& migration) {
  const std::string label = label_of(migration);
  if (admin_.plan()) {
    admin_.report("-- " + label + ", as " + owner_role(migration));
    admin_.report(migration.sql);
    return {};
  }
  if (Status status = session_->apply(migration, label); !status) return status;
  const std::array<std::string, 6> record{migration.owner,           migration.name,    kind_of(migration),
                                          sha256_hex(migration.sql), migration.version, min_binary_of(migration.sql)};
  // The one place where the server's clock is right: it says when this database was changed, not what a receipt means.
  return session_->run(
      "INSERT INTO dlr.schema_migrations (owner, name, kind, sha256, version, min_binary, applied_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, pg_catalog.now()) ON CONFLICT (owner, name, kind) DO UPDATE SET sha256 = "
      "EXCLUDED.sha256, version = EXCLUDED.version, min_binary = EXCLUDED.min_binary, applied_at = EXCLUDED.applied_at",
      record, label);
}

Status Migrator::apply_tables() {
  for (const Migration& migration : request_.migrations) {
    if (migration.is_view || applied(migration) != nullptr) continue;
    if (Status owner = become(owner_role(migration)); !owner) return owner;
    Status status = admin_.plan() ? apply_one(migration)
                                  : session_->in_transaction(label_of(migration), [&] { return apply_one(migration); });
    if (!status) return status;
    done("applied " + label_of(migration));
  }
  return {};
}

Status Migrator::apply_views() {
  bool stale = done_ != 0;
  std::vector<std::string> owners;  // in their order
  for (const Migration& migration : request_.migrations) {
    if (!migration.is_view) continue;
    const std::string* before = applied(migration);
    if (before == nullptr || *before != sha256_hex(migration.sql)) stale = true;
    if (std::ranges::find(owners, owner_role(migration)) == owners.end()) owners.push_back(owner_role(migration));
  }
  if (!stale) return {};
  int views = 0;
  for (const std::string& owner : owners) {
    if (Status became = become(owner); !became) return became;
    // One transaction: nobody sees the moment in which one view is dropped and another not yet there.
    const auto all = [&]() -> Status {
      for (const Migration& migration : request_.migrations) {
        if (!migration.is_view || owner_role(migration) != owner) continue;
        if (Status one = apply_one(migration); !one) return one;
        ++views;
      }
      return {};
    };
    if (Status status = admin_.plan() ? all() : session_->in_transaction("views", all); !status) return status;
  }
  if (views != 0) done("applied " + std::to_string(views) + " views");
  return {};
}

Status Migrator::declare_rights_of(const PluginTables& plugin) {
  const std::string role = plugin_owner_role(plugin.plugin);
  const std::string what = "rights on the tables of plugin " + plugin.plugin;
  if (admin_.plan()) {
    admin_.report("-- " + what + ", as " + role);
    for (const TableRights& rights : plugin.tables) admin_.report(rights_sql(rights));
    return {};
  }
  const auto found = relations_of(role, [&](const std::string& sql, ResultTable& rows) {
    return admin_.read(sql, {}, "rights on the tables of role " + role, &rows);
  });
  if (!found) return found.error();
  const RightsPlan plan = plan_rights(plugin.tables, *found);
  if (!plan.not_there.empty())
    return Error{ErrorCode::kInvalid, "plugin " + plugin.plugin + ": " + not_there(plan.not_there.front())};
  if (plan.statements.empty()) return {};
  if (Status owner = become(role); !owner) return owner;
  Status status = session_->in_transaction(what, [&]() -> Status {
    for (const std::string& sql : plan.statements)
      if (Status one = session_->run(sql, {}, what); !one) return one;
    return {};
  });
  if (status) done("granted " + what);
  return status;
}

Status Migrator::declare_rights() {
  for (const PluginTables& plugin : request_.tables) {
    if (plugin.tables.empty()) continue;
    if (Status status = declare_rights_of(plugin); !status) return status;
  }
  return {};
}

Status Migrator::steps() {
  std::set<std::string> plugins;
  for (const Migration& migration : request_.migrations)
    if (owner_role(migration) != kOwnerRole) plugins.insert(migration.owner);
  const std::array steps{
      std::function<Status()>([&] { return take_turn(); }),
      std::function<Status()>([&] { return check_foreign_tables(admin_); }),
      std::function<Status()>([&] { return make_roles(admin_, plugins); }),
      std::function<Status()>([&] { return set_passwords(admin_, request_.passwords); }),
      std::function<Status()>([&]() -> Status {
        const Result<bool> granted = grant_foreign(admin_);
        if (!granted) return granted.error();
        if (*granted) done("granted on the tables of other services");
        return {};
      }),
      std::function<Status()>([&] { return sweep_logins(admin_); }),
      std::function<Status()>([&] { return check_names(); }),
      std::function<Status()>([&] { return read_applied(); }),
      std::function<Status()>([&] { return refuse_changed(); }),
      std::function<Status()>([&] { return apply_tables(); }),
      std::function<Status()>([&] { return apply_views(); }),
      std::function<Status()>([&] { return declare_rights(); }),
  };
  for (const auto& step : steps)
    if (Status status = step(); !status) return status;
  return {};
}

Status Migrator::run() {
  Status status = steps();
  if (session_) {
    const Status closed = session_->close();
    if (status) status = closed;
  }
  if (status && done_ == 0) admin_.report(admin_.plan() ? "-- nothing to do beyond this" : "nothing to do");
  return status;
}

}  // namespace

std::string plugin_owner_role(std::string_view plugin) {
  std::string role = std::string(kOwnerRole) + "_" + std::string(plugin);
  if (role.size() <= kRoleNameMax) return role;
  const std::string digest = sha256_hex(plugin).substr(0, 16);
  return role.substr(0, kRoleNameMax - digest.size() - 1) + "_" + digest;
}

std::string owner_role(const Migration& migration) {
  const bool ours = std::ranges::find(kShippedSql, sha256_hex(migration.sql)) != std::end(kShippedSql);
  return ours ? std::string(kOwnerRole) : plugin_owner_role(migration.owner);
}

Status migrate(const MigrateRequest& request, const MigrateReport& report) {
  const MigrateReport silent = [](std::string_view) {};
  const MigrateReport& told = report ? report : silent;
  auto admin = AdminSession::open(request.admin_dsn, request.plan, told);
  if (!admin) return admin.error();
  return Migrator(**admin, request).run();
}

std::vector<Migration> host_migrations() {
  std::vector<Migration> all;
  for (const dlrgw_migration& one : kMigrations)
    all.push_back({"host", std::string(one.name.ptr, one.name.len), one.kind == DLRGW_MIGRATION_VIEWS,
                   std::string(one.sql.ptr, one.sql.len), std::string(kVersion)});
  return all;
}

}  // namespace dlrgw::host
