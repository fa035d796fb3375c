// SPDX-License-Identifier: Apache-2.0
// The same faults at their full length, with the real AckWait.
#include <gtest/gtest.h>

#include "fault/missed_column.hpp"
#include "fault/outages.hpp"
#include "fault/random_kills.hpp"
#include "fault/statement_counts.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(RandomKillsLong, TenDuringTwentyThousandReceipts) {
  run_random_kills({.receipts = 20'000, .per_second = 1'000, .kills = 10, .nats_away = 60s, .real_ack_wait = true});
}
TEST(PostgresAwayLong, ThreeMinutesWithEarlyReceipts) { run_postgres_away({.per_second = 500, .away = 180s}); }
TEST(NatsAwayLong, OneMinuteUnderLoad) { run_nats_away({.per_second = 500, .away = 60s, .real_ack_wait = true}); }
TEST(RedisAwayLong, OneMinuteUnderLoad) { run_redis_away({.per_second = 500, .away = 60s}); }
TEST(EnvironmentLong, AColumnThatUpdatesMissForThreeMinutes) { run_column_missed_by_updates(500, 180s); }
TEST(StatementCountsLong, FiftyThousandReceipts) { run_statement_counts(50'000); }

}  // namespace
}  // namespace dlrgw::test
