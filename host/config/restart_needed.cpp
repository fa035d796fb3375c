// SPDX-License-Identifier: Apache-2.0
#include "config/restart_needed.hpp"

#include <algorithm>

namespace dlrgw::host {
namespace {

bool same_process(const GatewayConfig& a, const GatewayConfig& b) {
  return a.instance == b.instance && a.state_dir == b.state_dir && a.replica == b.replica &&
         a.shutdown_timeout_us == b.shutdown_timeout_us;
}

// What stands in a password file is taken over while the process runs.
template <class Login>
bool same_login(Login a, const Login& b) {
  if (!a.password_file.empty() && a.password_file == b.password_file) a.password = b.password;
  return a == b;
}

bool same_storage(const StorageConfig& a, const StorageConfig& b) {
  return a.dsn == b.dsn && a.synchronous_commit == b.synchronous_commit &&
         std::all_of(StorageConfig::kPools.begin(), StorageConfig::kPools.end(),
                     [&](std::string_view pool) { return same_login(*a.pool(pool), *b.pool(pool)); });
}

bool same_listeners(const HttpConfig& a, const HttpConfig& b) {
  return a.public_address == b.public_address && a.admin_address == b.admin_address && a.jwks_file == b.jwks_file &&
         a.jwt_issuer == b.jwt_issuer && a.jwt_audience == b.jwt_audience && a.tls_cert == b.tls_cert &&
         a.tls_key == b.tls_key && a.admin_client_ca == b.admin_client_ca;
}

}  // namespace

std::vector<std::string> restart_needed(const Config& running, const Config& next) {
  std::vector<std::string> out;
  if (!same_process(running.gateway, next.gateway)) out.emplace_back("gateway");
  if (!same_login(running.nats, next.nats)) out.emplace_back("nats");
  if (running.intake != next.intake) out.emplace_back("intake");
  if (running.watchdog != next.watchdog) out.emplace_back("watchdog");
  if (!same_storage(running.storage, next.storage)) out.emplace_back("storage");
  if (!same_listeners(running.http, next.http)) out.emplace_back("http");
  return out;
}

}  // namespace dlrgw::host
