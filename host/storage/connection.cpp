#include "storage/connection.hpp"

#include <poll.h>
#include <unordered_set>

#include "storage/pqxx_compat.hpp"

namespace dlrgw::host {
namespace {

void copy_result(const pqxx::result& from, ResultTable& to) {
  to.reset(static_cast<std::uint32_t>(from.columns()), static_cast<std::uint32_t>(from.size()));
  // A field counts a reference to the result; an iterator that moves on shares one for the whole row.
  for (auto row = from.begin(), end = from.end(); row != end; ++row)
    for (auto field = row->begin(), last = row->end(); field != last; ++field)
      to.add(field->is_null() ? std::nullopt : std::optional<std::string_view>({field->c_str(), field->size()}));
}

}  // namespace

struct Connection::Impl {
  explicit Impl(const std::string& conninfo) : connection(conninfo), quiet(connection) {
    pqxx_compat::never_reconnect(connection);
  }

  pqxx::connection connection;
  pqxx_compat::Quiet quiet;
  std::optional<pqxx::work> transaction;
  std::unordered_set<std::string> prepared;

  template <class Action>
  DbStatus guarded(std::string_view what, Action&& action) {
    try {
      action();
      return std::nullopt;
    } catch (const std::exception& thrown) {
      return classify(thrown, what, !connection.is_open());
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
    return classify(thrown, what, true).error();
  }
  if (const std::string sql = session_sql(session); !sql.empty())
    if (const DbStatus failure = opened->run_sql(sql, {}, nullptr, std::string(what) + ", session settings"))
      return failure->error();
  return opened;
}

bool Connection::is_open() const { return impl_->connection.is_open(); }

bool Connection::looks_alive() const {
  if (!is_open()) return false;
  // An idle session has nothing to say; readable means that the server closed it or is about to.
  pollfd socket{impl_->connection.sock(), POLLIN, 0};
  return ::poll(&socket, 1, 0) == 0;
}

DbStatus Connection::begin() {
  return impl_->guarded("BEGIN", [this] { impl_->transaction.emplace(impl_->connection); });
}

DbStatus Connection::commit() {
  DbStatus failure = impl_->guarded("COMMIT", [this] { impl_->transaction->commit(); });
  // Also when the server said why it went away: that says nothing about how far the commit had got.
  if (failure && (failure->code == ErrorCode::kUnavailable || !is_open())) failure->in_doubt = true;
  rollback();
  return failure;
}

void Connection::rollback() {
  if (!impl_ || !impl_->transaction) return;
  const DbStatus ignored = impl_->guarded("ROLLBACK", [this] { impl_->transaction->abort(); });
  static_cast<void>(ignored);  // a session that cannot roll back is closed, and the server rolls back
  const DbStatus closed = impl_->guarded("ROLLBACK", [this] { impl_->transaction.reset(); });
  static_cast<void>(closed);
}

bool Connection::in_transaction() const { return impl_->transaction.has_value(); }

DbStatus Connection::run(const Statement& statement, std::span<const std::string> arrays, ResultTable* result,
                         std::uint64_t& affected) {
  return impl_->guarded("statement " + statement.full_name(), [&] {
    if (!impl_->prepared.contains(statement.prepared_name())) {
      impl_->connection.prepare(statement.prepared_name(), statement.sql());
      impl_->prepared.insert(statement.prepared_name());
    }
    const pqxx::result answer = pqxx_compat::run_prepared(*impl_->transaction, statement.prepared_name(), arrays);
    affected = static_cast<std::uint64_t>(answer.affected_rows());
    if (result != nullptr) copy_result(answer, *result);
  });
}

DbStatus Connection::run_sql(const std::string& sql, std::span<const std::string> parameters, ResultTable* result,
                             std::string_view what) {
  return impl_->guarded(what, [&] {
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
