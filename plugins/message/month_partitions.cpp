// SPDX-License-Identifier: Apache-2.0
#include "message/month_partitions.hpp"

#include "message/month.hpp"

namespace dlrgw::message {
namespace {

constexpr std::string_view kPool = "maint";

std::string make_sql(const MonthPartitions::Table& table) {
  return "SELECT " + std::string(table.make) + "(r.month::date, 1) FROM dlrgw_rows r";
}

// Counted up to a bound: that there are any is what matters. The others follow in a later run.
std::string strays_sql(const MonthPartitions::Table& table) {
  const std::string key(table.key);
  return "SELECT to_char(date_trunc('month', d." + key + " AT TIME ZONE 'UTC'), 'YYYY-MM-DD'), count(*) FROM (SELECT " +
         key + " FROM " + std::string(table.name) + "_default LIMIT 10000) d GROUP BY 1";
}

}  // namespace

MonthPartitions::MonthPartitions(Host host, std::initializer_list<Table> tables)
    : sql_(host),
      clock_(host),
      log_(host),
      strays_gauge_(host, Metric::Type::kGauge, "dlr_default_partition_rows",
                    "Rows whose month had no partition; counted up to 10000", {"table"}) {
  for (const Table& table : tables) {
    const std::string name(table.name);
    care_.push_back({name, sql_.query("make_partitions." + name, make_sql(table), {{"month", SqlType::kText}}),
                     sql_.query("default_partition_rows." + name, strays_sql(table), {})});
  }
}

void MonthPartitions::add_to(Registrar& registrar, std::string_view job) {
  registrar.job({.name = job, .schedule = "every 5m"}, [this](const JobContext&) { run(); });
}

void MonthPartitions::run() const {
  Failures failures;
  for (const Care& care : care_) look_after(care, failures);
  if (failures.count != 0)
    throw Error(failures.away ? DLRGW_E_UNAVAILABLE : DLRGW_E_INTERNAL,
                "months that could not be looked after, the others were: " + std::to_string(failures.count) +
                    "; see dlr.partitions.failed");
}

// Looks before it makes: a partition that is made now takes its rows out of the default one.
void MonthPartitions::look_after(const Care& care, Failures& failures) const {
  Rows months;
  try {
    months = strays(care);
  } catch (const Error& e) {
    failed(care, "default", e, failures);
  }
  const PartitionPlan plan = partitions_needed(clock_.now_us());
  for (unsigned i = 0; i < plan.count; ++i) months.try_emplace(month_date(plan.first + std::chrono::months(i)), 0);
  std::int64_t made = 0;
  for (const auto& [month, rows] : months) {
    try {
      made += make(care, month);
    } catch (const Error& e) {
      failed(care, month, e, failures);
    }
  }
  if (made != 0) log_.info("dlr.partitions.made", 0, {field("table", care.table), field("partitions", made)});
}

MonthPartitions::Rows MonthPartitions::strays(const Care& care) const {
  Rows rows;
  std::int64_t count = 0;
  {
    const OwnUnitOfWork work = sql_.open(kPool);
    const SqlResult result = work.query(care.strays);
    for (std::uint32_t i = 0; i < result.rows(); ++i) {
      rows.emplace(result.text(i, 0), result.integer(i, 1));
      count += result.integer(i, 1);
    }
  }
  strays_gauge_.record(0, {care.table}, static_cast<double>(count));
  if (count != 0)
    log_.error("dlr.partitions.default_rows", 0,
               {field("table", care.table), field("rows", count),
                field("reason",
                      "rows came for months without a partition; nothing is lost, and they move as soon as "
                      "the partition is made, which is tried now")});
  return rows;
}

std::int64_t MonthPartitions::make(const Care& care, const std::string& month) const {
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(care.make, 0, {SqlValue::text(month)});
  const std::int64_t made = work.query(care.make).integer(0, 0);
  work.commit();
  return made;
}

void MonthPartitions::failed(const Care& care, std::string_view month, const Error& error, Failures& failures) const {
  ++failures.count;
  failures.away = failures.away && error.code() == DLRGW_E_UNAVAILABLE;
  log_.error("dlr.partitions.failed", 0,
             {field("table", care.table), field("month", month), field("reason", error.what())});
}

}  // namespace dlrgw::message
