// SPDX-License-Identifier: Apache-2.0
// Brings a database to the state that this gateway and its plugins need: roles, schema, tables, views, grants.
// Idempotent; two at once take turns. Called by the subcommand `migrate` and by tests, with an administrator's DSN.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace dlrgw::host {

struct Migration {
  std::string owner;  // "host", or the plugin's id
  std::string name;   // unique per owner and kind
  bool is_view = false;
  std::string sql;        // runs as dlr_owner in a transaction of its own; no BEGIN or COMMIT inside
  std::string version{};  // of the gateway or plugin that brings it
};

// Empty: leave the role's password as it is.
struct RolePasswords {
  std::string svc, relay, admin, portal, maint;
};

// One line per thing done, "nothing to do" included.
using MigrateReport = std::function<void(std::string_view line)>;

// Tables are applied once each, in the given order; an applied script whose text has changed is refused before anything
// is applied. Then the views: all of them, when any is new or changed or a table script was applied, because one view's
// DROP … CASCADE may take another along.
// kNotFound: orch.sms_messages or smpp.message_correlations, which other services own, do not exist.
// kDenied: the administrator lacks a right. kInvalid: a changed script, or one name twice.
Status migrate(const std::string& admin_dsn, const RolePasswords& passwords, std::span<const Migration> migrations,
               const MigrateReport& report);

// What the host itself owns.
std::vector<Migration> host_migrations();

}  // namespace dlrgw::host
