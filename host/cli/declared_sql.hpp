// SPDX-License-Identifier: Apache-2.0
// What a plugin brings for a database, as it travels from the process that loaded it to the one that asks PostgreSQL.
// Values; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "storage/dry_run.hpp"
#include "storage/migrate.hpp"
#include "storage/table_rights.hpp"

namespace dlrgw::host {

struct DeclaredSql {
  std::string plugin;  // empty: it was not loaded
  std::vector<Migration> migrations;
  std::vector<TableRights> tables;
  bool created = false;  // otherwise its statements are not known
  std::vector<TriedStatement> statements;
};

// One JSON object, and back from what to_text() made.
std::string to_text(const DeclaredSql& declared);
DeclaredSql declared_sql(std::string_view text);

}  // namespace dlrgw::host
