// SPDX-License-Identifier: Apache-2.0
// Whether a role, its session and the tables of other services are what the gateway relies on.
// Judging is pure; the questions go over a session of the given pool. Any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "storage/pool.hpp"

namespace dlrgw::host {

struct SessionFacts {
  std::string server_version;
  std::string role;
  bool superuser = false;  // or BYPASSRLS: then no boundary between the roles holds
  bool in_recovery = false;
  bool read_only = false;
  std::string isolation;
  std::string synchronous_commit;
};

Result<SessionFacts> read_session_facts(Connection& connection);

// Sentences; empty = as it must be. What a session is refused for while it is opened (durability, poolers) is not asked
// again.
std::vector<std::string> judge_session(const SessionFacts& facts);

// Whether the tables of other services have the indexes that every batch looks things up by.
std::vector<std::string> missing_indexes(Connection& connection);

}  // namespace dlrgw::host
