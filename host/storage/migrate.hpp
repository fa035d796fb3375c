// SPDX-License-Identifier: Apache-2.0
// Brings a database to the state that this gateway and its plugins need: roles, schema, tables, views, grants.
// Idempotent; two at once take turns. Called by the subcommand `migrate` and by tests, with an administrator's DSN.
// The administrator's connection makes roles and the schema; scripts run over a connection of their owner alone.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/table_rights.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

inline constexpr std::string_view kOwnerRole = "dlr_owner";

struct Migration {
  std::string owner;  // "host", or the plugin's id
  std::string name;   // unique per owner and kind
  bool is_view = false;
  std::string sql;        // runs as its owner_role() in a transaction of its own; no BEGIN or COMMIT inside
  std::string version{};  // of the gateway or plugin that brings it
};

// The role that a script runs as: dlr_owner for SQL that is part of this gateway's source, told by its text; a role of
// the plugin's own for everything else.
std::string owner_role(const Migration& migration);
// Of whatever that plugin brings: "dlr_owner_com.acme", shortened where PostgreSQL would cut it.
std::string plugin_owner_role(std::string_view plugin);

// Empty: leave the role's password as it is.
struct RolePasswords {
  std::string svc, relay, admin, portal, maint;
};

// What one plugin declares of its tables.
struct PluginTables {
  std::string plugin;
  std::vector<TableRights> tables;
};

struct MigrateRequest {
  std::string admin_dsn;
  std::string owner_dsn{};  // a login that may nothing, for the scripts; empty: one is made and ended
  RolePasswords passwords{};
  std::span<const Migration> migrations{};
  std::span<const PluginTables> tables{};
  bool plan = false;  // reads and changes nothing; every statement is reported
};

// One line per thing done, "nothing to do" included; in a plan the statements.
using MigrateReport = std::function<void(std::string_view line)>;

// Tables are applied once each, in the given order; an applied script whose text has changed is refused before anything
// is applied. Then the views: all of them, when any is new or changed or a table script was applied, because one view's
// DROP … CASCADE may take another along. Then what plugins declare of their tables.
// kNotFound: orch.sms_messages or smpp.message_correlations, which other services own, do not exist.
// kDenied: the administrator lacks a right, or PostgreSQL refused a script. kInvalid: a changed script, one name twice,
// a script that ends its transaction.
Status migrate(const MigrateRequest& request, const MigrateReport& report);

// What the host itself owns.
std::vector<Migration> host_migrations();

}  // namespace dlrgw::host
