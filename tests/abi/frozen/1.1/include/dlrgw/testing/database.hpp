// SPDX-License-Identifier: Apache-2.0
// A database for an author's tests: a private PostgreSQL, started here and gone at the end, in which the plugin's
// scripts are applied and its statements run, under roles with the rights of a gateway. Debian's package `postgresql`
// has what it takes; a test without it says so and is skipped. One thread.
//
//   if (!TestDatabase::missing().empty()) GTEST_SKIP() << TestDatabase::missing();
//   TestDatabase database;                    // some seconds: a suite may share one
//   FakeHost host;
//   host.grant("sql").use(database);          // before the plugin: its scripts are applied when it is created
//   TestPlugin plugin(host);
//   plugin.process("acme.seen", {&receipt});  // commits, as a batch does
//   EXPECT_EQ(database.rows("SELECT status FROM dlr.acme_seen"), (SqlRows{{"DELIVERED"}}));
//
// Tables of the gateway or of other services that a statement reads are the test's to make, with exec().
#pragma once
#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/statement_text.hpp>
#include <dlrgw/testing/libpq.hpp>
#include <dlrgw/testing/private_postgres.hpp>
#include <dlrgw/testing/sql_text.hpp>

namespace dlrgw::testing {

class TestDatabase final : public SqlBackend {
 public:
  // What a test of a database needs and this machine has not, in a sentence; empty: nothing.
  static std::string missing() {
    if (detail::PrivatePostgres::programs().empty())
      return "no PostgreSQL is installed: initdb and pg_ctl were not found; apt install postgresql";
    if (detail::Libpq::find() == nullptr) return "libpq is not installed; apt install libpq5";
    return {};
  }

  // Throws dlrgw::Error when the server does not start.
  TestDatabase() : server_(started()), session_(std::make_unique<detail::PgSession>(server_->conninfo())) {
    exec(
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET client_min_messages = 'warning'; "
        "SET search_path = dlr, pg_temp; CREATE ROLE dlr_owner NOLOGIN; CREATE SCHEMA dlr");
    for (const std::string role : kRoles) exec("CREATE ROLE " + role);
    clear();
  }

  // Takes away all that plugins and exec() made in schema dlr: for a suite that shares a database, before each test.
  void clear() {
    exec("DROP SCHEMA dlr CASCADE; CREATE SCHEMA dlr AUTHORIZATION dlr_owner");
    for (const std::string role : kRoles) exec("GRANT USAGE ON SCHEMA dlr TO " + role);
    applied_.clear();
  }

  // As a superuser; names without a schema are looked for in dlr. Throws dlrgw::Error with PostgreSQL's sentence.
  void exec(const std::string& sql) { (void)rows(sql); }
  // Cells as PostgreSQL prints them.
  SqlRows rows(const std::string& sql) {
    if (open_) throw Error(DLRGW_E_INVALID, "a unit of work is open: the plugin has not closed it");
    return session_->exec(sql, "test").rows;
  }

 private:
  static constexpr std::array kRoles{"dlr_svc", "dlr_relay", "dlr_admin", "dlr_portal", "dlr_maint"};

  using Row = std::vector<detail::OwnedValue>;
  struct Statement {
    std::string name;  // "acme-seen.note"
    std::string prepared;
    bool is_query = false, one_each = false;
    std::uint32_t key_count = 0;
    std::vector<std::uint32_t> types;                 // of its columns
    std::vector<std::pair<std::uint64_t, Row>> rows;  // receipt, row
  };

  static std::unique_ptr<detail::PrivatePostgres> started() {
    if (const std::string why = missing(); !why.empty()) throw Error(DLRGW_E_UNAVAILABLE, why);
    return std::make_unique<detail::PrivatePostgres>();
  }
  template <class T, class P>
  static const T& at(const P* items, std::uint32_t stride, std::uint32_t i) {
    return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(items) + std::size_t{i} * stride);
  }
  static std::string quoted(std::string_view text, char mark) {
    std::string out(1, mark);
    for (const char c : text) out.append(c == mark ? 2 : 1, c);
    return out + mark;
  }

