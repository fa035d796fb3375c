// SPDX-License-Identifier: Apache-2.0
// Keeps a journal of receipts, and ends those of operators that a table names. One query and one insert per batch,
// however many receipts it holds.
#include <set>
#include <string>

#include <dlrgw/plugin.hpp>

#include "sql_migrations.hpp"

namespace {

using namespace dlrgw;

enum Reason : std::uint32_t { kMuted };
constexpr dlrgw_reason kReasons[] = {reason("muted", DLRGW_OUTCOME_DROPPED)};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL)};

struct Statements {
  explicit Statements(Host host)
      : sql(host),
        muted(sql.query("muted",
                        "SELECT DISTINCT operator_id FROM dlrgw_rows JOIN dlr.acme_seen_muted USING (operator_id)",
                        {{"operator_id", SqlType::kText}})),
        note(sql.write("note",
                       "INSERT INTO dlr.acme_seen (event_id, operator_id, status, seen_at) "
                       "SELECT event_id, operator_id, status, seen_at FROM dlrgw_rows ON CONFLICT DO NOTHING",
                       {{"event_id", SqlType::kUuid},
                        {"operator_id", SqlType::kText},
                        {"status", SqlType::kText},
                        {"seen_at", SqlType::kTime}},
                       1)) {}
  Sql sql;
  SqlStatement muted, note;
};

class AcmeSeen final : public Stage {
 public:
  explicit AcmeSeen(const Statements& statements) : statements_(statements) {}

  void process(Batch& batch) override {
    const UnitOfWork work = statements_.sql.in(batch.uow());
    std::set<std::string, std::less<>> operators;
    for (std::uint32_t i = 0; i < batch.size(); ++i) operators.emplace(batch[i].operator_id());
    for (const std::string& id : operators) work.add(statements_.muted, 0, {SqlValue::text(id)});
    const SqlResult found = work.query(statements_.muted);
    std::set<std::string, std::less<>> muted;
    for (std::uint32_t row = 0; row < found.rows(); ++row) muted.emplace(found.text(row, 0));

    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      const ReceiptView receipt = batch[i];
      work.add(statements_.note, receipt.handle(),
               {SqlValue::uuid(receipt.event_id()), SqlValue::text(receipt.operator_id()),
                SqlValue::text(to_string(receipt.status())), SqlValue::time(receipt.received_at_us())});
      muted.contains(receipt.operator_id()) ? batch.drop(i, kMuted) : batch.pass(i);
    }
  }

 private:
  const Statements& statements_;
};

class Plugin {
 public:
  static PluginInfo info() {
    return {
        .id = "acme-seen", .version = "1.0.0", .reasons = kReasons, .migrations = kMigrations, .services = kServices};
  }
  Plugin(Host host, Registrar& registrar) : statements_(host) {
    registrar.stage({.name = "acme.seen", .needs = {"status"}},
                    [this](std::uint32_t) { return std::make_unique<AcmeSeen>(statements_); });
  }

 private:
  const Statements statements_;
};

}  // namespace

DLRGW_PLUGIN(Plugin)
