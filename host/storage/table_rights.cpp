// SPDX-License-Identifier: Apache-2.0
#include "storage/table_rights.hpp"

#include <algorithm>
#include <array>

#include <dlrgw/abi/plugin.h>

#include "storage/conninfo.hpp"

namespace dlrgw::host {
namespace {

struct Right {
  std::uint32_t bit;
  std::string_view privilege;
};
constexpr std::array kRights{Right{DLRGW_TABLE_SELECT, "SELECT"}, Right{DLRGW_TABLE_INSERT, "INSERT"},
                             Right{DLRGW_TABLE_UPDATE, "UPDATE"}, Right{DLRGW_TABLE_DELETE, "DELETE"}};

std::string listed(std::uint32_t rights) {
  std::string out;
  for (const Right& right : kRights)
    if ((rights & right.bit) != 0) out.append(out.empty() ? "" : ", ").append(right.privilege);
  return out;
}

std::string grant(std::uint32_t rights, const std::string& relation, std::string_view role) {
  if (rights == 0) return {};
  return " GRANT " + listed(rights) + " ON " + relation + " TO " + std::string(role) + ";";
}

}  // namespace

std::string rights_text(std::uint32_t rights) {
  std::string out = listed(rights);
  return out.empty() ? "nothing" : out;
}

std::uint32_t right_of(std::string_view privilege) {
  const auto* found = std::ranges::find(kRights, privilege, &Right::privilege);
  return found == kRights.end() ? 0 : found->bit;
}

std::string rights_sql(const TableRights& rights) {
  const std::string relation = "dlr." + sql_identifier(rights.table);
  return "REVOKE ALL ON " + relation + " FROM PUBLIC, dlr_svc, dlr_maint;" + grant(rights.svc, relation, "dlr_svc") +
         grant(rights.maint, relation, "dlr_maint");
}

RightsPlan plan_rights(std::span<const TableRights> declared, std::span<const GrantedRelation> found) {
  RightsPlan out;
  for (const GrantedRelation& relation : found) {
    const auto wanted = std::ranges::find(declared, relation.rights.table, &TableRights::table);
    const TableRights rights = wanted == declared.end() ? TableRights{relation.rights.table} : *wanted;
    if (!relation.exact || relation.rights != rights) out.statements.push_back(rights_sql(rights));
  }
  for (const TableRights& wanted : declared) {
    const auto same = [&](const GrantedRelation& relation) { return relation.rights.table == wanted.table; };
    if (std::ranges::none_of(found, same)) out.not_there.push_back(wanted.table);
  }
  return out;
}

}  // namespace dlrgw::host
