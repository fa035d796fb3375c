// SPDX-License-Identifier: Apache-2.0
// US-015: a fingerprint in Redis means that a receipt was committed. Looked up before, set only after the commit;
// without Redis PostgreSQL decides.
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using Outcomes = std::vector<std::string>;

std::string key_of(Scenario& s, const std::string& event_id) {
  return "dlr:fp:" + lookup(s, "encode(fingerprint, 'hex')", "dlr.delivery_receipts", "event_id", event_id);
}

TEST(Us015Fingerprint, HoldsEventAndMessageForADayAndDropsTheNextOne) {
  Scenario s;
  const auto messages = s.add_messages(2);
  const Receipt first = s.receipt_for(messages[0], "DELIVRD");
  ASSERT_TRUE(started(s));
  s.publish({first});
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 1; }));
  const std::string key = key_of(s, first.event_id);
  EXPECT_EQ(s.redis().command({"GET", key}), first.event_id + " " + messages[0].message_id);
  const std::int64_t ttl = std::stoll(s.redis().command({"TTL", key}));
  EXPECT_GT(ttl, 86'000);
  EXPECT_LE(ttl, 86'400);

  Receipt again = s.receipt_for(messages[0], "DELIVRD");
  again.received_at = first.received_at;
  s.publish({again, first});  // another event, and the same one delivered anew
  ASSERT_TRUE(settles(s));
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(again.event_id), Outcomes{"dedup"});
  EXPECT_EQ(outcomes.at(first.event_id), (Outcomes{"applied", "redelivered"})) << "no duplicate of itself";
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_dedup_total"), 1);
  EXPECT_EQ(metrics.sum("dlr_duplicates_total"), 1);
  EXPECT_EQ(s.redis().command({"GET", key}), first.event_id + " " + messages[0].message_id);
  EXPECT_EQ(s.events("billing.events").size(), 1U);

  // Nothing behind its correlation: the message is not locked, so a lock on it does not matter.
  const HeldLock lock(s.postgres(), "SELECT 1 FROM orch.sms_messages FOR UPDATE");
  Receipt third = s.receipt_for(messages[0], "DELIVRD");
  third.received_at = first.received_at;
  s.publish({third});
  EXPECT_TRUE(reaches(s.gateway(), "dlr_dedup_total", {}, 2));
}

TEST(Us015Fingerprint, ReplaysWithinAMinuteAreBilledAndToldOnce) {
  Scenario s;
  const auto messages = s.add_messages(2);
  std::vector<Receipt> firsts = s.receipts_for(messages, "DELIVRD");
  ASSERT_TRUE(started(s));
  s.publish(firsts);
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 2; }));
  std::vector<Receipt> replays;
  for (int copy = 0; copy < 5; ++copy) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      replays.push_back(s.receipt_for(messages[i], "DELIVRD"));
      replays.back().received_at = firsts[i].received_at;
    }
  }
  s.publish(replays);
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_dedup_total"), 10);
  const auto once = std::map<std::string, std::int64_t>{{messages[0].message_id, 1}, {messages[1].message_id, 1}};
  EXPECT_EQ(s.events_by_message("billing.events"), once);
  EXPECT_EQ(s.events_by_message("webhook.dispatch"), once);
}

TEST(Us015Fingerprint, TheMinuteBoundaryIsNoGapAndTwoMinutesAreNotOne) {
  using namespace std::chrono;
  Scenario s;
  const auto messages = add_old_messages(s, 2);
  const auto minute = floor<minutes>(system_clock::now()) - 10min;
  const auto at = [&](const Message& message, milliseconds offset) {
    Receipt receipt = s.receipt_for(message, "DELIVRD");
    receipt.received_at = rfc3339(minute + offset);
    return receipt;
  };
  const Receipt before = at(messages[0], 59'900ms);
  const Receipt after = at(messages[0], 60'100ms);
  const Receipt early = at(messages[1], 59'900ms);
  const Receipt much_later = at(messages[1], 120'100ms);
  ASSERT_TRUE(started(s));
  s.publish({before, early});
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 2; }));
  s.publish({after, much_later});
  ASSERT_TRUE(settles(s));
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(after.event_id), Outcomes{"dedup"});
  EXPECT_EQ(outcomes.at(much_later.event_id), Outcomes{"duplicate"});
}

TEST(Us015Fingerprint, AnIntermediateOneNeverSwallowsTheFinal) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const Receipt accepted = s.receipt_for(messages[0], "ACCEPTD");
  ASSERT_TRUE(started(s));
  s.publish({accepted});
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 1; }));
  std::vector<Receipt> next;  // in one minute: another raw status, the same again, and the final one
  for (const char* stat : {"ENROUTE", "ACCEPTD", "DELIVRD"}) {
    next.push_back(s.receipt_for(messages[0], stat));
    next.back().received_at = accepted.received_at;
  }
  s.publish({next[0], next[1]});
  ASSERT_TRUE(settles(s));
  s.publish({next[2]});  // on its own: two lanes may otherwise decide the final one first
  ASSERT_TRUE(settles(s));
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(next[0].event_id), Outcomes{"applied"});
  EXPECT_EQ(outcomes.at(next[1].event_id), Outcomes{"dedup"});
  EXPECT_EQ(outcomes.at(next[2].event_id), Outcomes{"applied"});
}

