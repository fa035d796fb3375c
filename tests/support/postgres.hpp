// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL server with the database `sms` and the tables that other services own. Owned by the test;
// its methods may be called from any thread, start and stop from one at a time.
// initdb runs once per machine: the data directory is copied from a cached one. Run as root, the server is user
// postgres.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::test {

enum class PostgresStop {
  kFast,       // clients are disconnected, a checkpoint is written
  kImmediate,  // as in a crash: recovery at the next start
};

struct PostgresOptions {
  bool fast = false;                  // fsync off: for tests that neither measure nor crash the machine
  bool statement_statistics = false;  // pg_stat_statements
  std::vector<std::string> settings;  // "name=value", further server settings
  std::string cluster = {};           // the data directory to copy; empty: postgres_template_dir()
};

using Row = std::vector<std::string>;  // NULL reads as an empty string

class TestPostgres {
 public:
  explicit TestPostgres(PostgresOptions options = {});  // started when this returns
  ~TestPostgres();
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  [[nodiscard]] std::string dsn() const;        // "host=127.0.0.1 port=N dbname=sms": what DLRGW_PG takes
  [[nodiscard]] std::string admin_dsn() const;  // the same, as superuser
  [[nodiscard]] std::string dsn_of(const std::string& user, const std::string& password) const;
  [[nodiscard]] std::uint16_t port() const;

  void start();
  void stop(PostgresStop how = PostgresStop::kFast);
  void restart(PostgresStop how = PostgresStop::kFast);
  [[nodiscard]] bool running();

  // As superuser in database sms, one implicit transaction per call; several statements are allowed.
  void exec(const std::string& sql);
  [[nodiscard]] std::vector<Row> rows(const std::string& sql);
  [[nodiscard]] std::string value(const std::string& sql);   // first column of the first row; throws without a row
  [[nodiscard]] std::int64_t count(const std::string& sql);  // the same as a number
  // Runs sql once per chunk of the JSON array elements, with `:rows` replaced by the quoted array:
  // "INSERT INTO t SELECT * FROM json_to_recordset(:rows) AS x(a int)".
  void exec_json(const std::string& sql, const std::vector<std::string>& elements);
  [[nodiscard]] std::string quote(std::string_view text);
  [[nodiscard]] std::string server_log() const;
  // Of the stopped server, its data directory to another place.
  void copy_to(const std::string& directory) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
