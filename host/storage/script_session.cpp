// SPDX-License-Identifier: Apache-2.0
#include "storage/script_session.hpp"

#include <array>

#include <sys/random.h>

#include <dlrgw/cpp/hex.hpp>

#include "sql_migrations.hpp"
#include "storage/script_rules.hpp"
#include "storage/text_check.hpp"
#include "storage/transaction.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kPasswordBytes = 24;

Result<std::string> random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  if (::getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(raw.size()))
    return Error{ErrorCode::kInternal, "the system gives no random bytes"};
  std::string out;
  append_hex(out, raw);
  return out;
}

std::string set_local(std::string_view name, std::string_view value) {
  return "SELECT set_config(" + sql_literal(name) + ", " + sql_literal(value) + ", true);\n";
}

// Of this database: another one of the cluster has a lock of its own.
Result<std::string> login_prefix(AdminSession& admin) {
  ResultTable answer;
  const Status status =
      admin.read("SELECT 'dlr_migrate_' || oid || '_' FROM pg_database WHERE datname = current_database()", {},
                 "database", &answer);
  if (!status) return status.error();
  return std::string(answer.raw(0, 0).value_or(""));
}

// Where the administrator's connection leads, for another login: over TCP, since a Unix socket often admits nobody but
// the system user of the same name.
Result<std::vector<Setting>> same_database(AdminSession& admin) {
  ResultTable answer;
  const Status status = admin.read("SELECT inet_server_addr() IS NULL, current_setting('port'), current_database()", {},
                                   "address", &answer);
  if (!status) return status.error();
  std::vector<Setting> out{{"dbname", std::string(answer.raw(0, 2).value_or(""))}};
  if (answer.raw(0, 0) == "t") {
    out.push_back({"host", "localhost"});
    out.push_back({"port", std::string(answer.raw(0, 1).value_or(""))});
  }
  return out;
}

}  // namespace

Status sweep_logins(AdminSession& admin) {
  const Result<std::string> prefix = login_prefix(admin);
  if (!prefix) return prefix.error();
  const std::array<std::string, 1> parameters{*prefix};
  ResultTable left;
  const std::string_view what = "logins of earlier migrations";
  if (Status status = admin.read("SELECT 1 FROM pg_roles WHERE starts_with(rolname, $1)", parameters, what, &left);
      !status)
    return status;
  if (left.rows() == 0) return {};
  return admin.in_transaction(what, [&] {
    return admin.change(set_local("dlrgw.login_prefix", *prefix) + std::string(kSweepLoginsSql), what);
  });
}

Result<std::unique_ptr<ScriptSession>> ScriptSession::open(AdminSession& admin, const std::string& owner_dsn,
                                                           const std::string& owner_role) {
  std::unique_ptr<ScriptSession> out(new ScriptSession(admin, owner_role));
  Status opened = owner_dsn.empty() ? out->make_login() : out->lend_to(owner_dsn);
  if (opened) return out;
  (void)out->close();  // what it left is swept by the next run; the reason why it failed is told
  return opened.error();
}

ScriptSession::~ScriptSession() = default;

Status ScriptSession::make_login() {
  const Result<std::string> prefix = login_prefix(admin_);
  const Result<std::string> tail = random_hex(8);
  const Result<std::string> password = random_hex(kPasswordBytes);
  const Result<std::vector<Setting>> where = same_database(admin_);
  if (!prefix) return prefix.error();
  if (!tail) return tail.error();
  if (!password) return password.error();
  if (!where) return where.error();
  login_ = *prefix + *tail;
  const std::string what = "login for the scripts of role " + owner_role_;
  const std::array<std::string, 3> parameters{login_, *password, owner_role_};
  Status made = admin_.in_transaction(what, [&]() -> Status {
    if (Status quiet = keep_quiet(admin_, what); !quiet) return quiet;
    if (Status set =
            admin_.change("SELECT set_config('dlrgw.login', $1, true), set_config('dlrgw.password', $2, true), "
                          "set_config('dlrgw.script_owner', $3, true);",
                          what, parameters);
        !set)
      return set;
    if (Status login = admin_.change(std::string(kScriptLoginSql), what); !login) return login;
    return admin_.change(std::string(kLendOwnerSql), what);
  });
  if (!made) return made;
  if (admin_.plan()) return {};
  std::vector<Setting> overrides = *where;
  overrides.push_back({"user", login_});
  overrides.push_back({"password", *password});
  overrides.push_back({"application_name", "dlr-gateway/migrate"});
  Status connected = connect(build_conninfo(admin_.dsn(), connection_defaults(), overrides));
  if (connected || connected.error().code != ErrorCode::kUnavailable) return connected;
  return Error{ErrorCode::kUnavailable, connected.error().text +
                                            "; scripts are applied over a login of their own, which pg_hba.conf must "
                                            "admit with a password from this host, or give one with --owner-dsn"};
}

