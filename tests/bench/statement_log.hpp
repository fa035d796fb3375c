// SPDX-License-Identifier: Apache-2.0
// Reads the transactions of the gateway back out of PostgreSQL's own JSON log, so that the ceiling executes the very
// statements and parameters that the gateway did. Pure; values.
#pragma once
#include <cstdint>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::bench {

struct Prepared {
  std::string name;
  std::string sql;
};

struct Execution {
  std::shared_ptr<const Prepared> prepared;  // shared by every execution of the same text
  std::vector<std::optional<std::string>> parameters;
};

using Transaction = std::vector<Execution>;  // without BEGIN and COMMIT

struct RoleScript {
  std::string settings;                    // what its sessions set before they began to work
  std::vector<Transaction> committed;      // in the order of their commits
  std::map<std::string, Execution> first;  // of each prepared statement by its name, rolled back ones included
};

using Script = std::map<std::string, RoleScript>;  // by role

// "$1 = 'it''s', $2 = NULL" → it's, nothing. Throws on anything else.
[[nodiscard]] std::vector<std::optional<std::string>> parse_parameters(std::string_view detail);

class ScriptReader {
 public:
  explicit ScriptReader(std::string database) : database_(std::move(database)) {}
  void add_line(std::string_view json);  // one entry of the log; those of other databases are passed over
  void add_log(std::istream& lines);
  [[nodiscard]] Script take() { return std::move(script_); }

 private:
  struct Session {
    bool in_transaction = false;
    bool worked = false;
    Transaction open;
    std::string settings;
  };
  void simple(Session& session, RoleScript& role, std::string_view sql);

  std::string database_;
  Script script_;
  std::map<std::string, Session> sessions_;
  std::map<std::string, std::shared_ptr<const Prepared>> prepared_;
};

}  // namespace dlrgw::bench
