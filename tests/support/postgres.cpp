// SPDX-License-Identifier: Apache-2.0
#include "support/postgres.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include <pqxx/pqxx>

#include "support/port_lease.hpp"
#include "support/postgres_cluster.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {
constexpr std::size_t kRowsPerStatement = 5000;
}  // namespace

struct TestPostgres::Impl {
  PostgresOptions options;
  TempDir dir;
  PortLease port;
  std::string data_dir;
  ChildProcess server;
  std::mutex mutex;                         // guards connection
  std::unique_ptr<pqxx::connection> admin;  // made at first use, dropped at stop

  std::vector<std::string> settings() const {
    std::vector<std::string> result = options.settings;
    if (options.fast) result.emplace_back("fsync=off");
    if (options.statement_statistics) {
      result.emplace_back("shared_preload_libraries=pg_stat_statements");
      result.emplace_back("pg_stat_statements.max=10000");
    }
    return result;
  }
  std::string log_path() const { return dir.path() + "/postgresql.log"; }

  pqxx::result run(const std::string& sql, const std::string& dsn) {
    const std::lock_guard lock(mutex);
    if (admin == nullptr) admin = std::make_unique<pqxx::connection>(dsn);
    try {
      pqxx::nontransaction work(*admin);
      return work.exec(sql);
    } catch (const pqxx::broken_connection&) {
      admin.reset();
      throw;
    }
  }
};

TestPostgres::TestPostgres(PostgresOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  const std::string parent = impl_->dir.make_dir("pg", postgres_user());
  impl_->data_dir = parent + "/data";
  const std::string& cluster = impl_->options.cluster;
  copy_cluster(cluster.empty() ? postgres_template_dir() : cluster, impl_->data_dir);
  start();
  if (impl_->options.statement_statistics) exec("CREATE EXTENSION pg_stat_statements");
}

TestPostgres::~TestPostgres() {
  impl_->admin.reset();
  impl_->server.signal(SIGQUIT);
  impl_->server.wait();
}

std::uint16_t TestPostgres::port() const { return impl_->port.port(); }

std::string TestPostgres::dsn() const { return "host=127.0.0.1 port=" + std::to_string(port()) + " dbname=sms"; }

std::string TestPostgres::dsn_of(const std::string& user, const std::string& password) const {
  return dsn() + " user=" + user + " password=" + password;
}

std::string TestPostgres::admin_dsn() const { return dsn_of("postgres", kPostgresAdminPassword); }

void TestPostgres::start() {
  if (running()) return;
  impl_->server = start_postmaster(impl_->data_dir, port(), impl_->log_path(), impl_->settings());
}

void TestPostgres::stop(PostgresStop how) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->admin.reset();
  }
  impl_->server.signal(how == PostgresStop::kFast ? SIGINT : SIGQUIT);
  if (!impl_->server.wait()) throw std::runtime_error("PostgreSQL did not stop");
}

void TestPostgres::restart(PostgresStop how) {
  stop(how);
  start();
}

bool TestPostgres::running() { return impl_->server.running(); }

void TestPostgres::exec(const std::string& sql) { impl_->run(sql, admin_dsn()); }

std::vector<Row> TestPostgres::rows(const std::string& sql) {
  std::vector<Row> result;
  for (const auto& row : impl_->run(sql, admin_dsn())) {
    Row& copy = result.emplace_back();
    for (const auto& field : row) copy.emplace_back(field.is_null() ? "" : field.c_str());
  }
  return result;
}

std::string TestPostgres::value(const std::string& sql) {
  const auto all = rows(sql);
  if (all.empty() || all.front().empty()) throw std::runtime_error("no row from: " + sql);
  return all.front().front();
}

std::int64_t TestPostgres::count(const std::string& sql) { return std::stoll(value(sql)); }

std::string TestPostgres::quote(std::string_view text) {
  std::string quoted = "'";  // standard_conforming_strings is on: only the quote itself needs care
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

void TestPostgres::exec_json(const std::string& sql, const std::vector<std::string>& elements) {
  const auto at = sql.find(":rows");
  if (at == std::string::npos) throw std::invalid_argument("no :rows in: " + sql);
  for (std::size_t first = 0; first < elements.size(); first += kRowsPerStatement) {
    std::string array = "[";
    for (std::size_t i = first; i < std::min(elements.size(), first + kRowsPerStatement); ++i)
      array += (i == first ? "" : ",") + elements[i];
    exec(std::string(sql).replace(at, 5, quote(array + "]")));
  }
}

void TestPostgres::copy_to(const std::string& directory) const { copy_cluster(impl_->data_dir, directory); }

std::string TestPostgres::server_log() const { return read_file(impl_->log_path()); }

}  // namespace dlrgw::test
