// SPDX-License-Identifier: Apache-2.0
// US-016 what was received is counted as it is settled, and once a day each operator's rate of replays is reported.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kReports = "/v1/admin/reports/daily";

class Us016Report : public testing::Test {
 protected:
  static std::string day(Scenario& s, int ago) {
    return s.postgres().value("SELECT (now() AT TIME ZONE 'UTC')::date - " + std::to_string(ago));
  }
  static void count(Scenario& s, const std::string& at, const std::string& operator_id, const std::string& outcome,
                    int n) {
    s.postgres().exec("INSERT INTO dlr.ingest_stats VALUES ('" + at + "+00', '" + operator_id + "', '" + outcome +
                      "', 'test/" + std::to_string(++instance_) + "', " + std::to_string(n) + ")");
  }
  static void hold_back(Scenario& s, const std::string& at, const std::string& operator_id, int n) {
    s.postgres().exec("INSERT INTO dlr.quarantined_dlrs SELECT gen_random_uuid(), '" + operator_id +
                      "', 'id', gen_random_uuid(), gen_random_uuid(), 'DELIVERED', now(), now(), '" + at +
                      "+00', '{}', '\\x00', '\\x00', gen_random_uuid() FROM generate_series(1, " + std::to_string(n) +
                      ")");
  }
  std::string job(Scenario& s) {
    return part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", "admin.daily_report");
  }
  // Runs the job now and waits for its end.
  void report(Scenario& s) {
    const auto runs = std::stoll(json_field(job(s), "runs"));
    ASSERT_LT(admin(s.gateway(), keys_, "POST", "/v1/admin/jobs/admin.daily_report/run").status, 300);
    ASSERT_TRUE(eventually([&] { return std::stoll(json_field(job(s), "runs")) > runs; }));
    ASSERT_EQ(json_field(job(s), "lastError"), "null");
  }
  HttpReply read(Scenario& s, const std::string& date) {
    return admin(s.gateway(), keys_, "GET", std::string(kReports) + "?date=" + date);
  }
  static std::vector<std::string> lines(const HttpReply& reply) {
    std::vector<std::string> out;
    for (const std::string& item : items_of(reply.body, "operators")) {
      std::string line;
      for (const char* name : {"operatorId", "received", "quarantined", "late", "orphaned", "duplicates"})
        line.append(json_field(item, name)).append(" ");
      out.push_back(line + std::to_string(std::stod(json_field(item, "replayRate"))) + " " +
                    json_field(item, "flagged"));
    }
    return out;
  }
  static std::vector<Row> stored(Scenario& s) {
    return s.postgres().rows(
        "SELECT report_date, operator_id, received, quarantined, late, orphaned, duplicates, replay_rate, flagged "
        "FROM dlr.daily_operator_report ORDER BY report_date, operator_id");
  }
  AdminKeys keys_;
  inline static int instance_ = 0;
};

TEST_F(Us016Report, WhatWasSettledYesterdayIsCountedAndReportedOnce) {
  Scenario s(with_keys(keys_, quick_orphans()));
  std::vector<Message> messages;
  for (int i = 0; i < 40; ++i) {
    messages.push_back(random_message(s.rng(), i < 30 ? "mno-a" : "mno-b"));
    messages.back().age = 30h;
  }
  insert_messages(s.postgres(), messages);
  s.postgres().exec(
      "UPDATE orch.sms_messages SET status = 'DELIVERED', processed_at = now() - interval '2 days' WHERE message_id "
      "IN ('" +
      messages[0].message_id + "', '" + messages[1].message_id + "')");
  auto receipts = s.receipts_for(messages, "DELIVRD");
  const std::string yesterday = day(s, 1);
  for (Receipt& receipt : receipts) receipt.received_at = yesterday + "T23:59:59.999Z";
  for (const std::size_t i : {0U, 1U}) receipts[i].dlr_timestamp = yesterday + "T00:00:00.000Z";
  Receipt copy = receipts[5];
  copy.event_id = random_uuid(s.rng());
  Receipt stranger = s.receipt_for(random_message(s.rng(), "mno-a"), "DELIVRD");
  stranger.received_at = yesterday + "T12:00:00.000Z";
  receipts.insert(receipts.end(), {copy, stranger});
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  s.publish_raw({"no receipt"});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), 43);
  ASSERT_EQ(s.gateway().terminate(), 0);
  EXPECT_EQ(s.postgres().count("SELECT sum(n) FROM dlr.ingest_stats"), 43) << "a drain leaves nothing behind";

  ASSERT_TRUE(started(s));
  EXPECT_EQ(json_field(read(s, yesterday).body, "createdAt"), "null") << "not written yet";
  const auto counted = lines(read(s, yesterday));
  EXPECT_THAT(counted, ElementsAre("mno-a 32 2 0 1 1 0.062500 true", "mno-b 10 0 0 0 0 0.000000 false"));
  ASSERT_NO_FATAL_FAILURE(report(s));
  EXPECT_THAT(stored(s), ElementsAre(Row{yesterday, "mno-a", "32", "2", "0", "1", "1", "0.062500", "t"},
                                     Row{yesterday, "mno-b", "10", "0", "0", "0", "0", "0.000000", "f"}));
  EXPECT_EQ(lines(read(s, yesterday)), counted);
  EXPECT_NE(json_field(read(s, yesterday).body, "createdAt"), "null");
  EXPECT_EQ(lines(admin(s.gateway(), keys_, "GET", kReports)), counted) << "yesterday's without a date";

  ASSERT_NO_FATAL_FAILURE(report(s));
  EXPECT_THAT(stored(s), SizeIs(2));
  const auto told = s.gateway().logs("dlr.report.daily");
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(json_field(told[0], "level"), "warn");
  EXPECT_EQ(json_field(told[0], "operatorId"), "mno-a");
  EXPECT_DOUBLE_EQ(std::stod(json_field(told[0], "replayRate")), 0.0625);
  EXPECT_EQ(json_field(told[1], "level"), "info");
}

