// SPDX-License-Identifier: Apache-2.0
// Tries what one plugin brings for a database as `migrate` and a gateway would: its scripts as the role that would own
// their tables, its statements as the roles that would run them. All of it is one transaction that is never committed:
// roles, schema and tables that are not there yet exist for its length. For `check-plugin`; one thread, blocks.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "storage/migrate.hpp"
#include "storage/table_rights.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct TriedStatement {
  std::string name;  // "com.acme.insert"
  std::string sql;   // as PostgreSQL prepares it
  std::size_t parameters = 0;
};

struct DryRunRequest {
  std::string admin_dsn;  // as `migrate --dsn` takes it
  std::string plugin;     // its id
  std::span<const Migration> migrations{};
  std::span<const TableRights> tables{};
  std::span<const TriedStatement> statements{};
};

struct DryRunReport {
  std::vector<std::string> troubles;  // each names the script or statement, what PostgreSQL says, and the place
  // Statements were not tried, because a script failed that may make their tables.
  bool statements_left_out = false;
};

// Scripts that are applied already are not run again. An error: nothing could be tried, because the server is away or
// the login may not make roles.
Result<DryRunReport> dry_run(const DryRunRequest& request);

}  // namespace dlrgw::host
