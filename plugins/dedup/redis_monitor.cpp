// SPDX-License-Identifier: Apache-2.0
#include "redis_monitor.hpp"

namespace dlrgw::dedup {
namespace {
constexpr std::int64_t kOpenUs = 5'000'000;
constexpr std::string_view kDependency = "redis";
}  // namespace

RedisMonitor::RedisMonitor(Host host)
    : clock_(host),
      health_(host),
      log_(host),
      errors_(host, Metric::Type::kCounter, "dlr_dependency_errors_total", "Failed calls to a dependency.",
              {"dependency"}),
      breaker_(kOpenUs) {
  errors_.record(0, {kDependency}, 0);  // a rate needs the value before the first failure
}

void RedisMonitor::succeeded(Breaker::Gate gate) {
  if (!breaker_.succeeded(gate)) return;
  health_.ok(kDependency);
  if (gate == Breaker::Gate::kProbe) log_.info("dlr.dependency.recovered", 0, {field("dependency", kDependency)});
}

void RedisMonitor::failed(std::string_view why) {
  errors_.record(0, {kDependency});
  if (!breaker_.failed(clock_.monotonic_us())) return;
  health_.degraded(kDependency, why);
  log_.warn("dlr.dependency.degraded", 0,
            {field("dependency", kDependency), field("reason", why),
             field("effect", "fingerprints are not looked up; PostgreSQL decides duplicates")});
}

void RedisMonitor::refused(std::string_view option, std::string_view why) const {
  log_.warn("dlr.rotation.refused", 0, {field("key", option), field("reason", why)});
}

}  // namespace dlrgw::dedup
