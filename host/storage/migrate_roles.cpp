// SPDX-License-Identifier: Apache-2.0
#include "storage/migrate_roles.hpp"

#include <array>

#include "sql_migrations.hpp"

namespace dlrgw::host {
namespace {

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

}  // namespace

Status check_foreign_tables(AdminSession& admin) {
  for (const Table& table : kForeignTables) {
    const std::array<std::string, 2> name{table.schema, table.name};
    const std::string full_name = name[0] + "." + name[1];
    ResultTable found;
    // The catalogue itself: to_regclass() is refused to an administrator without USAGE on the schema.
    if (Status status = admin.read("SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
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

Status make_roles(AdminSession& admin, const std::set<std::string>& plugins) {
  const std::string_view what = "roles and schema";
  if (Status made = admin.in_transaction(what, [&] { return admin.change(std::string(kRolesSql), what); }); !made)
    return made;
  for (const std::string& plugin : plugins) {
    const std::string owner = "owner of the tables of plugin " + plugin;
    const std::string sql = "SELECT set_config('dlrgw.plugin', " + sql_literal(plugin) +
                            ", true), set_config('dlrgw.plugin_owner', " + sql_literal(plugin_owner_role(plugin)) +
                            ", true);\n" + std::string(kPluginOwnerSql);
    if (Status made = admin.in_transaction(owner, [&] { return admin.change(sql, owner); }); !made) return made;
  }
  return {};
}

Status set_passwords(AdminSession& admin, const RolePasswords& passwords) {
  const std::array<std::pair<std::string, const std::string*>, 5> all{{{"dlr_svc", &passwords.svc},
                                                                       {"dlr_relay", &passwords.relay},
                                                                       {"dlr_admin", &passwords.admin},
                                                                       {"dlr_portal", &passwords.portal},
                                                                       {"dlr_maint", &passwords.maint}}};
  // The text of ALTER ROLE holds the password. A superuser can keep it out of the server's log and statistics; for
  // everyone else it travels as a parameter and is put into the command inside the server.
  const std::string alter =
      "DO $$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', current_setting('dlrgw.role'), "
      "current_setting('dlrgw.password')); END $$;";
  for (const auto& [role, password] : all) {
    if (password->empty()) continue;
    const std::string what = "password of role " + role;
    const std::array<std::string, 2> parameters{role, *password};
    Status status = admin.in_transaction(what, [&]() -> Status {
      if (Status s = keep_quiet(admin, what); !s) return s;
      if (Status s = admin.change("SELECT set_config('password_encryption', 'scram-sha-256', true), "
                                  "set_config('dlrgw.role', $1, true), set_config('dlrgw.password', $2, true);",
                                  what, parameters);
          !s)
        return s;
      return admin.change(alter, what);
    });
    if (!status) return status;
  }
  return {};
}

Result<bool> grant_foreign(AdminSession& admin) {
  const std::string what = "grants on the tables of other services";
  // Before the roles exist, which is so in the plan of a new database, nothing is granted.
  Result<bool> granted = admin.ask("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dlr_svc')", what);
  if (granted && *granted) granted = admin.ask(std::string(kForeignGrantsComplete), what);
  if (!granted) return granted.error();
  if (*granted) return false;
  if (Status status = admin.in_transaction(what, [&] { return admin.change(std::string(kForeignGrantsSql), what); });
      !status)
    return status.error();
  if (admin.plan()) return true;
  granted =
      admin.ask(std::string(kForeignGrantsComplete), what);  // a GRANT without the right to grant is only a warning
  if (!granted) return granted.error();
  if (*granted) return true;
  return Error{ErrorCode::kDenied, what +
                                       ": this administrator may not grant them; run migrate as the owner of "
                                       "orch.sms_messages and smpp.message_correlations or as superuser"};
}

}  // namespace dlrgw::host
