// SPDX-License-Identifier: Apache-2.0
#include "audit.hpp"

namespace dlrgw::admin_http {
namespace {

constexpr std::string_view kPool = "admin";

constexpr std::string_view kInsert =
    "INSERT INTO dlr.audit_log (at, actor, action, entity, entity_id, details) "
    "SELECT at, actor, action, entity, entity_id, details::jsonb FROM dlrgw_rows";

}  // namespace

Audit::Audit(Host host)
    : clock_(host),
      sql_(host),
      probe_(sql_.query("probe", "SELECT has_table_privilege('dlr.audit_log', 'INSERT')", {})),
      insert_(sql_.write("insert_audit", kInsert,
                         {{"at", SqlType::kTime},
                          {"actor", SqlType::kText},
                          {"action", SqlType::kText},
                          {"entity", SqlType::kText},
                          {"entity_id", SqlType::kText},
                          {"details", SqlType::kJson}},
                         0, DLRGW_SQL_ONE_EACH)) {}

void Audit::probe() const {
  const OwnUnitOfWork work = sql_.open(kPool);
  const SqlResult result = work.query(probe_);
  if (result.rows() != 1 || !result.boolean(0, 0)) {
    throw Error(DLRGW_E_DENIED, "the role of pool admin may not write dlr.audit_log; run dlr-gateway migrate");
  }
}

void Audit::write(const AuditEntry& entry) const {
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(insert_, 0,
           {SqlValue::time(clock_.now_us()), SqlValue::text(entry.actor), SqlValue::text(entry.action),
            SqlValue::text(entry.entity), SqlValue::text(entry.entity_id), SqlValue::json(entry.details)});
  work.commit();
}

}  // namespace dlrgw::admin_http
