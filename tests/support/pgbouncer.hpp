// SPDX-License-Identifier: Apache-2.0
// A private PgBouncer in front of a TestPostgres: takes every client of the given users, and logs in with their
// passwords. Owned by the test; the server outlives it. One thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/postgres.hpp"

namespace dlrgw::test {

struct PgBouncerOptions {
  std::string pool_mode = "session";
  unsigned pool_size = 20;
  std::vector<std::pair<std::string, std::string>> users;  // name, password
};

class TestPgBouncer {
 public:
  TestPgBouncer(const TestPostgres& server, const PgBouncerOptions& options);  // started when this returns
  ~TestPgBouncer();
  TestPgBouncer(const TestPgBouncer&) = delete;
  TestPgBouncer& operator=(const TestPgBouncer&) = delete;

  [[nodiscard]] std::string dsn() const;  // "host=127.0.0.1 port=N dbname=sms"

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
