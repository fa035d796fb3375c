// SPDX-License-Identifier: Apache-2.0
#include "config/config_keys.hpp"

namespace dlrgw::host {
namespace {

using KT = KeyType;

template <auto Section, auto Member>
constexpr KeyField field(Config& config, std::size_t) {
  return &((config.*Section).*Member);
}

template <auto Member>
constexpr KeyField plugin_field(Config& config, std::size_t index) {
  return &(config.plugins[index].*Member);
}

template <auto Pool, auto Member>
constexpr KeyField pool_field(Config& config, std::size_t) {
  return &((config.storage.*Pool).*Member);
}

constexpr auto kGateway = &Config::gateway;
constexpr auto kNats = &Config::nats;
constexpr auto kIntake = &Config::intake;
constexpr auto kWatchdog = &Config::watchdog;
constexpr auto kHttp = &Config::http;
constexpr auto kPipeline = &Config::pipeline;

constexpr std::string_view kPoolUser = "PostgreSQL role of this pool.";
constexpr std::string_view kPoolPassword = "Its password; empty = none (trust, peer or .pgpass).";
constexpr std::string_view kPoolPasswordFile = "File that holds the password; instead of password.";
constexpr std::string_view kPoolSize = "Connections of this pool.";

constexpr ConfigKey kKeys[] = {
    {"gateway.instance", KT::kString, "", 0, 0, "", 0,
     "Name of this process in every log line; empty = the host's name.", field<kGateway, &GatewayConfig::instance>},
    {"gateway.state_dir", KT::kString, "/var/lib/dlr-gateway", 0, 0, "", kKeyNotEmpty,
     "Directory for private plugin copies and toggles made at run time. Must be writable.",
     field<kGateway, &GatewayConfig::state_dir>},
    {"gateway.plugin_dirs", KT::kStringList, "", 0, 0, "", 0,
     "Where plugin files are looked up, in order; relative to the working directory. Empty = beside the executable: "
     "../lib/dlr-gateway/plugins, then ../plugins.",
     field<kGateway, &GatewayConfig::plugin_dirs>},
    {"gateway.log_level", KT::kString, "info", 0, 0, "debug|info|warn|error", kKeyIgnoreCase,
     "Log lines below this level are not written.", field<kGateway, &GatewayConfig::log_level>},
    {"gateway.replica", KT::kInt, "0", 0, kMaxReplicas - 1, "", kKeyAuto,
     "Number of this host among those that share the consumer: chooses its inboxes. No two hosts may have the same. "
     "\"auto\" takes the lowest free one at the start and waits for PostgreSQL to do so.",
     field<kGateway, &GatewayConfig::replica>},
    {"gateway.max_plugin_images", KT::kInt, "512", 16, 100'000, "", 0,
     "Plugin images that the process may hold. Each reload of a changed file adds one, none is ever unmapped; beyond "
     "it a "
     "reload is refused until the gateway is restarted.",
     field<kGateway, &GatewayConfig::max_plugin_images>},
    {"gateway.max_operator_labels", KT::kInt, "500", 0, 10'000, "", 0,
     "Operators without a table of their own that metrics name; any further one is counted as \"other\".",
     field<kGateway, &GatewayConfig::max_operator_labels>},
    {"gateway.shutdown_timeout", KT::kString, "20s", 0, 0, "", kKeyNotEmpty,
     "Time to end in after SIGTERM. What hangs then is named and abandoned, and the exit code is 3.",
     field<kGateway, &GatewayConfig::shutdown_timeout>},

    {"nats.url", KT::kString, "nats://127.0.0.1:4222", 0, 0, "", kKeyNotEmpty,
     "One or several server URLs, separated by commas; nats:// or tls://.", field<kNats, &NatsConfig::url>},
    {"nats.outbound", KT::kStringList, "", 0, 0, "", 0,
     "Subjects that events are published to; listed in the printed permissions and in the stream of --with-outbound.",
     field<kNats, &NatsConfig::outbound>},
    {"nats.user", KT::kString, "", 0, 0, "", 0, "User name; empty = taken from the URL or the credentials file.",
     field<kNats, &NatsConfig::user>},
    {"nats.password", KT::kString, "", 0, 0, "", kKeySecret, "Password of the user.",
     field<kNats, &NatsConfig::password>},
    {"nats.password_file", KT::kString, "", 0, 0, "", 0, "File that holds the password; instead of password.",
     field<kNats, &NatsConfig::password_file>},
    {"nats.creds_file", KT::kString, "", 0, 0, "", 0, "NATS credentials file (JWT and seed); instead of user.",
     field<kNats, &NatsConfig::creds_file>},
    {"nats.tls_ca", KT::kString, "", 0, 0, "", 0, "CA certificates (PEM) that sign the server's; empty = the system's.",
     field<kNats, &NatsConfig::tls_ca>},
    {"nats.tls_cert", KT::kString, "", 0, 0, "", 0, "Client certificate (PEM); needs tls_key.",
     field<kNats, &NatsConfig::tls_cert>},
    {"nats.tls_key", KT::kString, "", 0, 0, "", 0, "Key of the client certificate (PEM).",
     field<kNats, &NatsConfig::tls_key>},
    {"nats.domain", KT::kString, "", 0, 0, "", 0,
     "JetStream domain of stream and consumer, where the server is a leaf node; empty = the server's own.",
     field<kNats, &NatsConfig::domain>},
    {"nats.api_prefix", KT::kString, "", 0, 0, "", 0,
     "What JetStream's API is asked under, where another account lends it; instead of domain, empty = $JS.API.",
     field<kNats, &NatsConfig::api_prefix>},

    {"intake.stream", KT::kString, "SMS_DLR", 0, 0, "", kKeyNotEmpty, "JetStream stream that is read.",
     field<kIntake, &IntakeConfig::stream>},
    {"intake.subject", KT::kString, "sms.dlr.inbound", 0, 0, "", kKeyNotEmpty, "Subject of the receipts.",
     field<kIntake, &IntakeConfig::subject>},
    {"intake.durable", KT::kString, "dlr-processor", 0, 0, "", kKeyNotEmpty,
     "Durable pull consumer; all hosts share it.", field<kIntake, &IntakeConfig::durable>},
    {"intake.max_concurrency", KT::kInt, "10", 1, 64, "", 0, "Lanes: batches in work at the same time.",
     field<kIntake, &IntakeConfig::max_concurrency>},
    {"intake.max_busy", KT::kInt, "0", 0, 64, "", 0,
     "Lanes that take batches at a time; 0: one more than processors. A lane that has been at its batch for longer "
     "than "
     "250 ms counts no more.",
     field<kIntake, &IntakeConfig::max_busy>},
    {"intake.batch_max", KT::kInt, "256", 1, 256, "", 0,
     "Most receipts of one batch. A batch is what is waiting; nothing waits for it to fill.",
     field<kIntake, &IntakeConfig::batch_max>},
    {"intake.max_ack_pending", KT::kInt, "20000", 1, 1'000'000, "", 0,
     "The consumer's limit of unsettled deliveries, set by `provision`; parked receipts count, so it must exceed "
     "max_parked.",
     field<kIntake, &IntakeConfig::max_ack_pending>},
    {"intake.max_parked", KT::kInt, "10000", 0, 1'000'000, "", 0,
     "Receipts that wait here for a short retry; the rest is given back to JetStream with a delay.",
     field<kIntake, &IntakeConfig::max_parked>},
    {"intake.max_retries", KT::kInt, "20", 1, 10'000, "", 0,
     "Retries that one stage may ask for one receipt; then it is rejected.",
     field<kIntake, &IntakeConfig::max_retries>},
    {"intake.hold_share", KT::kFloat, "0.25", 0.01, 1, "", 0,
     "Share of max_ack_pending, over all gateways, from which on receipts that wait for something that is not theirs "
     "are "
     "put away: stored as held, acknowledged, and put through later.",
     field<kIntake, &IntakeConfig::hold_share>},
    {"intake.hold_after", KT::kString, "1h", 0, 0, "", kKeyNotEmpty,
     "How long such a receipt waits in the stream before it is put away.", field<kIntake, &IntakeConfig::hold_after>},
    {"intake.quirk_hold_share", KT::kFloat, "0.25", 0.01, 1, "", 0,
     "Share of max_ack_pending, over all gateways, that receipts held for failing quirks and stages may take; beyond "
     "it "
     "those of a quirk are rejected, those of a stage are retried.",
     field<kIntake, &IntakeConfig::quirk_hold_share>},
    {"intake.stream_replicas", KT::kInt, "1", 1, 5, "", 0,
     "Replicas of the stream that `provision` creates; 3 in production.",
     field<kIntake, &IntakeConfig::stream_replicas>},

    {"watchdog.stage", KT::kString, "10s", 0, 0, "", kKeyNotEmpty,
     "How long a stage or sink may be in its own code for a batch; time in the host's services does not count. Beyond "
     "it "
     "the plugin is named, the lane is given up with its batch and replaced, and /ready is 503. \"0s\": for ever.",
     field<kWatchdog, &WatchdogConfig::stage>},
    {"watchdog.quirk", KT::kString, "1s", 0, 0, "", kKeyNotEmpty, "As stage, for a quirk and one receipt.",
     field<kWatchdog, &WatchdogConfig::quirk>},
    {"watchdog.control", KT::kString, "10s", 0, 0, "", kKeyNotEmpty,
     "As stage, for loading and for create, activate, deactivate and destroy; named, not given up.",
     field<kWatchdog, &WatchdogConfig::control>},
    {"watchdog.route", KT::kString, "60s", 0, 0, "", kKeyNotEmpty, "As control, for a request.",
     field<kWatchdog, &WatchdogConfig::route>},
    {"watchdog.job", KT::kString, "5m", 0, 0, "", kKeyNotEmpty,
     "As control, for a job since it last asked whether it should stop.", field<kWatchdog, &WatchdogConfig::job>},
    {"watchdog.replacements", KT::kInt, "10", 0, 64, "", 0,
     "Threads of lanes that may be replaced in the life of the process. Each that hangs costs a processor if it loops. "
     "When "
     "no lane is left /live fails.",
     field<kWatchdog, &WatchdogConfig::replacements>},

    {"storage.dsn", KT::kString, "host=127.0.0.1 port=5432 dbname=dlr", 0, 0, "", 0,
     "PostgreSQL server and database, without user and password: key=value text or postgresql:// URL.",
     field<&Config::storage, &StorageConfig::dsn>},
    {"storage.retention_days", KT::kInt, "400", 0, 36'500, "", 0,
     "Days that rejected payloads and receipt counts are kept; 0 = for ever.",
     field<&Config::storage, &StorageConfig::retention_days>},
    {"storage.synchronous_commit", KT::kString, "on", 0, 0, "on|remote_apply|remote_write|local|off", 0,
     "What a commit waits for before its receipts are acknowledged, as PostgreSQL's setting of that name; a stronger "
     "one "
     "of the server stays. Weaker than on: a crash of the server may lose receipts that were acknowledged.",
     field<&Config::storage, &StorageConfig::synchronous_commit>},
#define DLRGW_POOL_KEYS(name, user_default, size_default)                      \
  {"storage." #name ".user",                                                   \
   KT::kString,                                                                \
   user_default,                                                               \
   0,                                                                          \
   0,                                                                          \
   "",                                                                         \
   kKeyNotEmpty,                                                               \
   kPoolUser,                                                                  \
   pool_field<&StorageConfig::name, &PoolSettings::user>},                     \
      {"storage." #name ".password",                                           \
       KT::kString,                                                            \
       "",                                                                     \
       0,                                                                      \
       0,                                                                      \
       "",                                                                     \
       kKeySecret,                                                             \
       kPoolPassword,                                                          \
       pool_field<&StorageConfig::name, &PoolSettings::password>},             \
      {"storage." #name ".password_file",                                      \
       KT::kString,                                                            \
       "",                                                                     \
       0,                                                                      \
       0,                                                                      \
       "",                                                                     \
       0,                                                                      \
       kPoolPasswordFile,                                                      \
       pool_field<&StorageConfig::name, &PoolSettings::password_file>},        \
  {                                                                            \
    "storage." #name ".size", KT::kInt, size_default, 1, 64, "", 0, kPoolSize, \
        pool_field<&StorageConfig::name, &PoolSettings::size>                  \
  }
    DLRGW_POOL_KEYS(svc, "dlr_svc", "4"),
    DLRGW_POOL_KEYS(relay, "dlr_relay", "1"),
    DLRGW_POOL_KEYS(admin, "dlr_admin", "2"),
    DLRGW_POOL_KEYS(portal, "dlr_portal", "2"),
    DLRGW_POOL_KEYS(maint, "dlr_maint", "1"),
#undef DLRGW_POOL_KEYS

    {"http.listen", KT::kString, "127.0.0.1:8080", 0, 0, "", kKeyNotEmpty, "Public listener; port 0 = any free one.",
     field<kHttp, &HttpConfig::listen>},
    {"http.admin_listen", KT::kString, "127.0.0.1:9090", 0, 0, "", kKeyNotEmpty,
     "Admin listener: metrics and administration. Keep it off the public network.",
     field<kHttp, &HttpConfig::admin_listen>},
    {"http.metrics_open", KT::kBool, "true", 0, 0, "", 0, "/metrics answers without a token.",
     field<kHttp, &HttpConfig::metrics_open>},
    {"http.jwks_file", KT::kString, "", 0, 0, "", 0,
     "JSON Web Key Set that verifies tokens; empty = no token is accepted.", field<kHttp, &HttpConfig::jwks_file>},
    {"http.jwt_issuer", KT::kString, "", 0, 0, "", 0, "Issuer (iss) that tokens must name.",
     field<kHttp, &HttpConfig::jwt_issuer>},
    {"http.jwt_audience", KT::kString, "", 0, 0, "", 0, "Audience (aud) that tokens must name.",
     field<kHttp, &HttpConfig::jwt_audience>},
    {"http.tls_cert", KT::kString, "", 0, 0, "", 0,
     "Server certificate with its chain (PEM): both listeners speak TLS 1.2 or newer. Empty = in the clear.",
     field<kHttp, &HttpConfig::tls_cert>},
    {"http.tls_key", KT::kString, "", 0, 0, "", 0, "Its private key (PEM); needs tls_cert.",
     field<kHttp, &HttpConfig::tls_key>},
    {"http.admin_client_ca", KT::kString, "", 0, 0, "", 0,
     "CA certificates (PEM): the admin listener takes only clients with a certificate signed by these, scrapers "
     "included. Needs tls_cert.",
     field<kHttp, &HttpConfig::admin_client_ca>},

    {"plugins[].file", KT::kString, "", 0, 0, "", kKeyRequired | kKeyNotEmpty,
     "Shared library; a bare name is looked up in plugin_dirs.", plugin_field<&PluginConfig::file>},
    {"plugins[].grants", KT::kStringList, "", 0, 0, "sql|events|publish|pii|pipeline|control", 0,
     "Services that this plugin may use besides the harmless ones.", plugin_field<&PluginConfig::grants>},
    {"plugins[].enabled", KT::kBool, "true", 0, 0, "", 0, "false = not loaded.", plugin_field<&PluginConfig::enabled>},

    {"pipeline.stages", KT::kStringList, "", 0, 0, "", kKeyRequired | kKeyNotEmpty,
     "The chain: names of stages, in the order in which a receipt meets them.",
     field<kPipeline, &PipelineConfig::stages>},
    {"pipeline.disabled", KT::kStringList, "", 0, 0, "", 0, "Stages of the chain that are left out for now.",
     field<kPipeline, &PipelineConfig::disabled>},
};

}  // namespace

std::string_view to_string(KeyType type) {
  switch (type) {
    case KeyType::kString:
      return "a string";
    case KeyType::kInt:
      return "an integer";
    case KeyType::kFloat:
      return "a number";
    case KeyType::kBool:
      return "true or false";
    case KeyType::kStringList:
      return "a list of strings";
  }
  return "a value";
}

std::span<const ConfigKey> config_keys() { return kKeys; }

std::vector<std::string_view> allowed_words(std::string_view allowed) {
  std::vector<std::string_view> words;
  while (!allowed.empty()) {
    const std::size_t bar = allowed.find('|');
    words.push_back(allowed.substr(0, bar));
    if (bar == std::string_view::npos) break;
    allowed.remove_prefix(bar + 1);
  }
  return words;
}

}  // namespace dlrgw::host
