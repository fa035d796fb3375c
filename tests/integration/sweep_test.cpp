// SPDX-License-Identifier: Apache-2.0
// The job that ends messages by their deadline: which facts its events carry, and that a message that cannot be ended
// does not hold up the others.
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/stories_support.hpp"
#include "support/skewed_clock.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

ScenarioOptions swept_each_second() {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"sweep_every = \"5m\"", "sweep_every = \"1s\""}});
  return options;
}

std::string event_of(Scenario& s, const std::string& subject, const std::string& message_id) {
  std::string data;
  for (const CapturedEvent& event : s.events(subject))
    if (event.message_id == message_id) data += event.data;
  return data;
}

// Two segments each, of which one came.
std::vector<LongMessage> half_delivered(Scenario& s, std::size_t count) {
  auto messages = add_long_messages(s, count, 2);
  std::vector<Receipt> receipts;
  for (const LongMessage& item : messages) receipts.push_back(segment_receipt(s, item, 1, "DELIVRD"));
  s.publish(receipts);
  return messages;
}

bool all_swept(Scenario& s, std::int64_t left = 0) {
  return eventually([&] { return s.count_rows("dlr.aggregation_open") == left; });
}
void pass_the_deadline(Scenario& s) { s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now()"); }

TEST(SweepFacts, AreThoseOfTheReceiptsAndNotLookedUpAnew) {
  Scenario s(swept_each_second());
  ASSERT_TRUE(started(s));
  const auto messages = half_delivered(s, 1);
  ASSERT_TRUE(settles(s));
  const Message& message = messages[0].message;
  s.postgres().exec("UPDATE orch.sms_messages SET operator_id = 'mno-other', account_id = gen_random_uuid()");
  pass_the_deadline(s);
  ASSERT_TRUE(all_swept(s));
  ASSERT_TRUE(settles(s));
  for (const char* subject : {"billing.events", "sms.dlr.aggregated.v1"}) {
    const std::string event = event_of(s, subject, message.message_id);
    EXPECT_EQ(json_field(event, "operatorId"), "mno-test") << subject;
    EXPECT_EQ(json_field(event, "accountId"), message.account_id) << subject;
  }
  EXPECT_EQ(s.postgres().rows("SELECT account_id, operator_id FROM dlr.message_aggregates")[0],
            (Row{message.account_id, "mno-test"}));
}

TEST(SweepFacts, NullsInTheMessagesTableCostNothing) {
  Scenario s(swept_each_second());
  ASSERT_TRUE(started(s));
  const auto messages = half_delivered(s, 3);
  ASSERT_TRUE(settles(s));
  for (const char* column : {"operator_id", "account_id", "to_addr", "segment_count", "status"})
    s.postgres().exec(std::string("ALTER TABLE orch.sms_messages ALTER ") + column + " DROP NOT NULL");
  s.postgres().exec(
      "UPDATE orch.sms_messages SET operator_id = NULL, account_id = NULL, to_addr = NULL, segment_count = NULL, "
      "status "
      "= NULL WHERE message_id = '" +
      messages[1].message.message_id + "'");
  pass_the_deadline(s);
  ASSERT_TRUE(all_swept(s)) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'PARTIAL'"), 3);
  for (const LongMessage& item : messages)
    EXPECT_EQ(json_field(event_of(s, "billing.events", item.message.message_id), "accountId"), item.message.account_id);
}

TEST(SweepIsolates, AMessageThatCannotBeEndedCostsOnlyItself) {
  Scenario s(swept_each_second());
  ASSERT_TRUE(started(s));
  const auto messages = half_delivered(s, 300);  // more than a page
  ASSERT_TRUE(settles(s));
  const std::string& refused = messages[150].message.message_id;
  s.postgres().exec(
      "CREATE FUNCTION orch.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END "
      "$$; "
      "CREATE TRIGGER refuse BEFORE UPDATE ON orch.sms_messages FOR EACH ROW WHEN (OLD.message_id = '" +
      refused + "') EXECUTE FUNCTION orch.refuse()");
  // The one that fails comes first in each turn.
  s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now() - CASE WHEN message_id = '" + refused +
                    "' THEN interval '1 hour' ELSE interval '0' END");
  ASSERT_TRUE(all_swept(s, 1)) << log_summary(s.gateway());
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'PARTIAL'"), 299);
  ASSERT_TRUE(reaches(s.gateway(), "dlr_aggregation_failures_total", {}, 2)) << "it is tried again in each turn";
  const auto lines = lines_with(s.gateway(), "dlr.aggregation.failed", "messageId", refused);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(json_field(lines[0], "operatorId"), "mno-test");
  EXPECT_NE(json_field(lines[0], "reason"), "");
  EXPECT_NE(json_field(lines[0], "action"), "");

  // Messages that come due later are ended too, and the failing one as soon as nothing is in its way any more.
  const auto later = half_delivered(s, 2);
  ASSERT_TRUE(settles(s));
  s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now() WHERE deadline > now()");
  ASSERT_TRUE(all_swept(s, 1));
  s.postgres().exec("DROP TRIGGER refuse ON orch.sms_messages");
  ASSERT_TRUE(all_swept(s));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'PARTIAL'"), 302);
  EXPECT_EQ(s.events("billing.events").size(), 302U);
}

