// SPDX-License-Identifier: Apache-2.0
// The gateway's configuration after reading: defaults in place, every value checked. Immutable; copied freely.
// Which keys exist, with type, range, default and meaning: config_keys.hpp.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/endpoints.hpp"
#include "config/raw_table.hpp"

namespace dlrgw::host {

// Gateways on one consumer; `provision` prints the permissions of as many.
inline constexpr std::int64_t kMaxReplicas = 64;
// A number for a word that a key takes besides numbers, such as replica = "auto".
inline constexpr std::int64_t kAuto = -1;

struct GatewayConfig {
  std::string instance;
  std::string state_dir;
  std::vector<std::string> plugin_dirs;
  std::string log_level;  // debug, info, warn, error
  std::int64_t replica = 0;
  std::int64_t max_plugin_images = 0;
  std::int64_t max_operator_labels = 0;
  std::string shutdown_timeout;
  std::int64_t shutdown_timeout_us = 0;  // the same, parsed
};

struct NatsConfig {
  std::string url;                    // one or several, separated by commas
  std::vector<std::string> outbound;  // subjects that events go to; for permissions and provisioning
  std::string user;
  std::string password;  // password_file is already read into it
  std::string password_file;
  std::string creds_file;
  std::string tls_ca, tls_cert, tls_key;
  std::string domain, api_prefix;  // of JetStream; one of them at most
  bool operator==(const NatsConfig&) const = default;
};

struct IntakeConfig {
  std::string stream, subject, durable;
  std::int64_t max_concurrency = 0;
  std::int64_t max_busy = 0;
  std::int64_t batch_max = 0;
  std::int64_t max_ack_pending = 0;
  std::int64_t max_parked = 0;
  std::int64_t max_retries = 0;
  double hold_share = 0;
  std::string hold_after;
  std::int64_t hold_after_us = 0;  // the same, parsed
  double quirk_hold_share = 0;
  std::int64_t stream_replicas = 0;
  bool operator==(const IntakeConfig&) const = default;
};

// How long a call may stay in a plugin's own code; the durations parsed, 0 = for ever.
struct WatchdogConfig {
  std::string stage, quirk, control, route, job;
  std::int64_t stage_us = 0, quirk_us = 0, control_us = 0, route_us = 0, job_us = 0;
  std::int64_t replacements = 0;
  bool operator==(const WatchdogConfig&) const = default;
};

struct PoolSettings {
  std::string user;
  std::string password;  // password_file is already read into it
  std::string password_file;
  std::int64_t size = 0;
  bool operator==(const PoolSettings&) const = default;
};

struct StorageConfig {
  static constexpr std::array<std::string_view, 5> kPools{"svc", "relay", "admin", "portal", "maint"};
  std::string dsn;
  PoolSettings svc, relay, admin, portal, maint;
  std::int64_t retention_days = 0;  // of the host's own tables; 0 = for ever
  std::string synchronous_commit;   // the weakest that the sessions of all pools but relay may have

  // Null for a name that is not in kPools.
  [[nodiscard]] const PoolSettings* pool(std::string_view name) const;
  [[nodiscard]] PoolSettings* pool(std::string_view name);
  // What libpq wants: dsn with the pool's user and password. Holds a secret.
  [[nodiscard]] std::string connection(const PoolSettings& pool) const;
};

struct HttpConfig {
  std::string listen, admin_listen;
  ListenAddress public_address, admin_address;  // the same, parsed
  bool metrics_open = true;
  std::string jwks_file, jwt_issuer, jwt_audience;
  std::string tls_cert, tls_key, admin_client_ca;
};

// The services that a plugin gets only when its grants name them.
inline constexpr std::array<std::string_view, 6> kGrants{"sql", "events", "publish", "pii", "pipeline", "control"};

struct PluginConfig {
  std::string file;
  std::vector<std::string> grants;
  bool enabled = true;
  RawTable options;  // [plugins.options], unchecked until the plugin's declarations are known
  Position at;       // of its [[plugins]]

  [[nodiscard]] bool granted(std::string_view grant) const;
};

struct PipelineConfig {
  std::vector<std::string> stages;
  std::vector<std::string> disabled;
};

// [operators."<id>".connectors."<connector>"]: keys that hold for one connector before the operator's.
struct ConnectorConfig {
  std::string id;
  RawTable values;  // unchecked until the plugins' declarations are known
};

struct OperatorConfig {
  std::string id;
  RawTable values;                          // likewise, without its connectors
  std::vector<ConnectorConfig> connectors;  // in the order of the file
};

struct Config {
  std::string file;  // as given to the loader; for messages
  GatewayConfig gateway;
  NatsConfig nats;
  IntakeConfig intake;
  WatchdogConfig watchdog;
  StorageConfig storage;
  HttpConfig http;
  std::vector<PluginConfig> plugins;
  PipelineConfig pipeline;
  std::vector<OperatorConfig> operators;  // in the order of the file
  // Where each value stands: "intake.batch_max", "plugins[0].file", "pipeline.stages[2]". Absent = a default.
  std::map<std::string, Position, std::less<>> positions;

  [[nodiscard]] Position position(std::string_view path) const;
  // A finding at the place of `path`, for checks made later: config.error("pipeline.stages[2]", "names no stage …").
  [[nodiscard]] ConfigError error(std::string_view path, std::string text) const;
  [[nodiscard]] std::vector<std::string> operator_ids() const;
};

}  // namespace dlrgw::host
