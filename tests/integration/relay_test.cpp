// SPDX-License-Identifier: Apache-2.0
// The relay when one subject or one event cannot be published: it backs off alone, the others go on, and nothing is
// lost or sent twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/silent_subject.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(Us009Relay, ASubjectWithoutAStreamHoldsUpNoOther) {
  Scenario s;
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched"});
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(2000);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_received_total", {}, 2000));
  ASSERT_TRUE(eventually(
      [&] { return s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject <> 'billing.events'") == 0; }));
  EXPECT_EQ(s.count_rows("dlr.outbox"), 2000);
  EXPECT_EQ(s.events_by_message("webhook.dispatch").size(), 2000U);
  EXPECT_EQ(s.events_by_message("sms.dlr.aggregated.v1").size(), 2000U);
  EXPECT_TRUE(s.events("billing.events").empty());
  const auto failures = lines_with(s.gateway(), "dlr.outbox.publish_failed", "subject", "billing.events");
  EXPECT_GE(failures.size(), 1U);
  EXPECT_LT(failures.size(), 50U) << "once per step of the back-off, not once an event";
  EXPECT_EQ(s.gateway().logs("dlr.outbox.publish_failed").size(), failures.size()) << "no other subject failed";
  EXPECT_EQ(s.gateway().get("/ready").status, 200);

  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

// A plain subscriber without a stream: neither a PubAck nor a refusal.
TEST(Us009Relay, ASilentSubjectHoldsUpNoOther) {
  Scenario s;
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "billing.events", "sms.dlr.unmatched"});
  auto silent = std::make_optional<SilentSubject>(s.nats().admin_url(), "webhook.dispatch");
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(2000);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_received_total", {}, 2000));
  ASSERT_TRUE(eventually(
      [&] { return s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject <> 'webhook.dispatch'") == 0; }));
  EXPECT_EQ(s.count_rows("dlr.outbox"), 2000);
  EXPECT_GE(lines_with(s.gateway(), "dlr.outbox.publish_failed", "subject", "webhook.dispatch").size(), 1U);
  EXPECT_LT(silent->received(1), 200U) << "it is probed, not flooded";
  EXPECT_EQ(s.gateway().get("/ready").status, 200);

  silent.reset();
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

TEST(Us009Relay, ARowThatCannotBeReadHoldsUpNoOther) {
  Scenario s;
  // A schema with a NUL: json keeps it, and refuses to give it out as text.
  s.postgres().exec(R"(INSERT INTO dlr.outbox (event_id, subject, message_key, payload, headers, created_at)
                       VALUES ('00000000-0000-4000-8000-000000000001', 'billing.events', 'k', '{}',
                               '{"schema": "\u0000"}', now()))");
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(50);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_outbox_published_total", {}, 150));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.outbox") == 1; }));
  EXPECT_EQ(s.postgres().value("SELECT event_id FROM dlr.outbox"), "00000000-0000-4000-8000-000000000001") << "kept";
  EXPECT_GE(
      lines_with(s.gateway(), "dlr.outbox.publish_failed", "eventId", "00000000-0000-4000-8000-000000000001").size(),
      1U);
  // Once the row is mended, the event is sent without further help.
  s.postgres().exec("UPDATE dlr.outbox SET headers = NULL");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events("billing.events").size(), 51U);
}

TEST(Us009Relay, AnEventThatItsStreamRefusesHoldsUpNoOther) {
  Scenario s;
  s.nats().set_capture_max_message(64 * 1024);
  s.postgres().exec(R"(INSERT INTO dlr.outbox (event_id, subject, message_key, payload, created_at)
                       VALUES ('00000000-0000-4000-8000-000000000002', 'billing.events', 'k',
                               to_json(repeat('x', 100000)), now()))");
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(50);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_outbox_published_total", {}, 150));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.outbox") == 1; }));
  const auto told =
      lines_with(s.gateway(), "dlr.outbox.publish_failed", "eventId", "00000000-0000-4000-8000-000000000002");
  EXPECT_GE(told.size(), 1U);
  EXPECT_EQ(s.gateway().logs("dlr.outbox.publish_failed").size(), told.size()) << "no subject failed";
  s.nats().set_capture_max_message(1024 * 1024);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events("billing.events").size(), 51U);
}

}  // namespace
}  // namespace dlrgw::test
