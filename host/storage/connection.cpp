// SPDX-License-Identifier: Apache-2.0
#include "storage/connection.hpp"

#include <charconv>
#include <poll.h>
#include <unordered_map>
#include <utility>

#include "storage/pqxx_compat.hpp"
#include "storage/silence.hpp"

namespace dlrgw::host {
namespace {

void copy_result(const pqxx::result& from, ResultTable& to) {
  to.reset(static_cast<std::uint32_t>(from.columns()), static_cast<std::uint32_t>(from.size()));
  // A field counts a reference to the result; an iterator that moves on shares one for the whole row.
  for (auto row = from.begin(), end = from.end(); row != end; ++row)
    for (auto field = row->begin(), last = row->end(); field != last; ++field)
      to.add(field->is_null() ? std::nullopt : std::optional<std::string_view>({field->c_str(), field->size()}));
}

// The failure that a standby would report at the first write, reported before there is one.
DbFailure standby(std::string_view what) { return classify_sqlstate("25006", {}, what, {}); }

DbStatus weak_commit(std::string_view found, std::string_view wanted, std::string_view what) {
  if (!is_weaker_commit(found, wanted)) return std::nullopt;
  DbFailure weak;
  weak.code = ErrorCode::kDenied;
  weak.blame = Blame::kServer;
  weak.text.append(what).append(": synchronous_commit is ").append(found).append(" instead of ").append(wanted);
  weak.text.append("; a receipt would be acknowledged before it is safe: find who changes it, or say so in ");
  weak.text.append("storage.synchronous_commit");
  return weak;
}

// The server ends a statement at its time-out and says so; a COMMIT may wait for a standby on top. Past this nobody is
// there to say anything.
constexpr std::chrono::seconds kGrace{5};
constexpr std::chrono::seconds kOpeningPatience{15};
constexpr std::chrono::seconds kProbePatience{7};  // /ready is to say it within ten

std::int64_t number(std::optional<std::string_view> text) {
  std::int64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

}  // namespace

struct Connection::Impl {
  explicit Impl(const std::string& conninfo) : connection(conninfo), quiet(connection), socket(connection.sock()) {
    pqxx_compat::never_reconnect(connection);
    pqxx_compat::tell_details(connection);
  }

  pqxx::connection connection;
  pqxx_compat::Quiet quiet;
  WatchedSocket socket;
  std::chrono::milliseconds patience = kOpeningPatience;  // with a statement; 0 = for ever
  std::optional<pqxx::work> transaction;
  bool touched_others = false;  // in this transaction: their deferred constraints and triggers run at its COMMIT
  std::unordered_map<std::string, bool> prepared;  // whether it has been executed
  std::int64_t backend_pid = 0;                    // of the session that was opened

