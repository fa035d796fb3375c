// SPDX-License-Identifier: Apache-2.0
#include "nats/client_options.hpp"

#include <cstring>
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

// The lines between "-----BEGIN <what>-----" and the dashes that follow.
std::string part_of(const std::string& text, const std::string& what) {
  const std::string begin = "-----BEGIN " + what + "-----";
  const std::size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  const std::size_t start = at + begin.size();
  std::string out;
  for (const char c : text.substr(start, text.find("-----", start) - start))
    if (c != '\n' && c != '\r' && c != ' ') out += c;
  return out;
}

natsStatus give_jwt(char** jwt, char**, void* closure) {
  *jwt = strdup(static_cast<const NatsCredentials*>(closure)->jwt.c_str());
  return *jwt == nullptr ? NATS_NO_MEMORY : NATS_OK;
}

natsStatus sign(char**, unsigned char** signature, int* length, const char* nonce, void* closure) {
  return nats_Sign(static_cast<const NatsCredentials*>(closure)->seed.c_str(), nonce, signature, length);
}

}  // namespace

Result<NatsCredentials> parse_credentials(const std::string& text) {
  NatsCredentials out{part_of(text, "NATS USER JWT"), part_of(text, "USER NKEY SEED")};
  if (out.jwt.empty() || out.seed.empty())
    return Error{ErrorCode::kInvalid, "holds no JWT and seed of a NATS user; give a .creds file as nsc writes it"};
  return out;
}

Result<std::unique_ptr<NatsLogin>> NatsLogin::make(const NatsOptions& options, std::string secret) {
  auto out = std::make_unique<NatsLogin>();
  out->user_ = options.user;
  out->token_ = options.token;
  if (!options.creds_file.empty()) {
    auto credentials = parse_credentials(secret);
    if (!credentials)
      return Error{ErrorCode::kInvalid, "NATS credentials file " + options.creds_file + " " + credentials.error().text};
    out->by_credentials_ = true;
    out->credentials_ = std::move(*credentials);
  }
  out->secret_ = std::move(secret);
  return out;
}

Status NatsLogin::put_into(natsOptions* options) const {
  natsStatus status = NATS_OK;
  if (by_credentials_) {
    auto* closure = const_cast<NatsCredentials*>(&credentials_);  // nats.c hands it back unchanged
    status = natsOptions_SetUserCredentialsCallbacks(options, give_jwt, closure, sign, closure);
  } else if (!user_.empty()) {
    status = natsOptions_SetUserInfo(options, user_.c_str(), secret_.c_str());
  }
  if (status == NATS_OK && !token_.empty()) status = natsOptions_SetToken(options, token_.c_str());
  if (status != NATS_OK) return native::error_of(status, "NATS login");
  return {};
}

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
