// SPDX-License-Identifier: Apache-2.0
// The part of a migration that takes an administrator: roles, the schema, passwords, grants on the tables of others.
#pragma once
#include <set>
#include <string>

#include "storage/admin_session.hpp"

namespace dlrgw::host {

// orch.sms_messages and smpp.message_correlations exist.
Status check_foreign_tables(AdminSession& admin);
// Roles and schema, and for each of these plugins the role that owns its tables.
Status make_roles(AdminSession& admin, const std::set<std::string>& plugins);
Status set_passwords(AdminSession& admin, const RolePasswords& passwords);
// True when something was granted.
Result<bool> grant_foreign(AdminSession& admin);

}  // namespace dlrgw::host
