// SPDX-License-Identifier: Apache-2.0
// What the environment of the gateway does is never the receipt's fault: defaults of roles, poolers, schemas and
// triggers of others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/stories_support.hpp"
#include "support/pgbouncer.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

PgBouncerOptions pooler(const std::string& mode) {
  PgBouncerOptions options{.pool_mode = mode, .pool_size = 30, .users = {}};
  for (const std::string role : {"SVC", "RELAY", "ADMIN", "PORTAL", "MAINT"}) {
    std::string name = "dlr_";
    for (const char c : role) name += static_cast<char>(std::tolower(c));
    options.users.emplace_back(name, "test-DLRGW_PG_" + role + "_PASSWORD");  // as the harness configures them
  }
  return options;
}

GatewayOptions behind(const TestPgBouncer& bouncer) {
  GatewayOptions options;
  options.env["DLRGW_PG"] = bouncer.dsn();
  return options;
}

// Under REPEATABLE READ two lanes that finish a message both see it unfinished.
TEST(Environment, IsolationAndDurabilityAreNotTheRolesToChoose) {
  constexpr std::size_t kMessages = 300;
  Scenario s;
  s.postgres().exec(
      "ALTER ROLE dlr_svc SET default_transaction_isolation = 'repeatable read'; ALTER ROLE dlr_svc SET "
      "synchronous_commit = off; ALTER DATABASE sms SET default_transaction_isolation = 'serializable'");
  const auto messages = add_long_messages(s, kMessages, 3);
  std::vector<Receipt> receipts;
  for (int segment = 1; segment <= 3; ++segment)
    for (const LongMessage& message : messages) receipts.push_back(segment_receipt(s, message, segment, "DELIVRD"));
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  expect_each_aggregated_once(s, messages, std::vector<std::string>(kMessages, "DELIVERED"));
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Environment, APoolerThatLendsSessionsPerTransactionIsRefusedAtTheStart) {
  Scenario s;
  const TestPgBouncer bouncer(s.postgres(), pooler("transaction"));
  GatewayProcess gateway(s.servers(), behind(bouncer));
  gateway.start();
  EXPECT_EQ(gateway.wait_exit(30s), 1);
  EXPECT_THAT(gateway.error_output(), HasSubstr("pool svc: a connection pooler lends the sessions of PostgreSQL"));
  EXPECT_THAT(gateway.error_output(), HasSubstr("pool_mode = session"));
}

TEST(Environment, APoolerInSessionModeCarriesTheWholeGateway) {
  Scenario s;
  const TestPgBouncer bouncer(s.postgres(), pooler("session"));
  GatewayProcess gateway(s.servers(), behind(bouncer));
  const auto messages = s.add_messages(300);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  gateway.start();
  ASSERT_TRUE(gateway.wait_ready()) << log_summary(gateway);
  ASSERT_TRUE(s.wait_settled()) << log_summary(gateway);
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 300);
  EXPECT_EQ(s.events_by_message("billing.events").size(), 300U);
  EXPECT_EQ(gateway.terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
