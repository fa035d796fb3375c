// SPDX-License-Identifier: Apache-2.0
// The relay when one subject or one event cannot be published: it backs off alone, the others go on, and nothing is
// lost or sent twice.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/silent_subject.hpp"

namespace dlrgw::test {
namespace {

TEST(Us009Relay, ASubjectWithoutAStreamHoldsUpNoOther) {
  Scenario s;
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched"});
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(2000);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_received_total", {}, 2000));
  ASSERT_TRUE(eventually(
      [&] { return s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject <> 'billing.events'") == 0; }));
  EXPECT_EQ(s.count_rows("dlr.outbox_events"), 2000);
  EXPECT_EQ(s.events_by_message("webhook.dispatch").size(), 2000U);
  EXPECT_EQ(s.events_by_message("sms.dlr.aggregated.v1").size(), 2000U);
  EXPECT_TRUE(s.events("billing.events").empty());
  const auto failures = s.gateway().logs("dlr.outbox.publish_failed");
  EXPECT_GE(failures.size(), 1U);
  EXPECT_LT(failures.size(), 50U) << "once per step of the back-off, not once an event";
  for (const std::string& line : failures) EXPECT_EQ(json_field(line, "subject"), "billing.events") << line;
  EXPECT_EQ(s.gateway().get("/ready").status, 200);

  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

TEST(Us009Relay, ReadySaysThatEventsWaitAndWhy) {
  Scenario s;
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched"});
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(1);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.outbox") == 1; }));
  ASSERT_TRUE(ready_says(s, 200, R"("outbox":{"state":"ok")")) << "it waits for less than a minute";
  s.postgres().exec("UPDATE dlr.outbox SET created_at = created_at - interval '2 minutes'");
  EXPECT_TRUE(ready_says(s, 200, R"("outbox":{"state":"degraded","detail":"the oldest event has waited for 12)"));
  EXPECT_TRUE(ready_says(s, 200, "refused last: billing.events, "));
  const std::string open_to_all = s.gateway().get("/ready").body;
  EXPECT_THAT(open_to_all, testing::HasSubstr(R"("outbox":{"state":"degraded"})"));
  EXPECT_THAT(open_to_all, testing::Not(testing::HasSubstr("billing")));

  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  EXPECT_TRUE(ready_says(s, 200, R"("outbox":{"state":"ok")"));
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
  EXPECT_EQ(s.count_rows("dlr.outbox_events"), 2000);
  EXPECT_GE(lines_with(s.gateway(), "dlr.outbox.publish_failed", "subject", "webhook.dispatch").size(), 1U);
  EXPECT_LT(silent->received(1), 200U) << "it is probed, not flooded";
  EXPECT_EQ(s.gateway().get("/ready").status, 200);

  silent.reset();
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
}

// Many rows that wait, on subjects that the gateway's user may not publish: the server says nothing to the message.
TEST(Us009Relay, SubjectsThatMayNotBePublishedHoldUpNoOther) {
  Scenario s;
  s.postgres().exec(
      "INSERT INTO dlr.outbox (subject, event_count, events, created_at) SELECT 'not.ours.' || i % 6, 50, (SELECT "
      "json_agg(json_build_object('id', gen_random_uuid(), 'key', i, 'payload', e)) FROM generate_series(1, 50) e), "
      "now() FROM generate_series(1, 240) i");
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(2000);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_received_total", {}, 2000));
  EXPECT_TRUE(eventually([&] {
    return s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject NOT LIKE 'not.ours.%'") == 0;
  })) << log_summary(s.gateway());
  for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"})
    EXPECT_EQ(s.events_by_message(subject).size(), messages.size()) << subject;
  EXPECT_EQ(s.postgres().count("SELECT sum(event_count) FROM dlr.outbox"), 12000) << "kept";
  EXPECT_EQ(s.gateway().get("/ready").status, 200);
}

constexpr const char* kFirst = "00000000-0000-4000-8000-000000000001";
constexpr const char* kSecond = "00000000-0000-4000-8000-000000000002";
constexpr const char* kThird = "00000000-0000-4000-8000-000000000003";

void insert_row(Scenario& s, int count, const std::string& events_sql) {
  s.postgres().exec("INSERT INTO dlr.outbox (subject, event_count, events, created_at) VALUES ('billing.events', " +
                    std::to_string(count) + ", " + events_sql + ", now())");
}

std::string event(const char* id, const std::string& payload_sql = "'{}'::json", const std::string& more_sql = "") {
  return "json_build_object('id', '" + std::string(id) + "', 'key', 'k', 'payload', " + payload_sql + more_sql + ")";
}

// What is told names the row; the others go on; mended by hand it goes by itself.
void expect_only_that_row_stays(Scenario& s, const std::string& mended_events_sql) {
  const std::string row = s.postgres().value("SELECT id FROM dlr.outbox");
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(50);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_outbox_published_total", {}, 150));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.outbox") == 1; }));
  EXPECT_EQ(s.postgres().value("SELECT id FROM dlr.outbox"), row) << "kept";
  EXPECT_TRUE(reaches(s.gateway(), "dlr_outbox_pending", {}, 1));
  const auto told = lines_with(s.gateway(), "dlr.outbox.publish_failed", "outboxId", row);
  ASSERT_GE(told.size(), 1U);
  EXPECT_NE(json_field(told.front(), "detail"), "") << told.front();
  s.postgres().exec("UPDATE dlr.outbox SET events = " + mended_events_sql);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events("billing.events").size(), 51U);
}

TEST(Us009Relay, ARowThatCannotBeReadHoldsUpNoOther) {
  Scenario s;
  insert_row(s, 1, "json_build_object('by', 'hand')");
  expect_only_that_row_stays(s, "json_build_array(" + event(kFirst) + ")");
}

TEST(Us009Relay, ARowWithAHeaderThatCannotBeReadHoldsUpNoOther) {
  Scenario s;
  insert_row(s, 1, "('[{\"id\":\"" + std::string(kFirst) + R"(","payload":{},"schema":"\u0000"}]')::json)");
  expect_only_that_row_stays(s, "json_build_array(" + event(kFirst) + ")");
}

// Its bytes are lost: the database refuses the statement that reads it, whatever else that would read.
TEST(Us009Relay, ADamagedRowHoldsUpNoOther) {
  Scenario s;
  const std::string noise = "(SELECT to_json(string_agg(md5(i::text), '')) FROM generate_series(1, 1000) i)";
  insert_row(s, 1, "json_build_array(" + event(kFirst, noise) + ")");
  s.postgres().exec("CREATE EXTENSION pg_surgery");
  s.postgres().exec(
      "DO $$ DECLARE toast regclass := (SELECT reltoastrelid FROM pg_class WHERE oid = 'dlr.outbox'::regclass); BEGIN "
      "PERFORM heap_force_kill(toast, ARRAY['(0,1)'::tid]); END $$");
  expect_only_that_row_stays(s, "json_build_array(" + event(kFirst) + ")");
}

// Who renames a column has no row's fault to show: the round fails as a whole, and is tried again as soon as it may.
TEST(Us009Relay, AMissingColumnIsBlamedOnNoRow) {
  Scenario s;
  ASSERT_TRUE(started(s));
  s.postgres().exec(
      "ALTER TABLE dlr.outbox RENAME events TO away; INSERT INTO dlr.outbox (subject, event_count, away, created_at) "
      "VALUES ('billing.events', 1, json_build_array(" +
      event(kFirst) + "), now())");
  const std::string row = s.postgres().value("SELECT id FROM dlr.outbox");
  ASSERT_TRUE(eventually([&] { return !s.gateway().logs("dlr.outbox.publish_failed").empty(); }));
  s.postgres().exec("ALTER TABLE dlr.outbox RENAME away TO events");
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(lines_with(s.gateway(), "dlr.outbox.publish_failed", "outboxId", row).empty());
  EXPECT_EQ(s.events("billing.events").size(), 1U);
}

// Nor has whoever ends a session. The look at all rows is refused once, and the look at this one row finds its session
// ended.
TEST(Us009Relay, AnEndedSessionIsBlamedOnNoRow) {
  Scenario s;
  ASSERT_TRUE(started(s));
  s.postgres().exec(R"(
    CREATE SEQUENCE public.looks_at_all; CREATE SEQUENCE public.looks_at_one;
    CREATE FUNCTION public.let_through() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      IF current_query() LIKE '%ahead%' AND nextval('public.looks_at_all') = 1 THEN RAISE 'not now'; END IF;
      IF current_query() LIKE '%o.id = r.id' AND nextval('public.looks_at_one') = 1 THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
      END IF;
      RETURN true;
    END $$;
    CREATE POLICY trouble ON dlr.outbox USING (public.let_through()) WITH CHECK (true);
    ALTER TABLE dlr.outbox ENABLE ROW LEVEL SECURITY)");
  insert_row(s, 1, "json_build_array(" + event(kFirst) + ")");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().value("SELECT is_called FROM public.looks_at_one"), "t");
  EXPECT_TRUE(s.gateway().logs("dlr.outbox.publish_failed").empty()) << log_summary(s.gateway());
  EXPECT_EQ(s.events("billing.events").size(), 1U);
}

