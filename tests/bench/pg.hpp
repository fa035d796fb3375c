// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL session as thin as libpq allows, so that what is measured through it is the server. One thread.
#pragma once
#include <cstdint>
#include <map>
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
  [[nodiscard]] int column(const std::string& name) const;    // throws when there is none
  [[nodiscard]] std::string text(int row, int column) const;  // or the bytes of a binary result
  [[nodiscard]] int parameters() const;                       // of a described statement
  [[nodiscard]] unsigned parameter_type(int parameter) const;

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
  // What `texts` are in the binary format, as parameters of the prepared statement.
  std::vector<std::optional<std::string>> to_binary(const std::string& name,
                                                    const std::vector<std::optional<std::string>>& texts);

 private:
  PgResult checked(pg_result* result, const std::string& what);
  const std::string& conversion_of(const std::string& name);

  std::map<std::string, std::string> conversions_;  // by prepared statement: a query that returns its parameters
  std::unique_ptr<pg_conn, PgClose> connection_;
};

}  // namespace dlrgw::bench