TEST_F(Us016Report, ADayIsItsMinutesAndTheFlagIsAboveOneInAHundred) {
  Scenario s(with_keys(keys_));
  const std::string yesterday = day(s, 1);
  count(s, day(s, 2) + " 23:59:00", "mno-a", "applied", 1000);
  count(s, yesterday + " 00:00:00", "mno-a", "applied", 150);
  count(s, yesterday + " 23:59:00", "mno-a", "late", 50);
  count(s, yesterday + " 23:59:00", "mno-b", "applied", 199);
  count(s, yesterday + " 23:59:00", "mno-b", "redelivered", 1000);
  count(s, yesterday + " 23:59:00", "", "invalid", 5);
  count(s, day(s, 0) + " 00:00:00", "mno-a", "applied", 1000);
  hold_back(s, yesterday + " 00:00:00", "mno-a", 1);
  hold_back(s, yesterday + " 23:59:59.999", "mno-a", 1);
  hold_back(s, day(s, 0) + " 00:00:00", "mno-a", 1);
  hold_back(s, yesterday + " 12:00:00", "mno-b", 2);
  hold_back(s, yesterday + " 12:00:00", "mno-c", 1);
  ASSERT_TRUE(started(s));
  ASSERT_NO_FATAL_FAILURE(report(s));
  EXPECT_THAT(lines(read(s, yesterday)),
              ElementsAre("mno-a 200 2 50 0 0 0.010000 false", "mno-b 199 2 0 0 0 0.010050 true",
                          "mno-c 0 1 0 0 0 1.000000 true"));
  EXPECT_THAT(lines(read(s, day(s, 2))), ElementsAre("mno-a 1000 0 0 0 0 0.000000 false"));
  EXPECT_THAT(lines(read(s, day(s, 0))), ElementsAre("mno-a 1000 1 0 0 0 0.001000 false")) << "so far";
  EXPECT_EQ(s.count_rows("dlr.daily_operator_report"), 4) << "today has none yet";
  EXPECT_THAT(lines(read(s, "2020-02-29")), IsEmpty());
}

TEST_F(Us016Report, BadRequestsAreRefusedInSentences) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  for (const char* bad : {"2026-02-30", "yesterday", "2026-1-1", "2026-11-22T00:00:00Z", "%00", "'--"}) {
    const HttpReply reply = read(s, bad);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(reply.body.find("'--"), std::string::npos);
  }
  EXPECT_EQ(call_with(s.gateway(), keys_, "dlr:pii", "GET", kReports).status, 403);
  EXPECT_EQ(http_send(s.gateway().admin_address(), {"GET", kReports, {}, {}}).status, 401);
  s.postgres().stop();
  EXPECT_EQ(read(s, "2026-11-22").status, 503);
}

TEST_F(Us016Report, CountsWaitWhilePostgresIsAwayAndAreStoredOnce) {
  Scenario s(with_keys(keys_));
  const auto messages = s.add_messages(20);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  s.postgres().restart(PostgresStop::kImmediate);
  ASSERT_TRUE(s.gateway().wait_ready());
  const std::string sum = "SELECT coalesce(sum(n), 0) FROM dlr.ingest_stats";
  ASSERT_TRUE(eventually([&] { return s.postgres().count(sum) >= 20; })) << "stored without a drain";
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  ASSERT_EQ(s.gateway().terminate(), 0);
  EXPECT_EQ(s.postgres().count(sum), 40);
}

}  // namespace
}  // namespace dlrgw::test
