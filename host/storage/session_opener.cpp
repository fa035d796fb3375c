// SPDX-License-Identifier: Apache-2.0
#include "storage/session_opener.hpp"

#include <algorithm>
#include <utility>

namespace dlrgw::host {

std::string pool_conninfo(const PoolConfig& config, const std::string& password) {
  std::vector<Setting> overrides{{"application_name", config.application_name + "/" + config.name}};
  if (!config.user.empty()) overrides.push_back({"user", config.user});
  if (!password.empty()) overrides.push_back({"password", password});
  return build_conninfo(config.dsn, connection_defaults(), overrides);
}

std::vector<Setting> pool_session(const PoolConfig& config) {
  std::vector<Setting> settings = session_defaults(config.name);
  for (const Setting& own : config.session) {
    const auto known = std::ranges::find(settings, own.name, &Setting::name);
    if (known == settings.end()) {
      settings.push_back(own);
    } else {
      known->value = own.value;
    }
  }
  return settings;
}

SessionOpener::SessionOpener(PoolConfig config, std::vector<Setting> session)
    : config_(std::move(config)),
      session_(std::move(session)),
      secret_(config_.secret ? config_.secret : std::make_shared<Secret>(config_.password)) {}

// Why a login failed is told in the server's language alone: whatever it was, the other password is tried too.
Result<std::unique_ptr<Connection>> SessionOpener::open(std::string_view what) const {
  const std::vector<std::string> passwords = secret_->to_try();
  Result<std::unique_ptr<Connection>> opened =
      Connection::open(pool_conninfo(config_, passwords.front()), session_, what);
  if (opened || opened.error().code == ErrorCode::kDenied || passwords.size() == 1) {
    if (opened) secret_->taken(passwords.front());
    return opened;
  }
  Result<std::unique_ptr<Connection>> again =
      Connection::open(pool_conninfo(config_, passwords.back()), session_, what);
  if (!again) return opened;
  secret_->taken(passwords.back());
  return again;
}

}  // namespace dlrgw::host