  template <class Action>
  DbStatus guarded(std::string_view what, Executing executing, Action&& action) {
    const WatchedSocket::Wait wait(socket, patience);
    try {
      action();
      return std::nullopt;
    } catch (const std::exception& thrown) {
      DbFailure failure = classify(thrown, what, !connection.is_open(), executing);
      if (socket.was_shut()) failure.text.append(": the server was silent, the connection was cut");
      return failure;
    }
  }
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Connection::~Connection() { rollback(); }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& conninfo, std::span<const Setting> session,
                                                     std::string_view what) {
  std::unique_ptr<Connection> opened;
  try {
    opened.reset(new Connection(std::make_unique<Impl>(conninfo)));
  } catch (const std::exception& thrown) {
    return classify(thrown, what, true, {}).error();
  }
  if (const DbStatus failure = opened->set_up(session, what)) return failure->error();
  return opened;
}

DbStatus Connection::set_up(std::span<const Setting> session, std::string_view what) {
  // In one round trip: set_config answers what is in force.
  std::string sql = session_sql(session);
  sql.append(sql.empty() ? "SELECT " : ", ").append("pg_catalog.pg_is_in_recovery(), pg_catalog.pg_backend_pid(), ");
  sql.append("(1000 * extract(epoch FROM pg_catalog.current_setting('statement_timeout')::interval))::bigint");
  ResultTable facts;
  if (DbStatus failure = run_sql(sql, {}, &facts, std::string(what) + ", session settings")) return failure;
  const auto settings = static_cast<std::uint32_t>(session.size());
  if (facts.raw(0, settings) == "t") return standby(what);
  impl_->backend_pid = number(facts.raw(0, settings + 1));
  const std::chrono::milliseconds longest_statement(number(facts.raw(0, settings + 2)));
  impl_->patience = longest_statement.count() == 0 ? longest_statement : longest_statement + kGrace;
  for (std::uint32_t i = 0; i < settings; ++i)
    if (session[i].name == kSynchronousCommit)
      if (DbStatus weak = weak_commit(facts.raw(0, i).value_or(""), session[i].value, what)) return weak;
  return std::nullopt;
}

DbStatus Connection::check(std::string_view what) {
  ResultTable facts;
  const std::chrono::milliseconds usual = std::exchange(impl_->patience, kProbePatience);
  DbStatus failure = run_sql("SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery()", {}, &facts, what);
  impl_->patience = usual;
  if (failure) return failure;
  if (facts.raw(0, 1) == "t") return standby(what);
  if (number(facts.raw(0, 0)) == impl_->backend_pid) return std::nullopt;
  DbFailure other = classify_sqlstate("08006", {}, what, {});
  other.text = std::string(what) + ": another session of the server answers than the one that was opened";
  return other;
}

bool Connection::pooled() const { return impl_->connection.backendpid() != impl_->backend_pid; }

std::int64_t Connection::backend_pid() {
  ResultTable answer;
  if (run_sql("SELECT pg_catalog.pg_backend_pid()", {}, &answer, "which session answers")) return 0;
  return number(answer.raw(0, 0));
}

bool Connection::is_open() const { return impl_->connection.is_open(); }

bool Connection::looks_alive() const {
  if (!is_open()) return false;
  // An idle session has nothing to say; readable means that the server closed it or is about to.
  pollfd socket{impl_->connection.sock(), POLLIN, 0};
  return ::poll(&socket, 1, 0) == 0;
}

DbStatus Connection::begin() {
  impl_->touched_others = false;
  return impl_->guarded("BEGIN", {}, [this] { impl_->transaction.emplace(impl_->connection); });
}

DbStatus Connection::commit() {
  const Executing executing{.own_tables_only = !impl_->touched_others};
  DbStatus failure = impl_->guarded(kCommitAction, executing, [this] { impl_->transaction->commit(); });
  // Even if the server said why it went away: that does not say how far the commit had got.
  if (failure && (failure->blame == Blame::kServer || !is_open())) failure->in_doubt = true;
  rollback();
  return failure;
}

void Connection::rollback() {
  if (!impl_ || !impl_->transaction) return;
  const DbStatus ignored = impl_->guarded("ROLLBACK", {}, [this] { impl_->transaction->abort(); });
  static_cast<void>(ignored);  // a session that cannot roll back is closed, and the server rolls back
  const DbStatus closed = impl_->guarded("ROLLBACK", {}, [this] { impl_->transaction.reset(); });
  static_cast<void>(closed);
}

bool Connection::in_transaction() const { return impl_->transaction.has_value(); }

DbStatus Connection::run(const Statement& statement, std::span<const std::string> arrays, ResultTable* result,
                         std::uint64_t& affected) {
  const auto known = impl_->prepared.find(statement.prepared_name());
  const Executing executing{.own_tables_only = statement.own_tables_only(),
                            .run_before = known != impl_->prepared.end() && known->second};
  impl_->touched_others = impl_->touched_others || !executing.own_tables_only;
  return impl_->guarded(statement.action(), executing, [&] {
    if (known == impl_->prepared.end()) {
      impl_->connection.prepare(statement.prepared_name(), statement.sql());
      impl_->prepared.emplace(statement.prepared_name(), false);
    }
    const pqxx::result answer = pqxx_compat::run_prepared(*impl_->transaction, statement.prepared_name(), arrays);
    impl_->prepared[statement.prepared_name()] = true;
    affected = static_cast<std::uint64_t>(answer.affected_rows());
    if (result != nullptr) copy_result(answer, *result);
  });
}

// Prepared in the protocol, not by PREPARE: what the server shows of the statement later begins with its own text.
DbStatus Connection::try_out(std::string_view what, const std::string& sql, std::size_t parameters,
                             std::string_view savepoint) {
  const std::string name = "dlrgw_try";
  std::string arguments;
  for (std::size_t i = 0; i < parameters; ++i) arguments += i == 0 ? "(NULL" : ", NULL";
  if (!arguments.empty()) arguments += ")";
  DbStatus failure = impl_->guarded(what, {}, [&] { pqxx_compat::prepare_now(impl_->connection, name, sql); });
  const bool prepared = !failure;
  if (prepared) failure = run_sql("EXPLAIN EXECUTE " + name + arguments, {}, nullptr, what);
  DbStatus ended;
  if (!savepoint.empty()) ended = run_sql("ROLLBACK TO SAVEPOINT " + std::string(savepoint), {}, nullptr, what);
  // It is no part of a transaction.
  if (prepared && !ended) ended = impl_->guarded(what, {}, [&] { impl_->connection.unprepare(name); });
  return failure ? failure : ended;
}

DbStatus Connection::run_sql(const std::string& sql, std::span<const std::string> parameters, ResultTable* result,
                             std::string_view what) {
  impl_->touched_others = true;  // plain SQL is not parsed: it may touch anything
  return impl_->guarded(what, {}, [&] {
    const auto in = [&](pqxx::transaction_base& tx) {
      const pqxx::result answer = parameters.empty() ? tx.exec(sql) : pqxx_compat::run(tx, sql, parameters);
      if (result != nullptr) copy_result(answer, *result);
    };
    if (impl_->transaction) {
      in(*impl_->transaction);
    } else {
      pqxx::nontransaction direct(impl_->connection);
      in(direct);
    }
  });
}

}  // namespace dlrgw::host
