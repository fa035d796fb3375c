// SPDX-License-Identifier: Apache-2.0
#include "storage/owned_relations.hpp"

#include "storage/conninfo.hpp"

namespace dlrgw::host {

Result<std::vector<GrantedRelation>> relations_of(const std::string& owner_role, const AskCatalogue& ask) {
  ResultTable rows;
  const Status status = ask(
      "SELECT c.relname, coalesce(g.rolname, 'PUBLIC'), coalesce(a.privilege_type, '') FROM pg_class c JOIN "
      "pg_namespace "
      "n ON n.oid = c.relnamespace LEFT JOIN LATERAL aclexplode(c.relacl) a ON true LEFT JOIN pg_roles g ON g.oid = "
      "a.grantee WHERE n.nspname = 'dlr' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relowner = (SELECT oid FROM "
      "pg_roles WHERE rolname = " +
          sql_literal(owner_role) + ") ORDER BY c.relname",
      rows);
  if (!status) return status.error();
  std::vector<GrantedRelation> out;
  for (std::uint32_t i = 0; i < rows.rows(); ++i) {
    const std::string table(rows.raw(i, 0).value_or(""));
    const std::string_view who = rows.raw(i, 1).value_or("");
    const std::string_view privilege = rows.raw(i, 2).value_or("");
    if (out.empty() || out.back().rights.table != table) out.push_back({{table}, true});
    if (privilege.empty()) continue;
    const std::uint32_t right = right_of(privilege);
    if (who == "dlr_svc" && right != 0) {
      out.back().rights.svc |= right;
    } else if (who == "dlr_maint" && right != 0) {
      out.back().rights.maint |= right;
    } else if (who == "dlr_svc" || who == "dlr_maint" || who == "PUBLIC") {
      out.back().exact = false;
    }
  }
  return out;
}

std::string not_there(const std::string& table) {
  return "it declares rights on dlr." + table + ", which none of its scripts makes";
}

}  // namespace dlrgw::host
