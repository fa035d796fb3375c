// SPDX-License-Identifier: Apache-2.0
#include "partitions.hpp"

#include "month.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::string_view kPool = "maint";
constexpr std::string_view kMake = R"(
SELECT dlr.make_orphan_partitions(r.first_month::date, r.months::int) FROM dlrgw_rows r)";
// Counted up to a bound: what matters is whether there are any.
constexpr std::string_view kStrays = R"(
SELECT count(*) FROM (SELECT FROM dlr.orphan_dlrs_default LIMIT 10000) d)";

}  // namespace

Partitions::Partitions(Host host)
    : sql_(host),
      clock_(host),
      log_(host),
      strays_gauge_(host, Metric::Type::kGauge, "dlr_orphan_default_partition_rows",
                    "Orphans whose month had no partition; counted up to 10000"),
      make_(sql_.query("make_partitions", kMake, {{"first_month", SqlType::kText}, {"months", SqlType::kInt}})),
      strays_(sql_.query("default_partition_rows", kStrays, {})) {}

// Counts the strays before it makes partitions, because a new partition takes its rows out of the default one.
void Partitions::run() const {
  const std::int64_t found = strays();
  strays_gauge_.record(0, {}, static_cast<double>(found));
  if (found != 0) {
    log_.error(
        "dlr.orphans.default_partition", 0,
        {field("rows", found), field("reason",
                                     "orphans came for months without a partition; look for their received_at in "
                                     "dlr.orphan_dlrs_default and call dlr.make_orphan_partitions(month, 1)")});
  }
  const std::int64_t made = make(clock_.now_us());
  if (made != 0) log_.info("dlr.orphans.partitions_made", 0, {field("partitions", made)});
}

std::int64_t Partitions::make(std::int64_t now_us) const {
  const PartitionPlan plan = partitions_needed(now_us);
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(make_, 0, {SqlValue::text(month_date(plan.first)), SqlValue::integer(plan.count)});
  const SqlResult result = work.query(make_);
  const std::int64_t made = result.integer(0, 0);
  work.commit();
  return made;
}

std::int64_t Partitions::strays() const {
  const OwnUnitOfWork work = sql_.open(kPool);
  return work.query(strays_).integer(0, 0);
}

}  // namespace dlrgw::correlate
