// SPDX-License-Identifier: Apache-2.0
// The three real servers one gateway needs. Owned by the test.
#pragma once
#include "support/nats.hpp"
#include "support/postgres.hpp"
#include "support/redis.hpp"

namespace dlrgw::test {

struct Servers {
  explicit Servers(PostgresOptions postgres_options = {}) : postgres(std::move(postgres_options)) {}
  TestPostgres postgres;
  TestNats nats;
  TestRedis redis;
};

}  // namespace dlrgw::test
