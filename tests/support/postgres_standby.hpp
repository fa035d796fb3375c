// SPDX-License-Identifier: Apache-2.0
// A streaming standby of a TestPostgres, made by pg_basebackup. Owned by the test; the primary was started before. One
// thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "support/postgres.hpp"

namespace dlrgw::test {

class TestStandby {
 public:
  explicit TestStandby(TestPostgres& primary);  // follows the primary when this returns
  ~TestStandby();
  TestStandby(const TestStandby&) = delete;
  TestStandby& operator=(const TestStandby&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string admin_dsn() const;
  // Both servers in one DSN, as a service is configured to find whichever can be written to.
  [[nodiscard]] std::string dsn_of_both() const;
  // It can be written to when this returns.
  void promote();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