TEST(Us009Relay, AnEventThatItsStreamRefusesHoldsUpNoOtherOfItsRow) {
  Scenario s;
  s.nats().set_capture_max_message(64 * 1024);
  insert_row(s, 3,
             "json_build_array(" + event(kFirst) + ", " + event(kSecond, "to_json(repeat('x', 100000))") + ", " +
                 event(kThird, "'[1]'::json", ", 'schema', 'other/7', 'traceparent', '00-aa-bb-01'") + ")");
  const auto before = s.postgres().rows("SELECT id, created_at FROM dlr.outbox");
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(50);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(reaches(s.gateway(), "dlr_outbox_published_total", {}, 152));
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.outbox_events") == 1; }));
  EXPECT_EQ(s.postgres().value("SELECT event_id FROM dlr.outbox_events"), kSecond);
  EXPECT_EQ(s.postgres().rows("SELECT id, created_at FROM dlr.outbox"), before) << "as old as it was";
  EXPECT_TRUE(reaches(s.gateway(), "dlr_outbox_pending", {}, 1));
  const auto told = s.gateway().logs("dlr.outbox.publish_failed");
  EXPECT_GE(told.size(), 1U);
  for (const std::string& line : told)
    EXPECT_EQ(json_field(line, "eventId"), kSecond) << "a subject or another event failed: " << line;
  s.nats().set_capture_max_message(1024 * 1024);
  ASSERT_TRUE(settles(s));
  const auto events = s.events("billing.events");
  EXPECT_EQ(events.size(), 53U);
  for (const char* id : {kFirst, kSecond, kThird})
    EXPECT_EQ(std::ranges::count(events, id, &CapturedEvent::msg_id), 1) << id;
  const auto third = std::ranges::find(events, kThird, &CapturedEvent::msg_id);
  EXPECT_EQ(third->data, "[1]");
}

