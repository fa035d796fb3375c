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
      rotation(log),
      locks(rotating(config, "svc")),
      services{clock, logger, metrics, health, config.gateway.instance, {}, [](std::string_view) {}, {}, {}, nullptr},
      host_jobs() {
  host_metrics.expect_operators(config.operator_ids());
  for (const std::string_view name : StorageConfig::kPools) {
    const auto pool = pools_.emplace(name, std::make_unique<Pool>(rotating(config, name))).first;
    services.pools.emplace(name, pool->second.get());
  }
}

PoolConfig SharedParts::rotating(const Config& config, std::string_view name) {
  PoolConfig out = pool_config(config, name);
  const std::string& file = config.storage.pool(name)->password_file;
  if (file.empty()) return out;
  std::shared_ptr<Secret>& secret = secrets_[out.name];
  if (!secret) {
    const std::string key = "storage." + out.name + ".password_file";
    secret = std::make_shared<Secret>(out.password, file, [this, key](std::string_view sentence) {
      logger.emit(Level::kWarn, "dlr.rotation.refused", {{"key", std::string_view(key)}, {"reason", sentence}});
    });
    rotation.add(key, {file}, [secret] { return secret->renew(); });
  }
  out.secret = secret;
  return out;
}

}  // namespace dlrgw::host
