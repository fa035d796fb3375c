// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL session as thin as libpq allows, so that what is measured through it is the server. One thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pg_conn;
struct pg_result;

namespace dlrgw::bench {

struct PgClose {
  void operator()(pg_conn* connection) const;
  void operator()(pg_result* result) const;
};

class PgResult {
 public:
  explicit PgResult(pg_result* result) : result_(result) {}
  [[nodiscard]] int rows() const;
  [[nodiscard]] std::string text(int row, int column) const;

 private:
  std::unique_ptr<pg_result, PgClose> result_;
};

// Every failure is a std::runtime_error with the server's sentence.
class Pg {
 public:
  explicit Pg(const std::string& conninfo);
  PgResult exec(const std::string& sql);  // one statement or several
  [[nodiscard]] std::string value(const std::string& sql);
  [[nodiscard]] std::int64_t count(const std::string& sql) { return std::stoll(value(sql)); }
  void prepare(const std::string& name, const std::string& sql);
  // Parameters in the binary format; the result is text.
  PgResult execute(const std::string& name, const std::vector<std::optional<std::string>>& parameters);

 private:
  PgResult checked(pg_result* result, const std::string& what);
  std::unique_ptr<pg_conn, PgClose> connection_;
};

}  // namespace dlrgw::bench
