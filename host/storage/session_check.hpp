// Whether a session is what the gateway relies on, whatever the server, the role or the database has as its default.
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

// Sentences; empty = as it must be. pool: the relay alone may commit without waiting for the disk.
std::vector<std::string> judge_session(std::string_view pool, const SessionFacts& facts);

// Whether the tables of other services have the indexes that every batch looks things up by.
std::vector<std::string> missing_indexes(Connection& connection);

// Lets the server plan the statement and look at its rights, without running it.
DbStatus try_statement(Connection& connection, const Statement& statement);

}  // namespace dlrgw::host
