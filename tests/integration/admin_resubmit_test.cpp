// SPDX-License-Identifier: Apache-2.0
// POST /v1/admin/dlr/rejected/{identity}/{seq}/resubmit: what a broken stage rejected goes through the mended chain,
// once, whatever dies in between.
#include <algorithm>
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The stage rejects the receipts whose error code is V-REJECT.
std::string broken_chain() {
  return shipped_config(
      {{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                        "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
       {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}});
}

class AdminResubmit : public testing::Test {
 protected:
  AdminResubmit() : s_(with_keys(keys_, broken_chain())) {}

  // Publishes receipts that are rejected; by stream sequence.
  void reject(std::size_t count) {
    messages_ = s_.add_messages(count);
    receipts_ = s_.receipts_for(messages_, "DELIVRD");
    for (Receipt& receipt : receipts_) receipt.error_code = "V-REJECT";
    s_.publish(receipts_);
    ASSERT_TRUE(settles(s_));
    ASSERT_EQ(s_.count_rows("dlr.invalid_dlrs"), static_cast<std::int64_t>(count));
    identity_ = s_.postgres().value("SELECT stream_identity FROM dlr.invalid_dlrs LIMIT 1");
  }
  void mend() {
    std::ofstream(s_.gateway().config_path(), std::ios::trunc) << shipped_config({});
    const HttpReply reply = admin(s_.gateway(), keys_, "POST", "/v1/admin/reload");
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  [[nodiscard]] std::string target(const std::string& seq) const {
    std::string encoded;  // ":" may stand in a path; others of an identity are unreserved
    for (const char c : identity_) encoded += c == ' ' ? std::string("%20") : std::string(1, c);
    return "/v1/admin/dlr/rejected/" + encoded + "/" + seq + "/resubmit";
  }
  HttpReply resubmit(const std::string& seq) { return resubmit(s_.gateway(), seq); }
  HttpReply resubmit(const GatewayProcess& gateway, const std::string& seq) {
    return admin(gateway, keys_, "POST", target(seq));
  }
  std::int64_t audits(const std::string& result) {
    return s_.postgres().count("SELECT count(*) FROM dlr.audit_log WHERE action = 'rejected.resubmit' AND actor = '" +
                               std::string(kActor) + "' AND details->>'result' = '" + result + "'");
  }
  void expect_nothing_kept() {
    for (const char* table : {"dlr.delivery_receipts", "dlr.rejected_resubmissions", "dlr.outbox"})
      EXPECT_EQ(s_.count_rows(table), 0) << table;
    EXPECT_EQ(lookup(s_, "status", "orch.sms_messages", "message_id", messages_[0].message_id), "SUBMITTED");
  }

  void expect_applied_once() {
    EXPECT_EQ(s_.count_rows("dlr.delivery_receipts"), 1);
    EXPECT_EQ(lookup(s_, "status", "orch.sms_messages", "message_id", messages_[0].message_id), "DELIVERED");
    for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"})
      EXPECT_EQ(s_.events_by_message(subject).at(messages_[0].message_id), 1) << subject;
  }

  AdminKeys keys_;
  Scenario s_;
  std::vector<Message> messages_;
  std::vector<Receipt> receipts_;
  std::string identity_;
};

TEST_F(AdminResubmit, ThroughTheMendedChainOnce) {
  ASSERT_TRUE(started(s_));
  reject(2);
  // Still broken: rejected again, which uses nothing up.
  const HttpReply again = resubmit("1");
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(json_field(again.body, "outcome"), "rejected");
  EXPECT_EQ(json_field(again.body, "reason"), "fixture_reject");
  EXPECT_EQ(json_field(again.body, "stage"), "fixture.verdict");
  expect_nothing_kept();
  EXPECT_EQ(s_.count_rows("dlr.invalid_dlrs"), 2);

  mend();
  const double received = s_.gateway().metrics().sum("dlr_received_total");
  const HttpReply done = resubmit("1");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(json_field(done.body, "outcome"), "applied");
  ASSERT_TRUE(settles(s_));
  EXPECT_EQ(lookup(s_, "dlr_status", "dlr.delivery_receipts", "event_id", receipts_[0].event_id), "DELIVERED");
  EXPECT_EQ(lookup(s_, "status", "orch.sms_messages", "message_id", messages_[0].message_id), "DELIVERED");
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE received_at = '" +
                                receipts_[0].received_at + "'"),
            1)
      << "its own time, not today's";
  EXPECT_EQ(s_.events_by_message("billing.events"),
            (std::map<std::string, std::int64_t>{{messages_[0].message_id, 1}}));
  EXPECT_EQ(s_.gateway().metrics().sum("dlr_received_total"), received) << "it was counted when it came";
  EXPECT_EQ(s_.postgres().rows("SELECT stream_seq, outcome, actor FROM dlr.rejected_resubmissions"),
            (std::vector<Row>{{"1", "applied", kActor}}));
  EXPECT_EQ(s_.redis().command({"EXISTS", "dlr:fp:" + lookup(s_, "encode(fingerprint, 'hex')", "dlr.delivery_receipts",
                                                             "event_id", receipts_[0].event_id)}),
            "1")
      << "committed, so that its fingerprint is known";

  const HttpReply twice = resubmit("1");
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(json_field(twice.body, "outcome"), "applied");
  EXPECT_EQ(json_field(twice.body, "actor"), kActor);
  EXPECT_EQ(s_.count_rows("dlr.delivery_receipts"), 1);
  EXPECT_EQ(audits("ok"), 2) << "rejected again, and applied";
  EXPECT_EQ(audits("refused"), 1);
  EXPECT_EQ(s_.postgres().value("SELECT entity_id FROM dlr.audit_log WHERE details->>'outcome' = 'applied'"),
            identity_ + "/1");
}

