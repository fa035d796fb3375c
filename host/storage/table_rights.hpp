// SPDX-License-Identifier: Apache-2.0
// What the gateway's run-time roles may do with a plugin's tables, as the plugin declares it. Values and their SQL;
// pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::host {

// svc, maint: sets of DLRGW_TABLE_ bits, for dlr_svc and dlr_maint.
struct TableRights {
  std::string table;  // in schema dlr; a view too
  std::uint32_t svc = 0;
  std::uint32_t maint = 0;
  bool operator==(const TableRights&) const = default;
};

// "SELECT, INSERT"; "nothing".
std::string rights_text(std::uint32_t rights);
// Of one privilege as PostgreSQL names it; 0 for one that is not declared.
std::uint32_t right_of(std::string_view privilege);
// Makes them exactly so, whatever scripts and default privileges have granted: nothing for PUBLIC.
std::string rights_sql(const TableRights& rights);

// A relation of the plugin's owner, and what is granted on it now.
struct GrantedRelation {
  TableRights rights;
  bool exact = true;  // nothing beside: no further privilege of the two roles, nothing for PUBLIC
};

struct RightsPlan {
  std::vector<std::string> statements;  // what differs
  std::vector<std::string> not_there;   // declared, and no relation of the plugin's
};
// Of a relation that is not declared nothing is granted.
RightsPlan plan_rights(std::span<const TableRights> declared, std::span<const GrantedRelation> found);

}  // namespace dlrgw::host