// The second segments come in time and wait in the gateway for their correlation, over the deadline and beyond.
TEST(SweepClock, ADeadlineNeverRunsAheadOfTheIntake) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"sweep_every = \"5m\"", "sweep_every = \"1s\""},
                                                {"grace = \"24h\"", "grace = \"4s\""},
                                                {"\nretries = 2", "\nretries = 10"}});
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s));
  const auto messages = add_long_messages(s, 20, 2);
  s.postgres().exec("CREATE TABLE smpp.later AS SELECT * FROM smpp.message_correlations WHERE segment_index = 2");
  s.postgres().exec("DELETE FROM smpp.message_correlations WHERE segment_index = 2");
  std::vector<Receipt> receipts;
  for (const int segment : {1, 2})
    for (const LongMessage& item : messages) receipts.push_back(segment_receipt(s, item, segment, "DELIVRD"));
  s.publish(receipts);
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.aggregation_open") == 20; }));
  ASSERT_TRUE(eventually([&] {
    return s.postgres().value("SELECT now() > max(deadline) + interval '3 seconds' FROM dlr.aggregation_open") != "f";
  }));
  s.postgres().exec("INSERT INTO smpp.message_correlations SELECT * FROM smpp.later");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'PARTIAL'"), 0);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'DELIVERED'"), 20);
  EXPECT_EQ(s.events("billing.events").size(), 20U);
  // And the job takes away what it has waited for, once nothing is left in the intake.
  EXPECT_TRUE(all_swept(s));
}

// What it is now is said by the stream, not by the host that leads the job.
TEST(SweepClock, AHostWhoseClockIsFastEndsNoMessageEarly) {
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({{"sweep_every = \"5m\"", "sweep_every = \"1s\""}, {"grace = \"24h\"", "grace = \"5m\""}});
  options.gateway.env = skewed_clock(10min);
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s));
  const auto messages = half_delivered(s, 20);
  ASSERT_TRUE(settles(s));
  // Several turns, each with a word of the intake that nothing waits.
  const std::string newest = s.postgres().value("SELECT coalesce(max(id), 0) FROM dlr.intake_clock");
  ASSERT_TRUE(eventually(
      [&] { return s.postgres().count("SELECT count(*) FROM dlr.intake_clock WHERE idle AND id > " + newest) >= 3; }));
  const double turns = s.gateway().metrics().sum("dlr_job_runs_total", {{"job", "segments.sweep"}});
  ASSERT_TRUE(reaches(s.gateway(), "dlr_job_runs_total", {{"job", "segments.sweep"}}, turns + 3));
  EXPECT_EQ(s.count_rows("dlr.aggregation_open"), 20);
  std::vector<Receipt> receipts;
  for (const LongMessage& item : messages) receipts.push_back(segment_receipt(s, item, 2, "DELIVRD"));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'PARTIAL'"), 0);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'DELIVERED'"), 20);

  // And a deadline that has passed there is a deadline, though nothing comes any more.
  (void)half_delivered(s, 1);
  ASSERT_TRUE(settles(s));
  pass_the_deadline(s);
  EXPECT_TRUE(all_swept(s)) << log_summary(s.gateway());
}

// Each look of a host is followed by one of another host whose clock is an hour slow.
TEST(SweepClock, AHostWhoseClockIsSlowKeepsNobodyBack) {
  Scenario s(swept_each_second());
  s.postgres().exec(
      "CREATE FUNCTION public.slow_host() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO "
      "dlr.intake_clock (instance, stream_identity, looked_at, ack_floor, idle) VALUES ('slow', NEW.stream_identity, "
      "NEW.looked_at - interval '1 hour', NEW.ack_floor, NEW.idle); RETURN NULL; END $$; "
      "CREATE TRIGGER slow_host AFTER INSERT ON dlr.intake_clock FOR EACH ROW WHEN (NEW.instance <> 'slow') EXECUTE "
      "FUNCTION public.slow_host()");
  ASSERT_TRUE(started(s));
  (void)half_delivered(s, 3);
  ASSERT_TRUE(settles(s));
  s.postgres().exec("UPDATE dlr.aggregation_open SET deadline = now() - interval '1 minute'");
  EXPECT_TRUE(all_swept(s)) << log_summary(s.gateway());
}

}  // namespace
}  // namespace dlrgw::test