  // SqlBackend. As `migrate`: a role of the plugin's own, which owns what its scripts make and nothing else.
  void apply_scripts(const dlrgw_plugin& plugin) override {
    plugin_ = std::string(view(plugin.id));
    statements_.clear();  // of an earlier plugin
    const std::string role = "dlr_owner_" + plugin_, owner = quoted(role, '"');
    if (session_->exec("SELECT 1 FROM pg_roles WHERE rolname = " + quoted(role, '\''), plugin_).rows.empty())
      exec("CREATE ROLE " + owner);
    const std::string by_default = "; ALTER DEFAULT PRIVILEGES FOR ROLE " + owner + " IN SCHEMA dlr GRANT ";
    exec("GRANT USAGE, CREATE ON SCHEMA dlr TO " + owner + by_default + "SELECT, INSERT ON TABLES TO dlr_svc" +
         by_default + "SELECT ON TABLES TO dlr_admin" + by_default + "USAGE ON SEQUENCES TO dlr_svc, dlr_admin");
    for (const std::uint32_t kind : {DLRGW_MIGRATION_TABLES, DLRGW_MIGRATION_VIEWS})
      for (std::uint32_t i = 0; i < plugin.migration_count; ++i) {
        const auto& script = at<dlrgw_migration>(plugin.migrations, plugin.migration_stride, i);
        if (script.kind == kind) apply(script, owner);
      }
    if (DLRGW_HAS(&plugin, dlrgw_plugin, table_stride)) grant_declared(plugin, owner);
  }
  void apply(const dlrgw_migration& script, const std::string& owner) {
    const std::string kind = script.kind == DLRGW_MIGRATION_TABLES ? "tables/" : "views/";
    const std::string label = kind + std::string(view(script.name)) + ".sql";
    if (!applied_.insert(plugin_ + " " + label).second) return;
    within("SET LOCAL ROLE " + owner, [&] {
      session_->exec("SELECT set_config('dlrgw.script', " + quoted(view(script.sql), '\'') + ", true)", label);
      session_->exec("DO $$ BEGIN EXECUTE current_setting('dlrgw.script'); END $$; SET CONSTRAINTS ALL IMMEDIATE",
                     label);
    });
  }
  // Whoever declares one table declares all.
  void grant_declared(const dlrgw_plugin& plugin, const std::string& owner) {
    if (plugin.table_count == 0) return;
    within("SET LOCAL ROLE " + owner, [&] {
      const std::string mine =
          "SELECT c.oid::regclass FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user "
          "AND c.relkind IN ('r', 'p', 'v', 'm')";
      for (const auto& made : session_->exec(mine, plugin_).rows)
        session_->exec("REVOKE ALL ON " + *made[0] + " FROM PUBLIC, dlr_svc, dlr_maint", plugin_);
      for (std::uint32_t i = 0; i < plugin.table_count; ++i) {
        const auto& table = at<dlrgw_table>(plugin.tables, plugin.table_stride, i);
        const std::string name = "dlr." + quoted(view(table.name), '"');
        grant(table.svc, name, "dlr_svc");
        grant(table.maint, name, "dlr_maint");
      }
    });
  }
  void grant(std::uint32_t rights, const std::string& table, const std::string& role) {
    constexpr std::array kRights{"SELECT", "INSERT", "UPDATE", "DELETE"};
    for (std::size_t bit = 0; bit < kRights.size(); ++bit)
      if ((rights >> bit & 1U) != 0)
        session_->exec(std::string("GRANT ") + kRights[bit] + " ON " + table + " TO " + role,
                       "declared table " + table);
  }

  // A transaction around the action; rolled back when it throws.
  template <class Action>
  void within(const std::string& role, const Action& action) {
    begin(role);
    try {
      action();
    } catch (...) {
      end("ROLLBACK");
      throw;
    }
    end("COMMIT");
  }
  void begin(const std::string& role) {
    if (open_) throw Error(DLRGW_E_INVALID, "a unit of work is open already: close it first");
    session_->exec("BEGIN; " + role, "BEGIN");
    open_ = true;
    failure_.reset();
  }
  void end(const char* how) {
    open_ = false;
    for (Statement& statement : statements_) statement.rows.clear();
    session_->exec(how, how);
  }
  // What failed once fails to its end, whether or not the plugin took notice. How many rows the writes touched.
  template <class Keep>
  std::uint64_t finish(const Keep& keep) {
    std::uint64_t affected = 0;
    try {
      if (failure_) throw Error(*failure_);
      affected = flush(keep);
    } catch (...) {
      end("ROLLBACK");
      throw;
    }
    end("COMMIT");
    return affected;
  }

  void begin_batch() override {
    begin("SET LOCAL ROLE dlr_svc");
    in_batch_ = true;
  }
  void end_batch(const std::set<std::uint64_t>& kept, bool commit) override {
    in_batch_ = false;
    if (!commit) return end("ROLLBACK");
    (void)finish([&](std::uint64_t receipt) { return kept.contains(receipt); });
  }

