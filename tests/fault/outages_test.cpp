// SPDX-License-Identifier: Apache-2.0
#include "fault/outages.hpp"

#include <gtest/gtest.h>

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(PostgresAway, TwelveSecondsWithEarlyReceipts) { run_postgres_away({.per_second = 500, .away = 12s}); }
TEST(NatsAway, FiveSecondsUnderLoad) { run_nats_away({.per_second = 500, .away = 5s, .real_ack_wait = false}); }
TEST(RedisAway, ThreeSecondsUnderLoadAndIdle) { run_redis_away({.per_second = 500, .away = 3s}); }
TEST(PostgresAway, ARightThatWasTakenHoldsTheReceipts) { run_without_a_right(); }
TEST(ServersAway, AGatewayThatWasStartedFirstWaitsForThem) { run_started_before_its_servers(); }

}  // namespace
}  // namespace dlrgw::test
