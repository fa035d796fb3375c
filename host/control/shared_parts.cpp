// SPDX-License-Identifier: Apache-2.0
#include "control/shared_parts.hpp"

#include <stdexcept>

namespace dlrgw::host {
namespace {

MetricId define_plugin_errors(Metrics& metrics) {
  // The same family as the host's own: defined again, it is the same id.
  const Result<MetricId> id = metrics.define(HostMetrics::plugin_errors_def());
  if (!id) throw std::logic_error(id.error().text);
  return *id;
}

}  // namespace

PoolConfig pool_config(const Config& config, std::string_view name) {
  const PoolSettings& settings = *config.storage.pool(name);
  PoolConfig out;
  out.name = name;
  out.dsn = config.storage.dsn;
  out.user = settings.user;
  out.password = settings.password;
  out.size = static_cast<std::uint32_t>(settings.size);
  // The relay may use a weaker one: if the deletion of a sent event is lost, the event is published again under the
  // same Nats-Msg-Id, and deleted again.
  if (name != "relay") out.session = {{std::string(kSynchronousCommit), config.storage.synchronous_commit}};
  out.application_name = "dlr-gateway " + config.gateway.instance + " " + std::string(name);
  return out;
}

SharedParts::SharedParts(const Config& config, Logger& log)
    : logger(log),
      metrics(config.operator_ids(), static_cast<std::size_t>(config.gateway.max_operator_labels)),
      host_metrics(metrics),
      plugin_errors(define_plugin_errors(metrics)),
      locks(pool_config(config, "svc")),
      services{clock, logger, metrics, health, config.gateway.instance, {}, [](std::string_view) {}, {}, {}, nullptr},
      host_jobs() {
  host_metrics.expect_operators(config.operator_ids());
  for (const std::string_view name : StorageConfig::kPools) {
    const auto pool = pools_.emplace(name, std::make_unique<Pool>(pool_config(config, name))).first;
    services.pools.emplace(name, pool->second.get());
  }
}

}  // namespace dlrgw::host