TEST_F(AdminResubmit, BadRequestsAreRefusedAndAudited) {
  ASSERT_TRUE(started(s_));
  reject(1);
  s_.publish_raw({"no json"});
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.invalid_dlrs") == 2; }));
  struct Case {
    std::string seq;
    int status;
    const char* says;
  };
  const Case cases[] = {{"0", 400, "stream sequence"},      {"-1", 400, "stream sequence"},
                        {"1x", 400, "stream sequence"},     {"99999999999999999999", 400, "stream sequence"},
                        {"77", 404, "no rejected receipt"}, {"2", 422, "the payload is no receipt: malformed_json"}};
  for (const Case& c : cases) {
    const HttpReply reply = resubmit(c.seq);
    EXPECT_EQ(reply.status, c.status) << reply.body;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(json_field(reply.body, "detail"), HasSubstr(c.says));
  }
  EXPECT_EQ(audits("refused"), 6);
  const std::string right = identity_;
  for (const char* identity : {"SMS_DLR", "'; DROP TABLE dlr.audit_log; --"}) {
    identity_ = identity;
    EXPECT_EQ(resubmit("1").status, 404) << identity;
  }
  identity_ = right;
  EXPECT_EQ(audits("refused"), 8);
}

// Another version may read what this one could not. Two without an eventId are two receipts.
TEST_F(AdminResubmit, WhatWasInvalidIsAppliedOnceItCanBeRead) {
  ASSERT_TRUE(started(s_));
  messages_ = s_.add_messages(2);
  for (const Message& message : messages_)
    s_.publish_raw({R"({"operatorId": "mno-test", "operatorMessageId": ")" + message.operator_message_id +
                    R"(", "rawStat": "DELIVRD", "esmClass": "x"})"});
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.invalid_dlrs") == 2; }));
  identity_ = s_.postgres().value("SELECT stream_identity FROM dlr.invalid_dlrs LIMIT 1");
  EXPECT_EQ(resubmit("1").status, 422);
  s_.postgres().exec(
      "UPDATE dlr.invalid_dlrs SET payload = convert_to(replace(convert_from(payload, 'UTF8'), ', \"esmClass\": "
      "\"x\"', ''), 'UTF8')");
  for (const char* seq : {"1", "2"}) EXPECT_EQ(json_field(resubmit(seq).body, "outcome"), "applied") << seq;
  EXPECT_EQ(resubmit("1").status, 409);
  EXPECT_EQ(s_.postgres().count("SELECT count(DISTINCT event_id) FROM dlr.delivery_receipts"), 2);
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.delivery_receipts r JOIN dlr.invalid_dlrs i USING (event_id) "
                                "WHERE r.received_at = i.received_at"),
            2);
}