TEST(Us015Redis, AwayFromTheStartReadySaysDegradedAlsoAfterAReload) {
  Scenario s;
  s.redis().stop();
  ASSERT_TRUE(started(s));
  const auto degraded = [&] { return json_field(s.gateway().get("/ready").body, "status") == "degraded"; };
  EXPECT_TRUE(degraded()) << s.gateway().get("/ready").body;
  s.gateway().signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return s.gateway().logs("dlr.config.reloaded").size() == 1; }));
  EXPECT_TRUE(degraded()) << s.gateway().get("/ready").body;
  EXPECT_TRUE(lines_with(s.gateway(), "dlr.dependency.degraded", "dependency", "postgresql").empty())
      << "what serves is not told as degraded";
  s.redis().start();
  EXPECT_TRUE(eventually([&] { return !degraded(); })) << s.gateway().get("/ready").body;
}

TEST(Us015Redis, FlushedOrAwayPostgresGuardsAndReadySaysDegraded) {
  Scenario s;
  const auto messages = s.add_messages(3);
  ASSERT_TRUE(started(s));
  EXPECT_EQ(s.gateway().get("/ready").body.find("degraded"), std::string::npos);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 3; }));

  s.redis().flush();
  s.publish({s.receipt_for(messages[0], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 3}, {"duplicate", 1}}));
  EXPECT_EQ(s.redis().key_count(), 0) << "a duplicate is not the one that was stored";

  s.redis().stop();
  s.publish({s.receipt_for(messages[1], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_outcome().at("duplicate"), 2);
  const HttpReply ready = s.gateway().get("/ready");
  EXPECT_EQ(ready.status, 200) << ready.body;
  EXPECT_NE(ready.body.find("degraded"), std::string::npos) << ready.body;
  EXPECT_NE(ready.body.find("redis"), std::string::npos) << ready.body;
  EXPECT_GE(s.gateway().metrics().sum("dlr_dependency_errors_total", {{"dependency", "redis"}}), 1);
  EXPECT_EQ(lines_with(s.gateway(), "dlr.dependency.degraded", "dependency", "redis").size(), 1U);

  s.redis().start();
  const auto recovered = [&] {  // the breaker stays open for 5 s; the next receipt probes
    s.publish({s.receipt_for(messages[2], "DELIVRD")});
    return s.wait_settled() && s.gateway().get("/ready").body.find("degraded") == std::string::npos;
  };
  EXPECT_TRUE(eventually(recovered));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 3);
  EXPECT_EQ(s.events("billing.events").size(), 3U);
}

TEST(Us015Redis, OneThatDoesNotAnswerCostsNoBatchMoreThanItsBudget) {
  Scenario s;
  const auto messages = s.add_messages(2'000);
  ASSERT_TRUE(started(s));
  s.redis().pause();
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.gateway().get("/ready").status, 200);
  s.redis().resume();
  expect_each_once(s, messages);
  // Ten lanes may each find out for themselves before the breaker opens for all.
  const Metrics metrics = s.gateway().metrics();
  const double given_up = metrics.sum("dlr_dependency_errors_total", {{"dependency", "redis"}});
  EXPECT_GE(given_up, 1);
  EXPECT_LE(given_up, 10);
}

#ifdef DLRGW_FAIL_POINTS
TEST(Us015Crash, BeforeCommitOurOwnRedeliveryIsApplied) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const Receipt receipt = s.receipt_for(messages[0], "DELIVRD");
  s.publish({receipt});
  s.gateway().start("host.before_commit");
  ASSERT_EQ(s.gateway().wait_exit(), 128 + 9);
  EXPECT_EQ(s.redis().key_count(), 0) << "a fingerprint before the commit would swallow the receipt";
  expire_ack_wait(s.nats());
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(outcomes_by_event(s.gateway()).at(receipt.event_id), Outcomes{"applied"});
  expect_each_once(s, messages);
}

TEST(Us015Crash, BetweenCommitAndRedisTheNextCopyIsFoundInPostgres) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const Receipt receipt = s.receipt_for(messages[0], "DELIVRD");
  s.publish({receipt});
  s.gateway().start("dedup.before_redis_set");
  ASSERT_EQ(s.gateway().wait_exit(), 128 + 9);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 1) << "committed before the fingerprint is set";
  EXPECT_EQ(s.redis().key_count(), 0);
  expire_ack_wait(s.nats());
  ASSERT_TRUE(started(s));
  const Receipt copy = s.receipt_for(messages[0], "DELIVRD");
  s.publish({copy, receipt});
  ASSERT_TRUE(settles(s));
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(copy.event_id), Outcomes{"duplicate"});
  // Committed and published before it died; then delivered again, and published a second time.
  EXPECT_EQ(outcomes.at(receipt.event_id), (Outcomes{"applied", "redelivered", "redelivered"}));
  expect_each_once(s, messages);
}

TEST(Us015Crash, AfterCommitOurOwnRedeliveryIsNoDuplicateOfItself) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const Receipt receipt = s.receipt_for(messages[0], "DELIVRD");
  s.publish({receipt});
  s.gateway().start("host.after_commit");
  ASSERT_EQ(s.gateway().wait_exit(), 128 + 9);
  expire_ack_wait(s.nats());
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(outcomes_by_event(s.gateway()).at(receipt.event_id), Outcomes{"redelivered"});
  EXPECT_EQ(s.gateway().metrics().sum("dlr_duplicates_total"), 0);
  expect_each_once(s, messages);
}
#endif

}  // namespace
}  // namespace dlrgw::test
