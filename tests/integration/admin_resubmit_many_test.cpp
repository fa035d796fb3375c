// SPDX-License-Identifier: Apache-2.0
// POST /v1/admin/dlr/rejected/resubmit: what a broken stage rejected goes through the mended chain in bulk, each
// receipt once and on its own, whatever dies or is away in between.
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

// The stage rejects the receipts whose error code is V-REJECT.
std::string broken_chain() {
  return shipped_config(
      {{"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                        "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
       {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}});
}

class AdminResubmitMany : public testing::Test {
 protected:
  AdminResubmitMany() : s_(with_keys(keys_, broken_chain())) {}

  void reject(std::size_t count) {
    messages_ = s_.add_messages(count);
    receipts_ = s_.receipts_for(messages_, "DELIVRD");
    for (Receipt& receipt : receipts_) receipt.error_code = "V-REJECT";
    s_.publish(receipts_);
    ASSERT_TRUE(settles(s_));
    ASSERT_EQ(s_.count_rows("dlr.invalid_dlrs"), static_cast<std::int64_t>(count));
  }
  void mend_file() { std::ofstream(s_.gateway().config_path(), std::ios::trunc) << shipped_config({}); }
  void mend() {
    mend_file();
    const HttpReply reply = admin(s_.gateway(), keys_, "POST", "/v1/admin/reload");
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  HttpReply ask(const std::string& body) {
    return admin(s_.gateway(), keys_, "POST", "/v1/admin/dlr/rejected/resubmit", body);
  }
  // The id of the request.
  std::string asked(const std::string& body, const std::string& matching) {
    const HttpReply reply = ask(body);
    EXPECT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(json_field(reply.body, "matching"), matching) << reply.body;
    EXPECT_EQ(json_field(reply.body, "job"), "admin.resubmit");
    return json_field(reply.body, "id");
  }
  HttpReply progress(const std::string& id) {
    return admin(s_.gateway(), keys_, "GET", "/v1/admin/dlr/rejected/resubmit/" + id);
  }
  // Its outcomes once it is finished.
  std::string outcomes(const std::string& id) {
    EXPECT_TRUE(eventually([&] { return json_field(progress(id).body, "state") == "finished"; }))
        << progress(id).body << log_summary(s_.gateway());
    return json_field(progress(id).body, "outcomes");
  }
  // A trigger of somebody else's, from now until allow(): whatever is written to these messages.
  void refuse(const std::vector<Message>& refused) {
    std::string ids;
    for (const Message& message : refused) ids += (ids.empty() ? "" : ", ") + s_.postgres().quote(message.message_id);
    s_.postgres().exec(
        "CREATE FUNCTION orch.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.message_id IN (" + ids +
        ") THEN RAISE 'not these'; END IF; RETURN NEW; END $$; CREATE TRIGGER refuse BEFORE UPDATE ON "
        "orch.sms_messages FOR EACH ROW EXECUTE FUNCTION orch.refuse()");
  }
  void allow() { s_.postgres().exec("DROP TRIGGER refuse ON orch.sms_messages"); }
  std::vector<Message> part(std::ptrdiff_t from, std::ptrdiff_t to) {
    return {messages_.begin() + from, messages_.begin() + to};
  }
  std::int64_t applied() { return s_.count_rows("dlr.delivery_receipts"); }
  std::int64_t audits(const std::string& action) {
    return s_.postgres().count("SELECT count(*) FROM dlr.audit_log WHERE action = " + s_.postgres().quote(action));
  }
  void expect_each_applied_once() {
    ASSERT_TRUE(settles(s_));
    const auto wanted = static_cast<std::int64_t>(messages_.size());
    EXPECT_EQ(applied(), wanted);
    EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'DELIVERED'"), wanted);
    EXPECT_EQ(s_.count_rows("dlr.rejected_resubmissions"), wanted);
    for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"}) {
      const auto events = s_.events_by_message(subject, true);
      EXPECT_EQ(events.size(), messages_.size()) << subject;
      for (const auto& [id, count] : events) EXPECT_EQ(count, 1) << subject << " " << id;
    }
  }

  AdminKeys keys_;
  Scenario s_;
  std::vector<Message> messages_;
  std::vector<Receipt> receipts_;
};

TEST_F(AdminResubmitMany, TheCommandAsksTheRunningGatewayAndTellsWhatCameOfIt) {
  ASSERT_TRUE(started(s_));
  ASSERT_NO_FATAL_FAILURE(reject(20));
  ASSERT_NO_FATAL_FAILURE(mend());
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--state-dir", s_.gateway().state_dir()});
    return s_.gateway().run_cli(arguments);
  };
  const CliResult refused = run({"resubmit"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("reason")) << "the route's own sentence";
  const CliResult done = run({"resubmit", "--stage", "fixture.verdict", "--from", "2020-01-01"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("20 receipts match"));
  EXPECT_THAT(done.out, HasSubstr("finished: 20 of 20, applied 20"));
  expect_each_applied_once();
  EXPECT_EQ(
      s_.postgres().count("SELECT count(*) FROM dlr.audit_log WHERE action = 'rejected.resubmit_many' AND actor = "
                          "'control-socket'"),
      2)
      << "the refused one too";
}

TEST_F(AdminResubmitMany, WhatMatchesGoesThroughTheMendedChainOnce) {
  ASSERT_TRUE(started(s_));
  reject(700);  // more than one page
  s_.publish_raw({"no json"});
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.invalid_dlrs") == 701; }));
  mend();
  const std::string none = asked(R"({"reason": "quirk_failed"})", "0");
  EXPECT_EQ(outcomes(none), "{}");
  const std::string elsewhere = asked(R"({"reason": "fixture_reject", "stage": "normalise"})", "0");
  EXPECT_EQ(outcomes(elsewhere), "{}");
  const std::string earlier = asked(R"({"from": "2020-01-01", "to": "2020-01-02"})", "0");
  EXPECT_EQ(outcomes(earlier), "{}");
  EXPECT_EQ(applied(), 0);

  const std::string id = asked(R"({"reason": "fixture_reject", "stage": "fixture.verdict"})", "700");
  EXPECT_EQ(outcomes(id), R"({"applied":700})");
  expect_each_applied_once();
  EXPECT_EQ(json_field(progress(id).body, "done"), "700");
  EXPECT_EQ(json_field(progress(id).body, "actor"), kActor);
  EXPECT_EQ(audits("rejected.resubmit_many"), 4);
  EXPECT_EQ(audits("rejected.resubmit"), 700);
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.audit_log WHERE details->>'request' = '" + id +
                                "' AND actor = '" + kActor + "'"),
            700)
      << "each under who asked";
  const std::string job = part_of(admin(s_.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", "admin.resubmit");
  EXPECT_EQ(json_field(json_field(job, "progress"), "id"), id);
  EXPECT_EQ(json_field(json_field(job, "progress"), "state"), "finished");

  const std::string again = asked(R"({"reason": "fixture_reject"})", "0");
  EXPECT_EQ(outcomes(again), "{}");
  EXPECT_EQ(applied(), 700);
}

TEST_F(AdminResubmitMany, OneThatCannotGoThroughCostsOnlyItself) {
  ASSERT_TRUE(started(s_));
  reject(5);
  const std::string still_broken = asked(R"({"reason": "fixture_reject"})", "5");
  EXPECT_EQ(outcomes(still_broken), R"({"rejected":5})");
  EXPECT_EQ(applied(), 0);

  mend();
  const auto without_correlation = correlation_of(messages_[1]);
  s_.postgres().exec("DELETE FROM smpp.message_correlations WHERE message_id = " +
                     s_.postgres().quote(messages_[1].message_id));
  s_.postgres().exec("UPDATE dlr.invalid_dlrs SET payload = 'no json' WHERE event_id = " +
                     s_.postgres().quote(receipts_[2].event_id));
  const std::string id = asked(R"({"stage": "fixture.verdict"})", "5");
  EXPECT_EQ(outcomes(id), R"({"applied":3,"invalid":1,"retry":1})");
  EXPECT_EQ(applied(), 3);
  EXPECT_EQ(s_.count_rows("dlr.orphan_dlrs"), 0);

  insert_correlations(s_.postgres(), {without_correlation});
  const std::string rest = asked(R"({"stage": "fixture.verdict"})", "2");
  EXPECT_EQ(outcomes(rest), R"({"applied":1,"invalid":1})");
}

TEST_F(AdminResubmitMany, KilledOnItsWayItGoesOnAndCountsNothingTwice) {
  ASSERT_TRUE(started(s_));
  reject(40);
  mend_file();
  EXPECT_EQ(s_.gateway().terminate(), 0);
  ASSERT_TRUE(started(s_, "host.after_submission_commit:7"));
  const std::string id = asked(R"({"reason": "fixture_reject"})", "40");
  ASSERT_EQ(s_.gateway().wait_exit(), 128 + SIGKILL);
  EXPECT_EQ(applied(), 7);
  ASSERT_TRUE(started(s_));
  EXPECT_EQ(outcomes(id), R"({"applied":40})");
  expect_each_applied_once();
  EXPECT_EQ(audits("rejected.resubmit"), 40);
}

TEST_F(AdminResubmitMany, WhileTheDatabaseIsAwayItWaits) {
  ASSERT_TRUE(started(s_));
  reject(300);
  mend();
  const std::string id = asked(R"({"reason": "fixture_reject"})", "300");
  ASSERT_TRUE(eventually([&] { return applied() > 0; }));
  s_.postgres().stop();
  EXPECT_EQ(ask(R"({"reason": "fixture_reject"})").status, 503);
  EXPECT_EQ(progress(id).status, 503);
  EXPECT_EQ(admin(s_.gateway(), keys_, "GET", "/v1/admin/jobs").status, 200) << "the jobs are told all the same";
  s_.postgres().start();
  ASSERT_TRUE(s_.gateway().wait_ready());
  EXPECT_EQ(outcomes(id), R"({"applied":300})");
  expect_each_applied_once();
}

TEST_F(AdminResubmitMany, OneThatSomebodyElseRefusesIsLeftAndNamed) {
  ASSERT_TRUE(started(s_));
  reject(20);
  mend();
  refuse(part(4, 5));
  const std::string id = asked(R"({"reason": "fixture_reject"})", "20");
  EXPECT_EQ(outcomes(id), R"({"applied":19,"left":1})");
  const auto left = items_of(progress(id).body, "left");
  ASSERT_EQ(left.size(), 1U) << progress(id).body;
  EXPECT_EQ(json_field(left[0], "streamIdentity") + "/" + json_field(left[0], "streamSequence"),
            s_.postgres().value("SELECT stream_identity || '/' || stream_seq FROM dlr.invalid_dlrs WHERE event_id = " +
                                s_.postgres().quote(receipts_[4].event_id)));
  EXPECT_THAT(json_field(left[0], "reason"), HasSubstr("P0001"));
  EXPECT_EQ(s_.gateway().logs("dlr.rejected.resubmit_left").size(), 1U);
  allow();
  EXPECT_EQ(outcomes(asked(R"({"reason": "fixture_reject"})", "1")), R"({"applied":1})");
  expect_each_applied_once();
}

TEST_F(AdminResubmitMany, ManyInARowThatSomebodyElseRefusesAreLeftToo) {
  ASSERT_TRUE(started(s_));
  reject(30);
  mend();
  refuse(part(0, 12));
  const std::string id = asked(R"({"reason": "fixture_reject"})", "30");
  EXPECT_EQ(outcomes(id), R"({"applied":18,"left":12})");
  EXPECT_EQ(items_of(progress(id).body, "left").size(), 12U);
}

TEST_F(AdminResubmitMany, WhileAllAreRefusedItWaitsAndLetsOthersPass) {
  ASSERT_TRUE(started(s_));
  reject(7);
  s_.publish_raw({"no json"});
  ASSERT_TRUE(eventually([&] { return s_.count_rows("dlr.invalid_dlrs") == 8; }));
  mend();
  refuse(messages_);
  const std::string id = asked(R"({"reason": "fixture_reject"})", "7");
  const std::string other = asked(R"({"reason": "malformed_json"})", "1");
  EXPECT_EQ(outcomes(other), R"({"invalid":1})");
  const auto failed_runs = [&] {
    return s_.gateway().metrics().sum("dlr_job_runs_total", {{"job", "admin.resubmit"}, {"result", "failed"}});
  };
  EXPECT_TRUE(eventually([&] { return failed_runs() >= 3; })) << log_summary(s_.gateway());
  EXPECT_NE(json_field(progress(id).body, "state"), "finished") << progress(id).body;
  allow();
  EXPECT_EQ(outcomes(id), R"({"applied":7})");
  expect_each_applied_once();
}

TEST_F(AdminResubmitMany, BadRequestsAreRefusedAndAudited) {
  ASSERT_TRUE(started(s_));
  for (const auto& [body, says] : std::map<std::string, std::string>{
           {"", "JSON object"},
           {"{}", "name a \"reason\""},
           {R"({"reason": 7})", "\"reason\" is a text"},
           {R"({"why": "x"})", "none of"},
           {R"({"from": "2026-01-02", "to": "2026-01-01"})", "\"from\" must be before \"to\""}}) {
    const HttpReply reply = ask(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(json_field(reply.body, "detail"), HasSubstr(says));
  }
  EXPECT_EQ(audits("rejected.resubmit_many"), 5);
  EXPECT_EQ(s_.count_rows("dlr.resubmission_requests"), 0);
  EXPECT_EQ(progress("7").status, 400);
  EXPECT_EQ(progress(random_uuid(s_.rng())).status, 404);
  const std::string target = "/v1/admin/dlr/rejected/resubmit";
  const std::string body = R"({"reason": "x"})";
  const auto send = [&](const std::string& token) {
    return http_send(s_.gateway().admin_address(), {"POST", target, {{"Authorization", "Bearer " + token}}, body})
        .status;
  };
  EXPECT_EQ(send(keys_.token("dlr:pii")), 403);
  EXPECT_EQ(send(keys_.token("dlr:admin", "")), 403) << "nobody to audit";
  EXPECT_EQ(http_send(s_.gateway().admin_address(), {"POST", target, {}, body}).status, 401);
}

}  // namespace
}  // namespace dlrgw::test