TEST_F(AdminResubmit, WithoutItsCorrelationNothingIsKeptAndItMayBeTriedLater) {
  ASSERT_TRUE(started(s_));
  reject(1);
  mend();
  s_.postgres().exec("DELETE FROM smpp.message_correlations");
  const HttpReply early = resubmit("1");
  EXPECT_EQ(early.status, 200) << early.body;
  EXPECT_EQ(json_field(early.body, "outcome"), "retry");
  EXPECT_EQ(json_field(early.body, "reason"), "awaiting_correlation");
  expect_nothing_kept();
  EXPECT_EQ(s_.count_rows("dlr.orphan_dlrs"), 0);
  EXPECT_EQ(audits("ok"), 1) << "what was asked for is told all the same";
  insert_correlations(s_.postgres(), {correlation_of(messages_[0])});
  EXPECT_EQ(json_field(resubmit("1").body, "outcome"), "applied");
  EXPECT_EQ(resubmit("1").status, 409);
}

TEST_F(AdminResubmit, KilledBeforeTheCommitLeavesNothing) {
  ASSERT_TRUE(started(s_));
  reject(1);
  mend();
  EXPECT_EQ(s_.gateway().terminate(), 0);
  ASSERT_TRUE(started(s_, "host.before_submission_commit"));
  EXPECT_EQ(resubmit("1").status, 0) << "nobody answers any more";
  ASSERT_TRUE(s_.gateway().wait_exit());
  expect_nothing_kept();
  EXPECT_EQ(audits("ok"), 0);
  ASSERT_TRUE(started(s_));
  EXPECT_EQ(json_field(resubmit("1").body, "outcome"), "applied");
  ASSERT_TRUE(settles(s_));
  expect_applied_once();
}

TEST_F(AdminResubmit, KilledAfterTheCommitItIsDoneAndKnown) {
  ASSERT_TRUE(started(s_));
  reject(1);
  mend();
  EXPECT_EQ(s_.gateway().terminate(), 0);
  ASSERT_TRUE(started(s_, "host.after_submission_commit"));
  EXPECT_EQ(resubmit("1").status, 0);
  ASSERT_TRUE(s_.gateway().wait_exit());
  EXPECT_EQ(s_.count_rows("dlr.rejected_resubmissions"), 1);
  EXPECT_EQ(audits("ok"), 1) << "its row was part of the transaction";
  ASSERT_TRUE(started(s_));
  const HttpReply twice = resubmit("1");
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(json_field(twice.body, "outcome"), "applied");
  ASSERT_TRUE(settles(s_));
  expect_applied_once();
}

TEST_F(AdminResubmit, ManyAtOnceOnTwoGatewaysAreOne) {
  ASSERT_TRUE(started(s_));
  reject(4);
  mend();
  GatewayOptions second;
  second.config_text = shipped_config({});
  second.replica = 1;
  keys_.enter(second);
  GatewayProcess other(s_.servers(), second);
  other.start();
  ASSERT_TRUE(other.wait_ready());
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 32; ++i)
    answers.push_back(std::async(std::launch::async, [&, i] {
      return resubmit(i % 2 == 0 ? s_.gateway() : other, std::to_string(i / 2 % 4 + 1)).status;
    }));
  std::map<int, int> statuses;
  for (auto& answer : answers) ++statuses[answer.get()];
  EXPECT_EQ(statuses, (std::map<int, int>{{200, 4}, {409, 28}}));
  ASSERT_TRUE(settles(s_));
  EXPECT_EQ(s_.count_rows("dlr.delivery_receipts"), 4);
  EXPECT_EQ(s_.count_rows("dlr.rejected_resubmissions"), 4);
  EXPECT_EQ(s_.events_by_message("billing.events").size(), 4U);
  EXPECT_EQ(audits("ok"), 4);
  EXPECT_EQ(audits("refused"), 28);
}

}  // namespace
}  // namespace dlrgw::test
