// SPDX-License-Identifier: Apache-2.0
// Two gateways on one set of servers: what must happen once happens once, and when one dies the other takes over.
#include <algorithm>
#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

class Cluster : public testing::Test {
 protected:
  Cluster() : s_(options(0)), other_(s_.servers(), options(1).gateway) {}

  ScenarioOptions options(unsigned replica) const {
    ScenarioOptions out =
        with_keys(keys_, shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                                          "/fixture_ops.so\"\ngrants = [\"sql\"]\n\n[pipeline]\n"}}));
    out.gateway.replica = replica;
    out.gateway.env["DLRGW_INSTANCE"] = "gateway-" + std::to_string(replica);
    return out;
  }
  testing::AssertionResult both_started() {
    s_.gateway().start();
    if (!s_.gateway().wait_ready()) return testing::AssertionFailure() << log_summary(s_.gateway());
    other_.start();
    if (!other_.wait_ready()) return testing::AssertionFailure() << log_summary(other_);
    return testing::AssertionSuccess();
  }
  std::string job(const GatewayProcess& gateway, const std::string& name, const std::string& field) {
    return json_field(part_of(admin(gateway, keys_, "GET", "/v1/admin/jobs").body, "jobs", name), field);
  }
  bool leads(const GatewayProcess& gateway, const std::string& name) { return job(gateway, name, "leads") == "true"; }
  GatewayProcess& leader(const std::string& name) { return leads(s_.gateway(), name) ? s_.gateway() : other_; }
  GatewayProcess& standby(const std::string& name) { return leads(s_.gateway(), name) ? other_ : s_.gateway(); }
  std::int64_t turns() { return s_.count_rows("dlr.fixture_turns"); }
  std::string instances() {
    return s_.postgres().value("SELECT coalesce(string_agg(DISTINCT instance, ' '), '') FROM dlr.fixture_turns");
  }
  // Each subject has one event per message, and no Nats-Msg-Id was stored twice.
  void expect_events_once(const std::vector<Message>& messages) {
    std::set<std::string> ids;
    const auto events = s_.events();
    for (const CapturedEvent& event : events) EXPECT_TRUE(ids.insert(event.msg_id).second) << event.msg_id;
    EXPECT_EQ(events.size(), 3 * messages.size());
  }

  AdminKeys keys_;
  Scenario s_;
  GatewayProcess other_;
};

TEST_F(Cluster, ASingletonRunsOncePerTurnAndOneHostLeadsIt) {
  ASSERT_TRUE(both_started());
  ASSERT_TRUE(eventually([&] { return turns() >= 5; }));
  for (const char* name : {"fixture.turn", "outbox.relay", "segments.sweep"})
    EXPECT_NE(leads(s_.gateway(), name), leads(other_, name)) << name;
  EXPECT_EQ(instances().find(' '), std::string::npos) << "one host keeps the turns: " << instances();
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM (SELECT at - lag(at) OVER (ORDER BY at) AS gap FROM "
                                "dlr.fixture_turns) g WHERE gap < interval '0.5 s'"),
            0)
      << "no turn was run twice";
  const HttpReply elsewhere = admin(standby("fixture.turn"), keys_, "POST", "/v1/admin/jobs/fixture.turn/run");
  EXPECT_EQ(elsewhere.status, 409);
  EXPECT_THAT(json_field(elsewhere.body, "detail"), HasSubstr("another gateway"));
  EXPECT_TRUE(leads(s_.gateway(), "fixture.daily") && leads(other_, "fixture.daily")) << "that one is no singleton";
}

TEST_F(Cluster, AKilledLeaderIsFollowedByTheOther) {
  ASSERT_TRUE(both_started());
  ASSERT_TRUE(eventually([&] { return turns() >= 2; }));
  GatewayProcess& dies = leader("fixture.turn");
  GatewayProcess& lives = standby("fixture.turn");
  dies.kill9();
  ASSERT_TRUE(eventually([&] { return instances().find(' ') != std::string::npos; })) << "the other one has not run it";
  EXPECT_TRUE(leads(lives, "fixture.turn"));
  ASSERT_TRUE(eventually([&] { return leads(lives, "segments.sweep"); }));
}

TEST_F(Cluster, TheRelayOfAKilledLeaderGoesOnElsewhereAndNothingIsSentTwice) {
  ASSERT_TRUE(both_started());
  ASSERT_TRUE(eventually([&] { return leads(s_.gateway(), "outbox.relay") != leads(other_, "outbox.relay"); }));
  GatewayProcess& dies = leader("outbox.relay");
  GatewayProcess& lives = standby("outbox.relay");
  const auto messages = s_.add_messages(2000);
  Publisher publisher(s_.nats(), s_.receipts_for(messages, "DELIVRD"), 1000);
  ASSERT_TRUE(eventually([&] { return s_.events("billing.events").size() >= 200; }));
  dies.signal(SIGSTOP);  // in the middle of its work, events committed and not sent, receipts carried and not answered
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.outbox_events") > 100; }));
  EXPECT_EQ(lives.metrics().sum("dlr_outbox_published_total"), 0) << "a leader that only stands still still leads";
  dies.kill9();
  ASSERT_TRUE(eventually([&] { return lives.metrics().sum("dlr_outbox_published_total") > 0; }));
  EXPECT_TRUE(leads(lives, "outbox.relay"));
  ASSERT_TRUE(publisher.wait());
  lives.terminate();
  expire_ack_wait(s_.nats());  // what the dead one carried; AckWait would be 30 s
  ASSERT_TRUE(started(s_));
  ASSERT_TRUE(settles(s_));
  expect_each_once(s_, messages);
  expect_events_once(messages);
}

TEST_F(Cluster, AnOrderlyEndHandsTheLeadOver) {
  ASSERT_TRUE(both_started());
  ASSERT_TRUE(eventually([&] { return leads(s_.gateway(), "outbox.relay") != leads(other_, "outbox.relay"); }));
  GatewayProcess& leaves = leader("outbox.relay");
  GatewayProcess& stays = standby("outbox.relay");
  EXPECT_EQ(leaves.terminate(), 0);
  ASSERT_TRUE(eventually([&] { return leads(stays, "outbox.relay"); }));
  const auto messages = s_.add_messages(100);
  s_.publish(s_.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s_));
  expect_each_once(s_, messages);
}

TEST_F(Cluster, AReloadOfTheLeaderKeepsTheEventsFlowing) {
  ASSERT_TRUE(both_started());
  const auto messages = s_.add_messages(1500);
  Publisher publisher(s_.nats(), s_.receipts_for(messages, "DELIVRD"), 1000);
  for (int i = 0; i < 5; ++i)
    for (const GatewayProcess* gateway : {&s_.gateway(), &other_})
      EXPECT_EQ(admin(*gateway, keys_, "POST", "/v1/admin/reload").status, 200);
  ASSERT_TRUE(publisher.wait());
  ASSERT_TRUE(settles(s_));
  expect_each_once(s_, messages);
  expect_events_once(messages);
  expect_no_batch_failed(s_.gateway());
  expect_no_batch_failed(other_);
}

}  // namespace
}  // namespace dlrgw::test
