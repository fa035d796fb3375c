// SPDX-License-Identifier: Apache-2.0
// The connection over which the scripts of one owner are applied. Whatever a script says, PostgreSQL sees a login that
// has no right but to act as that owner. Owned by one migration; one thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/admin_session.hpp"

namespace dlrgw::host {

class ScriptSession {
 public:
  // With an owner's DSN its login is lent the owner for as long as the session lives; without, a login is made.
  static Result<std::unique_ptr<ScriptSession>> open(AdminSession& admin, const std::string& owner_dsn,
                                                     const std::string& owner_role);
  ~ScriptSession();
  ScriptSession(const ScriptSession&) = delete;
  ScriptSession& operator=(const ScriptSession&) = delete;

  [[nodiscard]] const std::string& owner_role() const { return owner_role_; }
  Status in_transaction(std::string_view what, const std::function<Status()>& action);
  // One script, inside the transaction. It cannot end it; what it deferred runs here and not at the commit.
  Status apply(const Migration& migration, const std::string& label);
  // A statement of our own.
  Status run(const std::string& sql, std::span<const std::string> parameters, std::string_view what);
  // Takes the login's rights, or the login itself, away. Called once, also after a failure.
  Status close();

 private:
  ScriptSession(AdminSession& admin, std::string owner_role) : admin_(admin), owner_role_(std::move(owner_role)) {}
  Status make_login();
  Status lend_to(const std::string& owner_dsn);
  Status connect(const std::string& conninfo);

  AdminSession& admin_;
  const std::string owner_role_;
  std::string login_;
  bool lent_ = false;  // an administrator's own login, of --owner-dsn
  std::unique_ptr<Connection> connection_;
};

// Ends the logins that earlier migrations of this database left.
Status sweep_logins(AdminSession& admin);

}  // namespace dlrgw::host
