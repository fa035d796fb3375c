// SPDX-License-Identifier: Apache-2.0
#include "partitions.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::string_view kPool = "maint";
constexpr std::string_view kMake = R"(
SELECT dlr.make_orphan_partitions(r.first_month::date, r.months::int) FROM dlrgw_rows r)";
// Counted up to a bound: that there are any is what matters.
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

// Looks before it makes: a partition that is made now takes its rows out of the default one. A month that cannot be
// made costs only itself.
void Partitions::run() const {
  std::size_t failed = each("rows of the default partition", [this] { look_for_strays(); });
  const PartitionPlan plan = partitions_needed(clock_.now_us());
  std::int64_t made = 0;
  for (unsigned i = 0; i < plan.count; ++i) {
    const Month month = plan.first + std::chrono::months(i);
    failed += each(month_text(month), [&] { made += make(month); });
  }
  if (made != 0) log_.info("dlr.orphans.partitions_made", 0, {field("partitions", made)});
  if (failed != 0)
    throw Error(DLRGW_E_INTERNAL, "partitions of orphans are not looked after, the others were: " +
                                      std::to_string(failed) + "; see dlr.orphans.partition_failed");
}

std::size_t Partitions::each(std::string_view what, const std::function<void()>& work) const {
  try {
    work();
    return 0;
  } catch (const Error& e) {
    log_.error("dlr.orphans.partition_failed", 0, {field("partition", what), field("reason", e.what())});
    return 1;
  }
}

void Partitions::look_for_strays() const {
  const std::int64_t found = strays();
  strays_gauge_.record(0, {}, static_cast<double>(found));
  if (found != 0) {
    log_.error(
        "dlr.orphans.default_partition", 0,
        {field("rows", found), field("reason",
                                     "orphans came for months without a partition; look for their received_at in "
                                     "dlr.orphan_dlrs_default and call dlr.make_orphan_partitions(month, 1)")});
  }
}

std::int64_t Partitions::make(Month month) const {
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(make_, 0, {SqlValue::text(month_date(month)), SqlValue::integer(1)});
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
