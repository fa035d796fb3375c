// SPDX-License-Identifier: Apache-2.0
#include "bench/rate.hpp"

#include <stdexcept>

#include "bench/load.hpp"
#include "bench/observer.hpp"
#include "bench/report.hpp"
#include "bench/usage.hpp"
#include "support/eventually.hpp"

namespace dlrgw::bench {
namespace {

constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::seconds kDeadline{120};  // after the last was published

std::vector<double> milliseconds_between(const std::vector<Clock::time_point>& from,
                                         const std::vector<Clock::time_point>& to, std::size_t first) {
  std::vector<double> result;
  for (std::size_t i = first; i < from.size(); ++i)
    result.push_back(std::chrono::duration<double, std::milli>(to[i] - from[i]).count());
  return result;
}

std::vector<std::string> message_ids(World& world, const std::string& database, std::int64_t first,
                                     std::int64_t count) {
  Pg db(world.admin_dsn(database));
  const PgResult result = db.exec("SELECT md5('dlr-bench message ' || n)::uuid FROM generate_series(" +
                                  std::to_string(first) + ", " + std::to_string(first + count - 1) + ") n ORDER BY n");
  std::vector<std::string> ids;
  for (int row = 0; row < result.rows(); ++row) ids.push_back(result.text(row, 0));
  return ids;
}

}  // namespace

Rate run_rate(World& world, const Options& options, const std::string& database, std::int64_t first, int per_second,
              Contender& contender, Progress& progress) {
  const std::int64_t count = options.receipts_at(per_second);
  const auto uncounted = static_cast<std::size_t>(per_second) * static_cast<std::size_t>(options.warm_up_seconds);
  const Observer observer(world.servers().nats, message_ids(world, database, first, count));
  const CpuTimes before = cpu_times();
  const Paced paced = publish_paced(world.servers().nats, first, count, per_second, progress);
  const auto published = Clock::now();
  while (!observer.complete()) {
    const std::string status = std::to_string(observer.acknowledged()) + " acknowledged, " +
                               std::to_string(observer.events()) + " events of " + std::to_string(count) + " receipts";
    if (!contender.running()) throw std::runtime_error("the process ended on its own; " + status);
    if (Clock::now() - published > kDeadline) throw std::runtime_error("gave up waiting: " + status);
    progress.show(status);
    test::beat(kPoll);
  }
  const CpuTimes used = cpu_times() - before;
  const auto commit = milliseconds_between(paced.sent, observer.acknowledged_at(), uncounted);
  const auto relay = milliseconds_between(paced.sent, observer.relayed_at(), uncounted);
  return {percentile(commit, 50), percentile(commit, 99),
          percentile(relay, 50),  percentile(relay, 99),
          paced.achieved_per_s,   of_all(used, contender.cpu_role) / static_cast<double>(count)};
}

}  // namespace dlrgw::bench
