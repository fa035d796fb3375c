// SPDX-License-Identifier: Apache-2.0
#include "nats/client_options.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "nats/native.hpp"

namespace dlrgw::host {
namespace {

std::vector<std::string> split_urls(const std::vector<std::string>& urls) {
  std::vector<std::string> out;
  for (const std::string& entry : urls) {
    std::string_view rest = entry;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      std::string_view one = rest.substr(0, comma);
      while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
      while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
      if (!one.empty()) out.emplace_back(one);
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return out;
}

}  // namespace

Result<ClientOptions> client_options(const NatsOptions& options) {
  natsOptions* raw = nullptr;
  if (const natsStatus status = natsOptions_Create(&raw); status != NATS_OK)
    return native::error_of(status, "NATS options");
  ClientOptions created(raw);
  const auto check = [](natsStatus status, const std::string& what) -> Status {
    if (status != NATS_OK) return native::error_of(status, what);
    return {};
  };
  std::vector<Status> steps;
  const std::vector<std::string> urls = split_urls(options.urls);
  if (urls.empty())
    return Error{ErrorCode::kInvalid, "NATS: no server URL is configured; set one, for example nats://127.0.0.1:4222"};
  std::vector<const char*> servers;
  for (const std::string& url : urls) servers.push_back(url.c_str());
  steps.push_back(
      check(natsOptions_SetServers(raw, servers.data(), static_cast<int>(servers.size())), "NATS server URL"));
  steps.push_back(check(natsOptions_SetName(raw, options.name.c_str()), "NATS connection name"));
  steps.push_back(check(natsOptions_SetTimeout(raw, options.connect_timeout.count()), "NATS connect time-out"));
  steps.push_back(check(natsOptions_SetAllowReconnect(raw, true), "NATS reconnect"));
  steps.push_back(check(natsOptions_SetMaxReconnect(raw, -1), "NATS reconnect"));
  steps.push_back(check(natsOptions_SetReconnectWait(raw, options.reconnect_wait.count()), "NATS reconnect wait"));
  steps.push_back(
      check(natsOptions_SetReconnectJitter(raw, options.reconnect_jitter.count(), options.reconnect_jitter.count()),
            "NATS reconnect jitter"));
  steps.push_back(check(natsOptions_SetReconnectBufSize(raw, 1), "NATS reconnect buffer"));  // 0 would mean 8 MiB
  steps.push_back(check(natsOptions_SetPingInterval(raw, options.ping_interval.count()), "NATS ping interval"));
  steps.push_back(check(natsOptions_SetMaxPingsOut(raw, options.max_pings_out), "NATS pings outstanding"));
  if (!options.user.empty())
    steps.push_back(check(natsOptions_SetUserInfo(raw, options.user.c_str(), options.password.c_str()), "NATS user"));
  if (!options.token.empty()) steps.push_back(check(natsOptions_SetToken(raw, options.token.c_str()), "NATS token"));
  if (!options.creds_file.empty())
    steps.push_back(check(natsOptions_SetUserCredentialsFromFiles(raw, options.creds_file.c_str(), nullptr),
                          "NATS credentials file " + options.creds_file));
  if (!options.tls_ca.empty() || !options.tls_cert.empty() || !options.tls_key.empty())
    steps.push_back(check(natsOptions_SetSecure(raw, true), "NATS TLS"));
  if (!options.tls_ca.empty())
    steps.push_back(
        check(natsOptions_LoadCATrustedCertificates(raw, options.tls_ca.c_str()), "NATS CA file " + options.tls_ca));
  if (!options.tls_cert.empty() || !options.tls_key.empty())
    steps.push_back(check(natsOptions_LoadCertificatesChain(raw, options.tls_cert.c_str(), options.tls_key.c_str()),
                          "NATS certificate " + options.tls_cert + " with key " + options.tls_key));
  for (const Status& step : steps)
    if (!step) return Error{ErrorCode::kInvalid, step.error().text};
  return created;
}

}  // namespace dlrgw::host
