// SPDX-License-Identifier: Apache-2.0
// What holds for every script of a plugin, whoever runs it: how it is run so that it cannot end its transaction, what
// is told of its failures, and what it must not grant. Over a connection that acts as the script's owner.
#pragma once
#include <string>
#include <string_view>

#include "storage/connection.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

// Inside the transaction. It cannot end it, and what it deferred runs here and not at the commit.
DbStatus run_script(Connection& connection, const std::string& sql, std::string_view label);
// What PostgreSQL says to a script, in a sentence for who wrote it.
Error script_error(const DbFailure& failure, const std::string& label, const std::string& owner_role);
// Of the tables of the current role none may be open to everyone.
Status refuse_public(Connection& connection, const std::string& label);
// Where a script looks for names without a schema.
std::string_view script_search_path(std::string_view owner_role);

}  // namespace dlrgw::host
