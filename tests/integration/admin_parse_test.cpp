// SPDX-License-Identifier: Apache-2.0
// POST /v1/admin/dlr/parse: says what the chain would do, and leaves no trace.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Everything that a dry run must leave as it was: every table, Redis, the events, what was counted.
struct Trace {
  std::vector<Row> tables;
  std::int64_t redis_keys = 0;
  std::vector<std::string> metrics;

  bool operator==(const Trace&) const = default;
};

// Counters and histograms; gauges tell the present, and the scrape itself takes time.
bool counts(const Sample& sample) {
  for (const char* end : {"_total", "_count", "_sum", "_bucket"})
    if (sample.name.ends_with(end)) return !sample.name.starts_with("dlr_job_") && !sample.name.starts_with("process_");
  return false;
}

Trace trace_of(Scenario& s) {
  Trace out;
  // The intake's clock is written whoever asks.
  for (const Row& row :
       s.postgres().rows("SELECT schemaname || '.' || relname FROM pg_stat_user_tables WHERE schemaname IN "
                         "('dlr', 'orch', 'smpp') AND relname <> 'intake_clock' ORDER BY 1"))
    out.tables.push_back({row[0], s.postgres().value("SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), "
                                                     "'') FROM " +
                                                     row[0] + " t")});
  out.redis_keys = s.redis().key_count();
  const Metrics scraped = s.gateway().metrics();
  for (const Sample& sample : scraped.samples()) {
    if (!counts(sample)) continue;
    std::string line = sample.name;
    for (const auto& [name, value] : sample.labels) line += " " + name + "=" + value;
    out.metrics.push_back(line + " " + std::to_string(sample.value));
  }
  return out;
}

class AdminParse : public testing::Test {
 protected:
  HttpReply parse(Scenario& s, const std::string& event) {
    return admin(s.gateway(), keys_, "POST", "/v1/admin/dlr/parse", event);
  }
  AdminKeys keys_;
};

TEST_F(AdminParse, SaysWhatTheChainWouldDoAndLeavesNoTrace) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(3);
  const Receipt done = s.receipt_for(messages[0], "DELIVRD");
  s.publish({done});
  ASSERT_TRUE(settles(s));
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() > 0; }));

  struct Case {
    const char* name;
    Receipt receipt;
    const char* outcome;
    const char* stage;
    const char* reason;
  };
  std::vector<Case> cases{
      {"applied", s.receipt_for(messages[1], "undeliv"), "applied", "null", "null"},
      {"intermediate", s.receipt_for(messages[2], "ACCEPTD"), "applied", "null", "null"},
      {"the same event again", done, "redelivered", "dedup.replay", "redelivered"},
      {"a copy in the same minute", done, "dedup", "dedup.replay", "dedup"},
      {"another final status", s.receipt_for(messages[0], "EXPIRED"), "late", "dedup.replay", ""},
      {"unknown", s.receipt_for(messages[1], "DELIVRD"), "retry", "correlate", "awaiting_correlation"},
  };
  cases[3].receipt.event_id = random_uuid(s.rng());
  cases[5].receipt.operator_message_id = "not-there-yet";
  const Trace before = trace_of(s);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const HttpReply reply = parse(s, c.receipt.json());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(json_field(reply.body, "outcome"), c.outcome) << reply.body;
    EXPECT_EQ(json_field(reply.body, "stage"), c.stage);
    EXPECT_THAT(json_field(reply.body, "reason"), HasSubstr(c.reason));
    EXPECT_EQ(json_field(json_field(reply.body, "receipt"), "eventId"), c.receipt.event_id);
  }
  const Trace after = trace_of(s);
  EXPECT_EQ(before.tables, after.tables);
  EXPECT_EQ(before.redis_keys, after.redis_keys);
  EXPECT_EQ(before.metrics, after.metrics);
  EXPECT_EQ(s.gateway().logs("dlr.processed").size(), 1U);

  const std::string seen = json_field(parse(s, cases[0].receipt.json()).body, "receipt");
  EXPECT_EQ(json_field(seen, "dlrStatus"), "UNDELIVERED");
  EXPECT_EQ(json_field(seen, "rawStat"), "undeliv");
  EXPECT_EQ(json_field(seen, "messageId"), messages[1].message_id);
  EXPECT_EQ(json_field(seen, "segmentTotal"), "1");
  EXPECT_EQ(json_field(seen, "dlr.fingerprint").size(), 64U);
  EXPECT_EQ(json_field(seen, "quirk"), "null");
  EXPECT_EQ(json_field(seen, "idCandidates"), "[\"" + messages[1].operator_message_id + "\"]");

  // The real one is the first of its kind.
  s.publish({cases[0].receipt});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(outcomes_by_event(s.gateway()).at(cases[0].receipt.event_id), std::vector<std::string>{"applied"});
}