  const dlrgw_sql* service() override { return &service_; }

  // The writes, in the order of their definition.
  template <class Keep>
  std::uint64_t flush(const Keep& keep) {
    std::uint64_t affected = 0;
    for (Statement& statement : statements_) {
      std::vector<Row> rows;
      for (auto& [receipt, row] : statement.rows)
        if (!statement.is_query && keep(receipt)) rows.push_back(row);
      if (rows.empty()) continue;
      sort(statement, rows);
      const auto equal = [&](const Row& a, const Row& b) { return key(statement, a) == key(statement, b); };
      if (statement.key_count != 0 && std::adjacent_find(rows.begin(), rows.end(), equal) != rows.end())
        throw Error(DLRGW_E_INVALID, "statement " + statement.name + ": two rows of one flush have the same key");
      const std::uint64_t touched = run(statement, rows).affected;
      if (statement.one_each && touched != rows.size())
        throw Error(DLRGW_E_TRANSIENT, "statement " + statement.name + ": " + std::to_string(rows.size()) +
                                           " rows affected " + std::to_string(touched) + " rows of the table");
      affected += touched;
    }
    return affected;
  }
  static Row key(const Statement& statement, const Row& row) {
    return {row.begin(), row.begin() + statement.key_count};
  }
  static void sort(const Statement& statement, std::vector<Row>& rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const Row& a, const Row& b) { return key(statement, a) < key(statement, b); });
  }
  detail::PgAnswer run(const Statement& statement, const std::vector<Row>& rows) {
    std::vector<std::string> arrays;
    for (std::size_t i = 0; i < statement.types.size(); ++i) arrays.push_back(detail::array_text(rows, i));
    try {
      return session_->exec_prepared(statement.prepared, arrays, "statement " + statement.name);
    } catch (const Error& failed) {
      failure_ = failed;
      throw;
    }
  }

  // The gateway prepares each statement before it goes live and has it planned under the roles that may run it: one
  // that takes it is enough, and dlr_svc is the one that is told of.
  void try_out(const Statement& statement, const std::string& sql) {
    const std::string label = "statement " + statement.name;
    session_->prepare(statement.prepared, sql, label);
    std::string nulls;
    for (std::size_t i = 0; i < statement.types.size(); ++i) nulls += i == 0 ? "(NULL" : ", NULL";
    if (!nulls.empty()) nulls += ")";
    std::optional<Error> first;
    for (const std::string role : kRoles) {
      try {
        return within("SET LOCAL ROLE " + role,
                      [&] { session_->exec("EXPLAIN EXECUTE " + statement.prepared + nulls, label); });
      } catch (const Error& refused) {
        if (!first) first = refused;
      }
    }
    throw Error(*first);
  }

  static std::int32_t define(void* self, const dlrgw_sql_def* def, std::uint32_t* id, dlrgw_error* error) {
    auto& db = *static_cast<TestDatabase*>(self);
    return guarded(error, [&] {
      StatementText text{
          db.plugin_, view(def->name), view(def->text), def->key_count, (def->flags & DLRGW_SQL_ONE_EACH) != 0, {}};
      Statement made{db.plugin_ + "." + std::string(view(def->name)),
                     "dlrgw_" + std::to_string(db.prepared_++),
                     def->verb == DLRGW_SQL_QUERY,
                     text.one_each,
                     def->key_count,
                     {},
                     {}};
      for (std::uint32_t i = 0; i < def->column_count; ++i) {
        const auto& column = at<dlrgw_sql_column>(def->columns, def->column_stride, i);
        text.columns.push_back({view(column.name), column.type});
        made.types.push_back(column.type);
      }
      if (const std::string problem = problem_of_statement(text); !problem.empty())
        throw Error(DLRGW_E_INVALID, problem);
      db.try_out(made, prepared_text(text));
      *id = static_cast<std::uint32_t>(db.statements_.size());
      db.statements_.push_back(std::move(made));
    });
  }
  Statement& known(std::uint32_t id) {
    if (id >= statements_.size()) throw Error(DLRGW_E_INVALID, "unknown unit of work or statement");
    return statements_[id];
  }
  static std::int32_t add_row(void* self, dlrgw_uow*, std::uint32_t id, std::uint64_t receipt,
                              const dlrgw_sql_value* values, std::uint32_t count, std::uint32_t stride,
                              dlrgw_error* error) {
    auto& db = *static_cast<TestDatabase*>(self);
    return guarded(error, [&] {
      Statement& statement = db.known(id);
      const std::string label = "statement " + statement.name;
      if (count != statement.types.size())
        throw Error(DLRGW_E_INVALID, label + ": a row needs " + std::to_string(statement.types.size()) +
                                         " values, got " + std::to_string(count));
      if (db.in_batch_ && receipt == 0 && !statement.is_query)
        throw Error(DLRGW_E_INVALID, label + ": a write in a batch needs the handle of its receipt");
      Row row;
      for (std::uint32_t i = 0; i < count; ++i) {
        const auto& value = at<dlrgw_sql_value>(values, stride, i);
        if (value.type != DLRGW_SQL_NULL && value.type != statement.types[i])
          throw Error(DLRGW_E_INVALID, label + ": a value is not of its column's type");
        row.push_back(detail::OwnedValue::of(value));
      }
      statement.rows.emplace_back(receipt, std::move(row));
    });
  }
  static std::int32_t query(void* self, dlrgw_uow*, std::uint32_t id, std::uint32_t* count, dlrgw_error* error) {
    auto& db = *static_cast<TestDatabase*>(self);
    return guarded(error, [&] {
      Statement& statement = db.known(id);
      if (!statement.is_query) throw Error(DLRGW_E_INVALID, statement.name + " is a write, not a query");
      if (!db.open_) throw Error(DLRGW_E_INVALID, statement.name + ": no unit of work is open");
      std::vector<Row> rows;
      for (auto& [receipt, row] : statement.rows) rows.push_back(std::move(row));
      statement.rows.clear();
      sort(statement, rows);
      db.result_.clear();
      if (statement.types.empty() || !rows.empty()) db.result_ = db.run(statement, rows).rows;
      *count = static_cast<std::uint32_t>(db.result_.size());
    });
  }
  static std::int32_t get(void* self, dlrgw_uow*, std::uint32_t row, std::uint32_t column, std::uint32_t type,
                          dlrgw_sql_value* out) {
    auto& db = *static_cast<TestDatabase*>(self);
    if (row >= db.result_.size() || column >= db.result_[row].size()) return DLRGW_E_INVALID;
    const SqlCell& cell = db.result_[row][column];
    out->type = DLRGW_SQL_NULL;
    return cell ? detail::give(*cell, type, *out, db.bytes_.emplace_back()) : DLRGW_OK;
  }
  static std::int32_t open(void* self, dlrgw_str pool, dlrgw_uow** uow, dlrgw_error* error) {
    auto& db = *static_cast<TestDatabase*>(self);
    return guarded(error, [&] {
      const std::string role = "dlr_" + std::string(view(pool));
      if (std::find(kRoles.begin(), kRoles.end(), role) == kRoles.end())
        throw Error(DLRGW_E_NOT_FOUND,
                    "no pool \"" + std::string(view(pool)) + "\"; there are admin, maint, portal, relay and svc");
      if (db.in_batch_)
        throw Error(DLRGW_E_DENIED, "a stage uses the unit of work of its batch, it opens none of its own");
      db.begin("SET LOCAL ROLE " + role);
      *uow = reinterpret_cast<dlrgw_uow*>(self);  // opaque
    });
  }
  static std::int32_t commit(void* self, dlrgw_uow*, std::uint64_t* affected, dlrgw_error* error) {
    auto& db = *static_cast<TestDatabase*>(self);
    return guarded(error, [&] {
      if (db.in_batch_) throw Error(DLRGW_E_DENIED, "the host commits a batch, not a stage");
      if (!db.open_) throw Error(DLRGW_E_INVALID, "the unit of work is committed already");
      const std::uint64_t touched = db.finish([](std::uint64_t) { return true; });
      if (affected != nullptr) *affected = touched;
    });
  }
  static void close(void* self, dlrgw_uow*) {
    auto& db = *static_cast<TestDatabase*>(self);
    if (db.open_ && !db.in_batch_) (void)guarded(nullptr, [&] { db.end("ROLLBACK"); });
  }

  const std::unique_ptr<detail::PrivatePostgres> server_;
  const std::unique_ptr<detail::PgSession> session_;
  std::string plugin_;
  std::set<std::string> applied_;  // scripts
  std::vector<Statement> statements_;
  std::size_t prepared_ = 0;
  bool open_ = false, in_batch_ = false;  // a transaction
  std::optional<Error> failure_;          // in it
  SqlRows result_;                        // of the last query
  std::deque<std::string> bytes_;         // what get() decoded
  const dlrgw_sql service_{sizeof(dlrgw_sql), 1, this, define, add_row, query, get, open, commit, close};
};

}  // namespace dlrgw::testing
