// SPDX-License-Identifier: Apache-2.0
// US-008 and US-009: events leave through the outbox, each once, whatever becomes of NATS in between.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

TEST(Us008Events, OfOneMessageWithTheirFields) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const Message& message = messages[0];
  Receipt accepted = s.receipt_for(message, "ACCEPTD");
  Receipt final = s.receipt_for(message, "UNDELIV");
  final.error_code = "011";
  ASSERT_TRUE(started(s));
  s.publish({accepted});
  ASSERT_TRUE(settles(s));
  s.publish({final});
  ASSERT_TRUE(settles(s));
  const auto events = s.events();
  ASSERT_EQ(events.size(), 4U);
  std::map<std::string, std::vector<CapturedEvent>> by_subject;
  std::set<std::string> ids;
  for (const CapturedEvent& event : events) {
    by_subject[event.subject].push_back(event);
    ids.insert(event.msg_id);
    EXPECT_EQ(json_field(event.data, "eventId"), event.msg_id) << event.subject;
    EXPECT_EQ(json_field(event.data, "accountId"), message.account_id) << event.subject;
    EXPECT_EQ(event.message_id, message.message_id) << event.subject;
  }
  EXPECT_EQ(ids.size(), 4U) << "distinct Nats-Msg-Id";
  ASSERT_EQ(by_subject["webhook.dispatch"].size(), 2U);
  ASSERT_EQ(by_subject["billing.events"].size(), 1U);
  ASSERT_EQ(by_subject["sms.dlr.aggregated.v1"].size(), 1U);

  using Fields = std::map<std::string, std::string>;
  const auto expect_fields = [](const CapturedEvent& event, const Fields& fields) {
    for (const auto& [name, value] : fields)
      EXPECT_EQ(json_field(event.data, name), value) << event.subject << " " << name;
  };
  expect_fields(by_subject["webhook.dispatch"][0], {{"dlrStatus", "UNKNOWN"},
                                                    {"final", "false"},
                                                    {"sequence", "1"},
                                                    {"to", message.to_addr},
                                                    {"occurredAt", accepted.received_at}});
  expect_fields(by_subject["webhook.dispatch"][1], {{"dlrStatus", "UNDELIVERED"},
                                                    {"final", "true"},
                                                    {"sequence", "2"},
                                                    {"to", message.to_addr},
                                                    {"errorCode", "011"},
                                                    {"expected", "1"},
                                                    {"received", "1"}});
  expect_fields(by_subject["billing.events"][0], {{"dlrStatus", "UNDELIVERED"},
                                                  {"operatorId", "mno-test"},
                                                  {"segmentCount", "1"},
                                                  {"deliveredSegments", "0"},
                                                  {"errorCode", "011"},
                                                  {"occurredAt", final.received_at}});
  EXPECT_EQ(by_subject["billing.events"][0].data.find(message.to_addr.substr(1)), std::string::npos);
  expect_fields(by_subject["sms.dlr.aggregated.v1"][0],
                {{"status", "UNDELIVERED"}, {"expected", "1"}, {"received", "1"}, {"delivered", "0"}});
  for (const NatsMessage& stored : s.nats().read_stream(kCaptureStream))
    EXPECT_EQ(stored.headers.at("Dlr-Schema"), stored.subject + "/1");
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_billing_events_total", {{"status", "UNDELIVERED"}}), 1);
  EXPECT_EQ(metrics.sum("dlr_webhook_events_total"), 2);
  EXPECT_EQ(metrics.sum("dlr_outbox_published_total"), 4);
}

TEST(Us008Events, AnAddressThatIsNoneIsCutAndRejectsNobody) {
  Scenario s;
  Message single = random_message(s.rng(), "mno-test");
  Message exact = random_message(s.rng(), "mno-test");
  single.to_addr = std::string(300, '4');
  exact.to_addr = std::string(255, '4');
  insert_messages(s.postgres(), {single, exact});
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for({single, exact}, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
  std::map<std::string, std::string> to;
  for (const CapturedEvent& event : s.events("webhook.dispatch")) to[event.message_id] = json_field(event.data, "to");
  EXPECT_EQ(to.at(single.message_id), std::string(63, '4'));
  EXPECT_EQ(to.at(exact.message_id), exact.to_addr);
}

TEST(Us009Outage, WhatWasCommittedWhileNatsIsAwayArrivesOnce) {
  Scenario s;
  const auto messages = s.add_messages(300);
  s.postgres().exec("REVOKE SELECT ON dlr.outbox FROM dlr_relay");  // the relay is held until NATS is gone
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.outbox_events") == 900; }));
  s.nats().stop();
  s.postgres().exec("GRANT SELECT ON dlr.outbox TO dlr_relay");
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 503));
  EXPECT_TRUE(eventually([&] { return !s.gateway().logs("dlr.outbox.publish_failed").empty(); }))
      << log_summary(s.gateway());
  EXPECT_TRUE(s.gateway().running());
  EXPECT_EQ(s.count_rows("dlr.outbox_events"), 900) << "an event leaves only after its PubAck";
  EXPECT_TRUE(reaches(s.gateway(), "dlr_outbox_pending", {}, 900));
  s.nats().start();
  EXPECT_TRUE(time_until_ready_is(s.gateway(), 200));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_outbox_published_total"), 900);
  EXPECT_TRUE(eventually([&] { return s.gateway().metrics().sum("dlr_outbox_pending") == 0; }));
}

TEST(Us009Outage, TheGatewayStartsWithoutNatsAndGoesOnWhenItComes) {
  Scenario s;
  const auto messages = s.add_messages(10);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  s.nats().stop();
  s.gateway().start();
  ASSERT_TRUE(eventually([&] { return s.gateway().get("/live").status == 200; }));
  EXPECT_EQ(s.gateway().get("/ready").status, 503);
  s.nats().start();
  ASSERT_TRUE(time_until_ready_is(s.gateway(), 200)) << log_summary(s.gateway());
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

}  // namespace
}  // namespace dlrgw::test