TEST_F(AdminParse, NamesTheQuirkAndHidesNumbersAndText) {
  Scenario s(
      with_keys(keys_, shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                                        "/fixture_ops.so\"\ngrants = [\"sql\"]\n\n[pipeline]\n"}})));
  ASSERT_TRUE(started(s));
  Message message = s.add_messages(1, "mno-quirk")[0];
  Receipt receipt = s.receipt_for(message, "ZUGESTELLT");
  receipt.raw_receipt = "id:1 stat:ZUGESTELLT text:secret words for 15550100777";
  receipt.more = {{"sourceAddr", "\"15550100888\""}, {"destAddr", "\"15550100999\""}};
  const HttpReply reply = parse(s, receipt.json());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json_field(reply.body, "outcome"), "applied");
  const std::string seen = json_field(reply.body, "receipt");
  EXPECT_EQ(json_field(seen, "quirk"), "fixture.ops");
  EXPECT_EQ(json_field(seen, "quirkVersion"), "1.0.0");
  EXPECT_EQ(json_field(seen, "dlrStatus"), "DELIVERED");
  for (const char* hidden : {"15550100777", "15550100888", "15550100999", "secret"})
    EXPECT_EQ(reply.body.find(hidden), std::string::npos) << hidden;
}

TEST_F(AdminParse, WhatIsNoReceiptIsRefusedWithItsReason) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const Trace before = trace_of(s);
  struct Case {
    std::string body;
    int status;
    const char* says;
  };
  const std::string deep = R"({"operatorId":"mno-test","tlvs":)" + std::string(20, '[') + std::string(20, ']') + "}";
  const Case cases[] = {
      {"", 400, "send an inbound event"},
      {"no json", 400, "no receipt"},
      {"[]", 400, "no receipt"},
      {R"({"operatorMessageId":"1","rawStat":"DELIVRD"})", 400, "operatorId"},
      {R"({"operatorId":"mno test","operatorMessageId":"1"})", 400, "operatorId"},
      {R"({"operatorId":"a","operatorId":"b","operatorMessageId":"1"})", 400, "no receipt"},
      {"{\"operatorId\":\"\xff\"}", 400, "no receipt"},
      {deep, 400, "no receipt"},
      {R"({"operatorId":"mno-test","operatorMessageId":"1","messageState":256})", 400, "messageState"},
      {"{\"operatorId\":\"mno-test\",\"operatorMessageId\":\"" + std::string(262'144, '1') + "\"}", 413, "262144"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.body.substr(0, 60));
    const HttpReply reply = parse(s, c.body);
    EXPECT_EQ(reply.status, c.status) << reply.body;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(json_field(reply.body, "detail"), HasSubstr(c.says));
  }
  EXPECT_EQ(trace_of(s), before);
}

TEST_F(AdminParse, ADatabaseThatIsAwayIs503AndLeavesNothingBroken) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const Receipt receipt = s.receipt_for(s.add_messages(1)[0], "DELIVRD");
  EXPECT_EQ(parse(s, receipt.json()).status, 200);
  s.postgres().stop(PostgresStop::kImmediate);
  const HttpReply reply = parse(s, receipt.json());
  EXPECT_EQ(reply.status, 503) << reply.body;
  s.postgres().start();
  ASSERT_TRUE(eventually([&] { return parse(s, receipt.json()).status == 200; }));
}

}  // namespace
}  // namespace dlrgw::test