Status ScriptSession::lend_to(const std::string& owner_dsn) {
  lent_ = true;
  const std::string what = "login of --owner-dsn";
  const std::array<Setting, 1> name{Setting{"application_name", "dlr-gateway/migrate"}};
  const std::string conninfo = build_conninfo(owner_dsn, connection_defaults(), name);
  {
    auto first = Connection::open(conninfo, {}, what);
    if (!first) return first.error();
    ResultTable who;
    if (const DbStatus failure = (*first)->run_sql("SELECT session_user, current_database()", {}, &who, what))
      return failure->error();
    login_ = std::string(who.raw(0, 0).value_or(""));
    const Result<bool> same = admin_.ask("SELECT current_database() = " + sql_literal(who.raw(0, 1).value_or("")) +
                                             " AND EXISTS (SELECT FROM pg_roles "
                                             "WHERE rolname = " +
                                             sql_literal(login_) + " AND rolname <> session_user)",
                                         what);
    if (!same) return same.error();
    if (!*same) {
      login_.clear();
      return Error{ErrorCode::kInvalid, what +
                                            ": it leads to another database than the administrator's connection, or "
                                            "it is the administrator"};
    }
  }
  const std::string settings = set_local("dlrgw.login", login_) + set_local("dlrgw.script_owner", owner_role_);
  Status lent = admin_.in_transaction(what, [&] {
    return admin_.change(settings + std::string(kTakeOwnerBackSql) + std::string(kLendOwnerSql), what);
  });
  if (!lent || admin_.plan()) return lent;
  return connect(conninfo);
}

// Trusted only after the server has said who it takes the session for.
Status ScriptSession::connect(const std::string& conninfo) {
  const std::string what = "session for the scripts of role " + owner_role_;
  auto connection = Connection::open(conninfo, migrate_session_settings(script_search_path(owner_role_)), what);
  if (!connection) return connection.error();
  connection_ = std::move(*connection);
  const std::array<std::string, 2> parameters{login_, owner_role_};
  ResultTable answer;
  if (const DbStatus failure = connection_->run_sql(
          "SELECT session_user = $1 AND current_user = $2 AND NOT (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR "
          "r.rolcreatedb OR r.rolreplication) AND NOT EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles o ON o.oid "
          "= m.roleid WHERE m.member = r.oid AND o.rolname <> $2) FROM pg_roles r WHERE r.rolname = session_user",
          parameters, &answer, what))
    return failure->error();
  if (answer.raw(0, 0) == "t") return {};
  return Error{ErrorCode::kDenied, what + ": the login \"" + login_ +
                                       "\" has rights of its own, is a member of another role, or does not act as that "
                                       "role; scripts are not applied over it"};
}

Status ScriptSession::in_transaction(std::string_view what, const std::function<Status()>& action) {
  return in_one_transaction(*connection_, what, action);
}

Status ScriptSession::run(const std::string& sql, std::span<const std::string> parameters, std::string_view what) {
  if (const DbStatus failure = connection_->run_sql(sql, parameters, nullptr, what)) return failure->error();
  return {};
}

Status ScriptSession::apply(const Migration& migration, const std::string& label) {
  if (const DbStatus failure = run_script(*connection_, migration.sql, label))
    return script_error(*failure, label, owner_role_);
  if (Status reset = run("RESET ROLE", {}, label); !reset) return reset;
  return owner_role_ == kOwnerRole ? Status() : refuse_public(*connection_, label);
}

Status ScriptSession::close() {
  connection_.reset();
  if (login_.empty()) return {};
  if (!lent_) return sweep_logins(admin_);
  const std::string what = "login of --owner-dsn";
  return admin_.in_transaction(
      what, [&] { return admin_.change(set_local("dlrgw.login", login_) + std::string(kTakeOwnerBackSql), what); });
}

}  // namespace dlrgw::host
