// SPDX-License-Identifier: Apache-2.0
// What the plugin contributes.
#include <stdexcept>

#include <dlrgw/cpp/retention.hpp>
#include <dlrgw/plugin.hpp>

#include "fingerprint_stage.hpp"
#include "quarantine_routes.hpp"
#include "reasons.hpp"
#include "redis_probe.hpp"
#include "replay_stage.hpp"
#include "sql_migrations.hpp"

namespace dlrgw::dedup {
namespace {

constexpr dlrgw_option kOptions[] = {
    option("redis_url", DLRGW_OPTION_STRING, "redis://127.0.0.1:6379/0",
           "redis://[[user]:password@]host[:port][/db]; rediss:// for TLS.", DLRGW_OPTION_SECRET),
    option("redis_password_file", DLRGW_OPTION_STRING, "", "file that holds the password, instead of one in redis_url"),
    option("redis_tls_ca", DLRGW_OPTION_STRING, "",
           "CA certificates (PEM) that sign the server's; empty: the system's"),
    option("redis_tls_cert", DLRGW_OPTION_STRING, "", "client certificate (PEM)"),
    option("redis_tls_key", DLRGW_OPTION_STRING, "", "its key (PEM)"),
    option("fingerprint_ttl", DLRGW_OPTION_DURATION, "24h", "how long Redis remembers a fingerprint"),
    option("quarantine_stale", DLRGW_OPTION_DURATION, "5m",
           "a receipt whose own time is older than this may be a replay"),
    option("quarantine_after", DLRGW_OPTION_DURATION, "24h", "and is one when its message has been final for longer"),
    // Checked by the plugin that aggregates; read here to know when a message is complete.
    option("segment_dlr", DLRGW_OPTION_STRING, "per_segment",
           "single: one receipt stands for all segments of a message", DLRGW_OPTION_OPERATOR),
    Retention::option(),
};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL), str(DLRGW_SERVICE_PII), str(DLRGW_SERVICE_ATTRIBUTES),
                                   str(DLRGW_SERVICE_PIPELINE)};

RedisUrl redis_url(const Config& config) {
  auto parsed = parse_redis_url(config.text("redis_url").value_or(""));
  if (auto* url = std::get_if<RedisUrl>(&parsed)) return std::move(*url);
  config.refuse({}, "redis_url", {}, std::get<std::string>(parsed));
  return {};
}

// A file that cannot be used is refused by trying it, with the sentence that a connection would end with.
RedisOptions redis_options(const Config& config) {
  const auto text = [&](std::string_view key) { return std::string(config.text(key).value_or("")); };
  RedisOptions out{
      redis_url(config),
      {text("redis_password_file"), {text("redis_tls_ca"), text("redis_tls_cert"), text("redis_tls_key")}}};
  const auto refuse = [&](std::string_view key, std::string_view why) { config.refuse({}, key, {}, std::string(why)); };
  const auto& [ca, certificate, key] = out.files.tls;
  if (!out.url.password.empty() && !out.files.password.empty())
    refuse("redis_password_file", "and a password in redis_url are both set; keep one");
  if (!out.url.user.empty() && out.url.password.empty() && out.files.password.empty())
    refuse("redis_url", "names a user without a password; write ':password' behind it or set redis_password_file");
  if (certificate.empty() != key.empty()) {
    refuse(key.empty() ? "redis_tls_cert" : "redis_tls_key",
           "redis_tls_cert and redis_tls_key need each other; set both");
    return {};
  }
  if (!out.url.tls && !(ca + certificate + key).empty())
    refuse(!ca.empty()            ? "redis_tls_ca"
           : !certificate.empty() ? "redis_tls_cert"
                                  : "redis_tls_key",
           "is for TLS only; begin redis_url with rediss://");
  try {
    const RedisAccess usable(out.url, out.files, {});
    return out;
  } catch (const std::runtime_error& e) {
    const std::string_view why = e.what();
    const std::size_t colon = std::min(why.find(": "), why.size());
    refuse(why.substr(0, colon), why.substr(std::min(colon + 2, why.size())));
  }
  return {};  // refused: nothing is made of it
}

std::chrono::seconds fingerprint_ttl(const Config& config) {
  const auto ttl = std::chrono::microseconds(config.duration_us("fingerprint_ttl").value_or(0));
  if (ttl < std::chrono::minutes(2))
    config.refuse({}, "fingerprint_ttl", {}, "must be at least 2m, the span that is looked up");
  return std::chrono::duration_cast<std::chrono::seconds>(ttl);
}

message::QuarantineLimits quarantine_limits(const Config& config) {
  return {config.duration_us("quarantine_stale").value_or(0), config.duration_us("quarantine_after").value_or(0)};
}

// As a lane uses it: logs in, reads, may write.
void ask_redis(RedisAccess& access) {
  constexpr std::chrono::seconds kPatience{3};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const std::vector<std::string> nobodys{"dlr:fp:probe"};
  try {
    RedisLink link(access);
    (void)link.get_all(nobodys, deadline);
    link.ask_to_write(deadline);
  } catch (const RedisError& e) {
    throw Error(DLRGW_E_UNAVAILABLE,
                std::string(e.what()) + "; correct redis_url or let this user read and write dlr:fp:*");
  }
}

class Dedup {
 public:
  static PluginInfo info() {
    return {.id = "dedup",
            .version = "1.0.0",
            .vendor = "dlr-gateway",
            .description = "Finds copies and replays; decides what becomes of each receipt",
            .options = kOptions,
            .reasons = kReasons,
            .migrations = kMigrations,
            .services = kServices};
  }

  Dedup(Host host, Registrar& registrar)
      : config_(host),
        fingerprint_(host, redis_options(config_), fingerprint_ttl(config_)),
        probe_(fingerprint_),
        probes_(host),
        replay_(host, quarantine_limits(config_)),
        quarantine_(host),
        retention_(host, {{"dlr.late_dlrs", "received_at"}, {"dlr.quarantined_dlrs", "received_at"}}) {
    registrar.stage({"dedup.fingerprint", {"fingerprint"}, {}},
                    [this](std::uint32_t) { return std::make_unique<FingerprintStage>(fingerprint_); });
    registrar.stage({"dedup.replay", {"correlation", "status", "fingerprint"}, {"decision"}, DLRGW_STAGE_ESSENTIAL},
                    [this](std::uint32_t) { return std::make_unique<ReplayStage>(replay_); });
    registrar.job({"dedup.redis_probe", "every 1s", false}, [this](const JobContext&) { probe_.run(); });
    probes_.add("redis", [this] { ask_redis(fingerprint_.access); });
    quarantine_.add_to(registrar);
    retention_.add_to(registrar, "dedup.retention", "daily 03:10");
  }

 private:
  Config config_;
  FingerprintShared fingerprint_;
  RedisProbe probe_;
  Probes probes_;
  ReplayShared replay_;
  QuarantineRoutes quarantine_;
  Retention retention_;
};

}  // namespace
}  // namespace dlrgw::dedup

DLRGW_PLUGIN(dlrgw::dedup::Dedup)
