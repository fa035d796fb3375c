// SPDX-License-Identifier: Apache-2.0
// Opens sessions of one role with the password that stands in its file now. Owned by whoever needs sessions; any
// thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection.hpp"
#include "support/result.hpp"
#include "support/secret.hpp"

namespace dlrgw::host {

struct PoolConfig {
  std::string name;      // "svc", "relay", "admin", "portal", "maint"
  std::string dsn;       // libpq keyword form or URI, without credentials
  std::string user;      // empty: what the DSN says
  std::string password;  // empty: none; any characters
  std::uint32_t size = 4;
  std::string application_name = "dlr-gateway";
  std::vector<Setting> session;              // instead of those of the same name in session_defaults(name)
  std::shared_ptr<Secret> secret = nullptr;  // instead of password
};

class SessionOpener {
 public:
  // session: of every one that is opened.
  SessionOpener(PoolConfig config, std::vector<Setting> session);
  // As Connection::open. A password that the server does not take is followed by the one that it took before.
  Result<std::unique_ptr<Connection>> open(std::string_view what) const;

 private:
  const PoolConfig config_;
  const std::vector<Setting> session_;
  const std::shared_ptr<Secret> secret_;
};

// The full conninfo of a pool, credentials included: never log it.
std::string pool_conninfo(const PoolConfig& config, const std::string& password);
std::vector<Setting> pool_session(const PoolConfig& config);

}  // namespace dlrgw::host
