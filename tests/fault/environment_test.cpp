// SPDX-License-Identifier: Apache-2.0
// What the environment of the gateway does is never the receipt's fault: defaults of roles, poolers, schemas and
// triggers of others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "fault/missed_column.hpp"
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
  EXPECT_EQ(gateway.wait_exit(), 1);
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

void expect_nobody_paid(Scenario& s) {
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
}

TEST(Environment, ARenamedColumnHoldsTheIntakeUntilItIsBack) {
  Scenario s;
  const auto messages = s.add_messages(300);
  ASSERT_TRUE(started(s));
  s.postgres().exec("ALTER TABLE orch.sms_messages RENAME processed_at TO done_at");
  s.publish(s.receipts_for(messages, "DELIVRD"));
  EXPECT_TRUE(ready_says(s, 503, "postgresql")) << log_summary(s.gateway());
  EXPECT_TRUE(stays_not_ready(s)) << "trials find it still gone";
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), 0);
  s.postgres().exec("ALTER TABLE orch.sms_messages RENAME done_at TO processed_at");
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(ready_says(s, 200, "")) << log_summary(s.gateway());
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 300);
  expect_nobody_paid(s);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// UNKNOWN go on to commit: that says nothing about those who update.
TEST(Environment, AColumnThatUpdatesMissHoldsThoughOthersCommit) { run_column_missed_by_updates(100, 9s); }

void refuse_one(Scenario& s, const Message& message) {
  s.postgres().exec(
      "CREATE FUNCTION orch.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.message_id = '" +
      message.message_id +
      "' THEN RAISE check_violation USING MESSAGE = 'not this one'; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON orch.sms_messages FOR EACH ROW EXECUTE FUNCTION orch.refuse();");
}

TEST(Environment, ATriggerOfOthersThatRefusesOneOfAThousandStopsNobodyElse) {
  Scenario s;
  const auto messages = s.add_messages(1'000);
  ASSERT_TRUE(started(s));
  refuse_one(s, messages[500]);
  const Publisher traffic(s.nats(), s.receipts_for(messages, "DELIVRD"), 500);
  ASSERT_TRUE(traffic.wait());
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 999; })) << log_summary(s.gateway());
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_held_receipts") == 1; }));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0) << "it waits in the stream";
  s.postgres().exec("DROP TRIGGER refuse ON orch.sms_messages");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 1'000);
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_held_receipts") == 0; }));
  expect_nobody_paid(s);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Environment, WhoWaitsForTooLongIsPutAwayAndPutThroughWhenThatIsPossible) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"hold_after = \"1h\"", "hold_after = \"2s\""}});
  Scenario s(std::move(options));
  const auto messages = s.add_messages(200);
  ASSERT_TRUE(started(s));
  refuse_one(s, messages[100]);
  const Publisher traffic(s.nats(), s.receipts_for(messages, "DELIVRD"), 100);
  ASSERT_TRUE(traffic.wait());
  ASSERT_TRUE(settles(s)) << "it is acknowledged";
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 199);
  EXPECT_EQ(
      s.postgres().value("SELECT kind || ' ' || reason || ' ' || message_id || ' ' || (stream_time IS NOT NULL) FROM "
                         "dlr.invalid_dlrs"),
      "held environment " + messages[100].message_id + " true");
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), 199) << "in flight, not an outcome";
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_held_receipts") == 1; }));
  s.postgres().exec("DROP TRIGGER refuse ON orch.sms_messages");
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 200; })) << log_summary(s.gateway());
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 200}}));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), 200);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events_by_message("billing.events").size(), 200U);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

// An administrator's consumer that delivers headers only: a receipt without its body would be invalid.
TEST(Environment, AConsumerThatLeavesTheBodiesOutHoldsTheIntake) {
  Scenario s;
  const auto messages = s.add_messages(20);
  s.nats().set_headers_only(true);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  s.gateway().start();
  EXPECT_TRUE(ready_says(s, 503, "headers_only is true")) << log_summary(s.gateway());
  EXPECT_TRUE(stays_not_ready(s));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), 0);
  s.nats().set_headers_only(false);
  ASSERT_TRUE(settles(s)) << log_summary(s.gateway());
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 20);
  expect_nobody_paid(s);
}

// Not PostgreSQL but something that one stage needs.
TEST(Environment, OneStageThatCannotServeSomeReceiptsStopsNobodyElse) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                       "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
                      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}});
  Scenario s(std::move(options));
  const auto messages = s.add_messages(2'000);
  ASSERT_TRUE(started(s));
  auto receipts = s.receipts_for(messages, "DELIVRD");
  for (std::size_t i = 0; i < receipts.size(); i += 20) receipts[i].error_code = "V-UNAVAILABLE";
  s.publish(receipts);
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 1'900; })) << log_summary(s.gateway());
  EXPECT_TRUE(ready_says(s, 200, "")) << log_summary(s.gateway());
  EXPECT_TRUE(eventually([&] {
    return s.gateway().metrics().sum("dlr_held_receipts", {{"reason", "stage_unavailable"}}) == 100;
  }));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
}

}  // namespace
}  // namespace dlrgw::test