// Its messages were on their way when the connection was lost, and nobody asks for them again.
TEST(Us009Relay, WhatAnotherGatewayPublishedMeanwhileHoldsUpNoEventAfterIt) {
  Scenario s;
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(1);
  s.publish(final_receipts(s, messages));
  ASSERT_TRUE(settles(s));
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched"});
  auto silent = std::make_optional<SilentSubject>(s.nats().admin_url(), "billing.events");
  insert_row(s, 200,
             "(SELECT json_agg(json_build_object('id', gen_random_uuid(), 'key', 'k', 'payload', e)) "
             "FROM generate_series(1, 200) e)");
  ASSERT_GE(silent->received(2), 2U);
  ASSERT_TRUE(eventually([&] { return !s.gateway().logs("dlr.outbox.publish_failed").empty(); }));
  silent.reset();
  s.nats().kill9();
  s.postgres().exec("TRUNCATE dlr.outbox");  // as whoever led meanwhile had done with all of it
  insert_row(s, 1, "json_build_array(" + event(kFirst) + ")");
  s.nats().start();
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  const auto events = s.events("billing.events");
  EXPECT_EQ(std::ranges::count(events, kFirst, &CapturedEvent::msg_id), 1);
}

// One has no stream, one stays silent: the others go on, each of those backs off by itself.
TEST(Us009Relay, AMissingAndASilentSubjectBesideTwoThatWork) {
  constexpr int kRows = 40;
  constexpr int kEach = 50;  // events of a row
  constexpr int kAll = kRows * kEach;
  Scenario s;
  auto silent = std::make_optional<SilentSubject>(s.nats().admin_url(), "webhook.dispatch");
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "billing.events"});
  s.postgres().exec("INSERT INTO dlr.outbox (subject, event_count, events, created_at) SELECT s.subject, " +
                    std::to_string(kEach) +
                    ", (SELECT json_agg(json_build_object('id', gen_random_uuid(), 'key', r.n, 'payload', e)) "
                    "FROM generate_series(1, " +
                    std::to_string(kEach) + ") e), now() FROM generate_series(1, " + std::to_string(kRows) +
                    ") r(n), unnest(ARRAY['webhook.dispatch', 'sms.dlr.aggregated.v1', 'sms.dlr.unmatched', "
                    "'billing.events']) s(subject)");
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.outbox_events") == 2 * kAll; })) << log_summary(s.gateway());
  for (const char* subject : {"sms.dlr.aggregated.v1", "billing.events"}) {
    const auto events = s.events(subject);
    std::set<std::string> ids;
    for (const CapturedEvent& event : events) ids.insert(event.msg_id);
    EXPECT_EQ(events.size(), static_cast<std::size_t>(kAll)) << subject;
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(kAll)) << subject;
    EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.outbox WHERE subject = " + s.postgres().quote(subject)), 0);
  }
  EXPECT_LT(silent->received(1), 200U) << "it is probed, not flooded";
  silent.reset();
  s.nats().set_capture_subjects({"sms.dlr.aggregated.v1", "webhook.dispatch", "sms.dlr.unmatched", "billing.events"});
  ASSERT_TRUE(settles(s));
  for (const char* subject : {"webhook.dispatch", "sms.dlr.unmatched"})
    EXPECT_EQ(s.events(subject).size(), static_cast<std::size_t>(kAll)) << subject;
}

}  // namespace
}  // namespace dlrgw::test
