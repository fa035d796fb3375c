// SPDX-License-Identifier: Apache-2.0
// What every command needs that talks to plugins: clock, metrics, health and the pools, and the HostServices over them.
// Pools connect lazily: building these parts touches no server.
#pragma once
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "boundary/health_registry.hpp"
#include "boundary/plugin_context.hpp"
#include "config/config.hpp"
#include "control/rotation.hpp"
#include "jobs/job_runner.hpp"
#include "pipeline/host_metrics.hpp"
#include "storage/advisory_lock.hpp"
#include "storage/pool.hpp"

namespace dlrgw::host {

// What the configuration says of the pool; name is one of StorageConfig::kPools. Holds a secret. Pure.
[[nodiscard]] PoolConfig pool_config(const Config& config, std::string_view name);

class SharedParts {
 public:
  SharedParts(const Config& config, Logger& logger);

  SystemClock clock;
  Logger& logger;
  Metrics metrics;
  HostMetrics host_metrics;
  HealthRegistry health;
  MetricId plugin_errors;
  Rotation rotation;  // of the files that the configuration names

 private:
  std::map<std::string, std::shared_ptr<Secret>, std::less<>> secrets_;  // by pool

 public:
  LockSession locks;  // replica number and singleton jobs
  HostServices services;
  std::vector<JobSlot> host_jobs;  // the host's own, beside those of plugins; part of every pipeline

  [[nodiscard]] Pool& pool(std::string_view name) { return *pools_.find(name)->second; }

 private:
  // With the secret that all sessions of the pool share.
  PoolConfig rotating(const Config& config, std::string_view name);

  std::map<std::string, std::unique_ptr<Pool>, std::less<>> pools_;
};

}  // namespace dlrgw::host
