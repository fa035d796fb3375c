// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <unistd.h>

#include "config/duration.hpp"
#include "config/load_config.hpp"
#include "support/secret.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxOperatorId = 64;  // and of a connector id

class Checker {
 public:
  Checker(Config& config, std::vector<ConfigError>& errors) : config_(config), errors_(errors) {}

  void run() {
    gateway();
    nats();
    watchdog();
    intake();
    storage();
    http();
    plugins();
    pipeline();
    operators();
  }

 private:
  void fail(std::string_view path, const std::string& text) {
    errors_.push_back(config_.error(path, std::string(path) + ": " + text));
  }

  void gateway() {
    auto& g = config_.gateway;
    if (g.instance.empty()) {
      char name[256] = {};
      g.instance = ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "dlr-gateway";
    }
    if (!g.plugin_dirs.empty()) return;
    std::error_code failed;
    const auto executable = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed) return;
    const auto root = executable.parent_path().parent_path();
    g.plugin_dirs = {(root / "lib/dlr-gateway/plugins").string(), (root / "plugins").string()};
  }

  void readable(std::string_view path, const std::string& file) {
    if (file.empty()) return;
    std::error_code failed;
    if (!std::filesystem::is_regular_file(file, failed) || ::access(file.c_str(), R_OK) != 0)
      fail(path, "file " + file + " cannot be read; check that it exists and its permissions");
  }

  void secret(std::string_view section, std::string& password, const std::string& file) {
    if (file.empty()) return;
    const std::string path = std::string(section) + ".password_file";
    if (!password.empty()) {
      fail(path, "and password are both set; keep one");
      return;
    }
    Result<std::string> text = read_secret(file);
    if (!text) return fail(path, text.error().text);
    password = std::move(*text);
  }

  void nats() {
    auto& n = config_.nats;
    for (std::size_t start = 0; start <= n.url.size();) {
      const std::size_t comma = std::min(n.url.find(',', start), n.url.size());
      const std::string_view url = std::string_view(n.url).substr(start, comma - start);
      if (!url.starts_with("nats://") && !url.starts_with("tls://")) {
        fail("nats.url", "each URL must start with nats:// or tls://");
        break;
      }
      start = comma + 1;
    }
    secret("nats", n.password, n.password_file);
    if (!n.password.empty() && n.user.empty()) fail("nats.password", "is set without user; set nats.user");
    if (!n.creds_file.empty() && !n.user.empty()) fail("nats.creds_file", "and user are both set; keep one");
    if (n.tls_cert.empty() != n.tls_key.empty())
      fail(n.tls_cert.empty() ? "nats.tls_key" : "nats.tls_cert", "tls_cert and tls_key need each other; set both");
    if (n.domain.find_first_of(".*> \t\r\n") != std::string::npos)
      fail("nats.domain", "must be one plain word: no dot, wildcard or white space");
    if (n.api_prefix.find_first_of("*> \t\r\n") != std::string::npos || n.api_prefix.starts_with('.') ||
        n.api_prefix.ends_with('.') || n.api_prefix.find("..") != std::string::npos)
      fail("nats.api_prefix",
           "must be a subject such as \"$JS.hub.API\", without wildcards and without a dot at its ends");
    if (!n.domain.empty() && !n.api_prefix.empty()) fail("nats.api_prefix", "and domain are both set; keep one");
    readable("nats.creds_file", n.creds_file);
    readable("nats.tls_ca", n.tls_ca);
    readable("nats.tls_cert", n.tls_cert);
    readable("nats.tls_key", n.tls_key);
  }

  // At least `least` microseconds.
  void duration(std::string_view path, const std::string& text, std::int64_t least, std::int64_t& us) {
    if (const auto read = parse_duration_us(text); read && *read >= least) {
      us = *read;
    } else {
      fail(path, "is no duration like \"90s\", \"10m\" or \"1h\"");
    }
  }

  void watchdog() {
    duration("gateway.shutdown_timeout", config_.gateway.shutdown_timeout, 1, config_.gateway.shutdown_timeout_us);
    WatchdogConfig& w = config_.watchdog;
    duration("watchdog.stage", w.stage, 0, w.stage_us);
    duration("watchdog.quirk", w.quirk, 0, w.quirk_us);
    duration("watchdog.control", w.control, 0, w.control_us);
    duration("watchdog.route", w.route, 0, w.route_us);
    duration("watchdog.job", w.job, 0, w.job_us);
  }

  void intake() {
    auto& in = config_.intake;
    duration("intake.hold_after", in.hold_after, 1, in.hold_after_us);
    const auto name = [&](std::string_view path, std::string_view text, std::string_view forbidden) {
      if (text.find_first_of(forbidden) != std::string_view::npos)
        fail(path, "must be a plain NATS name, without wildcards or white space");
    };
    name("intake.stream", in.stream, ".*> \t\r\n/\\");
    name("intake.durable", in.durable, ".*> \t\r\n/\\");
    name("intake.subject", in.subject, "*> \t\r\n");
    if (in.max_parked >= in.max_ack_pending)
      fail(config_.position("intake.max_parked") == Position{} ? "intake.max_ack_pending" : "intake.max_parked",
           "max_parked (" + std::to_string(in.max_parked) + ") must be smaller than max_ack_pending (" +
               std::to_string(in.max_ack_pending) + "), or parked receipts keep all others from coming");
  }

  void storage() {
    auto& s = config_.storage;
    if (const Status ok = check_dsn(s.dsn); !ok) fail("storage.dsn", ok.error().text);
    for (const std::string_view name : StorageConfig::kPools) {
      PoolSettings& pool = *s.pool(name);
      secret("storage." + std::string(name), pool.password, pool.password_file);
    }
  }

  void http() {
    auto& h = config_.http;
    const auto address = [&](std::string_view path, const std::string& text, ListenAddress& out) {
      auto parsed = parse_listen(text);
      if (parsed) {
        out = std::move(*parsed);
      } else if (!text.empty()) {
        fail(path, parsed.error().text);
      }
    };
    address("http.listen", h.listen, h.public_address);
    address("http.admin_listen", h.admin_listen, h.admin_address);
    if (h.public_address.port != 0 && h.public_address == h.admin_address)
      fail("http.admin_listen", "is the same address as http.listen; give the admin listener its own port");
    readable("http.jwks_file", h.jwks_file);
    if (h.tls_cert.empty() != h.tls_key.empty())
      fail(h.tls_cert.empty() ? "http.tls_key" : "http.tls_cert", "tls_cert and tls_key need each other; set both");
    if (!h.admin_client_ca.empty() && h.tls_cert.empty())
      fail("http.admin_client_ca", "is asked for under TLS only; set http.tls_cert and http.tls_key");
    readable("http.tls_cert", h.tls_cert);
    readable("http.tls_key", h.tls_key);
    readable("http.admin_client_ca", h.admin_client_ca);
    if (!h.jwks_file.empty()) {
      if (h.jwt_issuer.empty()) fail("http.jwt_issuer", "is needed with http.jwks_file; name the issuer of the tokens");
      if (h.jwt_audience.empty())
        fail("http.jwt_audience", "is needed with http.jwks_file; name this gateway's audience");
    }
  }

  void plugins() {
    std::set<std::string> files;
    for (std::size_t i = 0; i < config_.plugins.size(); ++i) {
      const PluginConfig& plugin = config_.plugins[i];
      const std::string path = "plugins[" + std::to_string(i) + "]";
      if (!plugin.file.empty() && !files.insert(plugin.file).second)
        fail(path + ".file", plugin.file + " is listed twice; remove one");
      std::set<std::string> grants;
      for (std::size_t g = 0; g < plugin.grants.size(); ++g)
        if (!grants.insert(plugin.grants[g]).second)
          fail(path + ".grants[" + std::to_string(g) + "]", "\"" + plugin.grants[g] + "\" is named twice; remove one");
    }
  }

  void pipeline() {
    const auto unique = [&](const std::string& path, const std::vector<std::string>& names) {
      std::set<std::string> seen;
      for (std::size_t i = 0; i < names.size(); ++i)
        if (!seen.insert(names[i]).second)
          fail(path + "[" + std::to_string(i) + "]", "stage \"" + names[i] + "\" is named twice; remove one");
    };
    const auto& stages = config_.pipeline.stages;
    const auto& disabled = config_.pipeline.disabled;
    unique("pipeline.stages", stages);
    unique("pipeline.disabled", disabled);
    for (std::size_t i = 0; i < disabled.size(); ++i)
      if (std::find(stages.begin(), stages.end(), disabled[i]) == stages.end())
        fail("pipeline.disabled[" + std::to_string(i) + "]",
             "stage \"" + disabled[i] + "\" is not in pipeline.stages; correct its name or remove it");
  }

  void operators() {
    const auto is_id = [](const std::string& id) {
      return !id.empty() && id.size() <= kMaxOperatorId && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
      });
    };
    constexpr std::string_view kUse = "; use 1 to 64 of letters, digits, '.', '_' and '-'";
    for (const OperatorConfig& op : config_.operators) {
      const std::string path = "operators.\"" + op.id + "\"";
      if (!is_id(op.id)) fail(path, "is not an operator id" + std::string(kUse));
      for (const ConnectorConfig& connector : op.connectors)
        if (!is_id(connector.id))
          fail(path + ".connectors.\"" + connector.id + "\"", "is not a connector id" + std::string(kUse));
    }
  }

  Config& config_;
  std::vector<ConfigError>& errors_;
};

}  // namespace

void check_config(Config& config, std::vector<ConfigError>& errors) { Checker(config, errors).run(); }

const PoolSettings* StorageConfig::pool(std::string_view name) const {
  if (name == "svc") return &svc;
  if (name == "relay") return &relay;
  if (name == "admin") return &admin;
  if (name == "portal") return &portal;
  if (name == "maint") return &maint;
  return nullptr;
}

PoolSettings* StorageConfig::pool(std::string_view name) {
  return const_cast<PoolSettings*>(static_cast<const StorageConfig*>(this)->pool(name));
}

std::string StorageConfig::connection(const PoolSettings& pool) const {
  return connection_text(dsn, pool.user, pool.password);
}

bool PluginConfig::granted(std::string_view grant) const {
  return std::find(grants.begin(), grants.end(), grant) != grants.end();
}

Position Config::position(std::string_view path) const {
  const auto found = positions.find(path);
  return found == positions.end() ? Position{} : found->second;
}

ConfigError Config::error(std::string_view path, std::string text) const {
  return {file, position(path), std::move(text)};
}

std::vector<std::string> Config::operator_ids() const {
  std::vector<std::string> ids;
  for (const OperatorConfig& op : operators) ids.push_back(op.id);
  return ids;
}

}  // namespace dlrgw::host
