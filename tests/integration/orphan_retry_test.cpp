// SPDX-License-Identifier: Apache-2.0
// US-005 an orphan whose message appears later is applied after all: by the job, by hand, once.
#include <csignal>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Us005Reconciled : public testing::Test {
 protected:
  HttpReply retry(Scenario& s, const std::string& id) {
    return admin(s.gateway(), keys_, "POST", "/v1/admin/dlr/orphans/" + id + "/retry");
  }
  static std::vector<Row> resolutions(Scenario& s) {
    return s.postgres().rows(
        "SELECT orphan_id, message_id, method, outcome, actor FROM dlr.orphan_resolutions ORDER BY orphan_id");
  }
  static void expect_applied_once(Scenario& s, const Message& message) {
    EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 1);
    EXPECT_EQ(s.count_rows("dlr.orphan_resolutions"), 1);
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", message.message_id), "DELIVERED");
    for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"})
      EXPECT_EQ(s.events_by_message(subject), (std::map<std::string, std::int64_t>{{message.message_id, 1}}))
          << subject;
    EXPECT_EQ(s.events("sms.dlr.unmatched").size(), 1U);
  }
  AdminKeys keys_;
};

TEST_F(Us005Reconciled, TheJobAppliesThoseWhoseCorrelationAppeared) {
  Scenario s(with_keys(keys_, quick_orphans({{"recorrelate_every = \"5m\"", "recorrelate_every = \"1s\""}})));
  auto lost = strangers(s, 4);
  ASSERT_TRUE(started(s));
  const auto ids = orphaned(s, s.receipts_for(lost, "DELIVRD"));
  // One stays unknown, one has a correlation without its message: neither may be tried over and over.
  insert_messages(s.postgres(), {lost[0], lost[1]});
  insert_correlations(s.postgres(), {correlation_of(lost[2])});
  ASSERT_TRUE(eventually([&] { return resolutions(s).size() == 2; }));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 2);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(lookup(s, "message_id", "dlr.orphan_resolutions", "orphan_id", ids[i]), lost[i].message_id);
    EXPECT_EQ(lookup(s, "method", "dlr.orphan_resolutions", "orphan_id", ids[i]), "recorrelated");
    EXPECT_EQ(lookup(s, "outcome", "dlr.orphan_resolutions", "orphan_id", ids[i]), "applied");
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", lost[i].message_id), "DELIVERED");
    EXPECT_EQ(s.events_by_message("billing.events").at(lost[i].message_id), 1);
    EXPECT_EQ(s.events_by_message("webhook.dispatch").at(lost[i].message_id), 1);
  }
  // Several further runs change nothing.
  const std::string before =
      part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", "correlate.recorrelate");
  ASSERT_TRUE(eventually([&] {
    const auto now = part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", "correlate.recorrelate");
    return std::stoll(json_field(now, "runs")) >= std::stoll(json_field(before, "runs")) + 2;
  }));
  EXPECT_EQ(resolutions(s).size(), 2U);
  EXPECT_EQ(s.events_by_message("billing.events").size(), 2U);
  EXPECT_EQ(s.events("sms.dlr.unmatched").size(), 4U) << "told once each";
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 4) << "the rows stay: they are what happened";
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_orphans_total"), 4);
  EXPECT_EQ(metrics.sum("dlr_received_total"), 4) << "a receipt is received once";
  EXPECT_EQ(metrics.sum("dlr_orphan_resolutions_total", {{"method", "recorrelated"}, {"outcome", "applied"}}), 2);
  EXPECT_EQ(metrics.sum("dlr_orphan_rate"), 1) << "looking again is no new receipt";
  EXPECT_THAT(audit_rows(s), IsEmpty());
}

// Some, the oldest, need something that is away for them alone: they wait, and the others do not wait for them.
class Us005ReconciledBeside : public Us005Reconciled, public testing::WithParamInterface<std::size_t> {};

TEST_P(Us005ReconciledBeside, ThoseThatCannotBeAppliedHoldUpNoOther) {
  const std::size_t stuck = GetParam();
  Scenario s(with_keys(
      keys_,
      quick_orphans({{"recorrelate_every = \"5m\"", "recorrelate_every = \"1s\""},
                     {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR
                                      "/fixture_verdict_stage.so\"\ngrants = [\"sql\", \"events\"]\n\n[pipeline]\n"},
                     {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.verdict\", \"dedup.replay\""}})));
  const auto lost = strangers(s, stuck + 4);
  auto receipts = s.receipts_for(lost, "DELIVRD");
  for (std::size_t i = 0; i < stuck; ++i) {
    receipts[i].error_code = "V-UNAVAILABLE";
    receipts[i].received_at = rfc3339_now(-5s);
  }
  ASSERT_TRUE(started(s));
  const auto ids = orphaned(s, receipts);
  insert_messages(s.postgres(), lost);
  EXPECT_TRUE(eventually([&] { return resolutions(s).size() == 4; }));
  EXPECT_TRUE(
      eventually([&] { return !lines_with(s.gateway(), "dlr.orphan.retry_failed", "orphanId", ids[0]).empty(); }));
  EXPECT_EQ(lookup(s, "outcome", "dlr.orphan_resolutions", "orphan_id", ids[0]), "(none)");
  EXPECT_TRUE(eventually([&] {
    const auto job = part_of(admin(s.gateway(), keys_, "GET", "/v1/admin/jobs").body, "jobs", "correlate.recorrelate");
    return json_field(job, "lastError").find("could not be tried again, the others were: 1") != std::string::npos;
  }));
}

// A few, or so many in a row that the run ends as if it were away for all.
INSTANTIATE_TEST_SUITE_P(Away, Us005ReconciledBeside, testing::Values(1, 4));

// The age limit is the job's, which would otherwise look at every orphan for ever.
TEST_F(Us005Reconciled, OldOnesAreLeftAloneByTheJobAndTriedByHand) {
  Scenario s(with_keys(keys_, quick_orphans({{"recorrelate_every = \"5m\"", "recorrelate_every = \"1s\""}})));
  auto lost = strangers(s, 2);
  for (Message& message : lost) message.age = 73h;
  const std::string old = insert_orphan(s, s.receipt_for(lost[0], "DELIVRD"), rfc3339_now(-72h - 5min));
  const std::string young = insert_orphan(s, s.receipt_for(lost[1], "DELIVRD"), rfc3339_now(-72h + 5min));
  insert_messages(s.postgres(), lost);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return resolutions(s).size() == 1; }));
  EXPECT_EQ(resolutions(s)[0][0], young);
  const HttpReply by_hand = retry(s, old);
  EXPECT_EQ(by_hand.status, 200) << by_hand.body;
  EXPECT_EQ(json_field(by_hand.body, "outcome"), "applied");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts r JOIN dlr.orphan_dlrs o USING (event_id) "
                               "WHERE r.received_at = o.received_at"),
            2)
      << "each with the time when it came";
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", lost[0].message_id), "DELIVERED");
}

TEST_F(Us005Reconciled, ByHandAnyOneThatIsStillStoredMayBeTried) {
  Scenario s(with_keys(keys_, quick_orphans({{"hot_days = 30", "hot_days = 400"}})));
  auto lost = strangers(s, 1);
  lost[0].age = std::chrono::hours(24 * 60);
  s.postgres().exec("SELECT dlr.make_orphan_partitions((now() - interval '62 days')::date, 3)");
  const std::string id = insert_orphan(s, s.receipt_for(lost[0], "DELIVRD"), rfc3339_now(-24h * 60 + 1min));
  insert_messages(s.postgres(), lost);
  ASSERT_TRUE(started(s));
  EXPECT_EQ(json_field(retry(s, id).body, "outcome"), "applied");
  EXPECT_THAT(resolutions(s), ElementsAre(Row{id, lost[0].message_id, "manual", "applied", kActor}));
}

TEST_F(Us005Reconciled, WhatWasAmbiguousIsTriedByHandOnly) {
  Scenario s(with_keys(keys_, quick_orphans({{"recorrelate_every = \"5m\"", "recorrelate_every = \"1s\""}})));
  const auto lost = strangers(s, 2);
  const std::string ambiguous = insert_orphan(s, s.receipt_for(lost[0], "DELIVRD"), rfc3339_now(-1h));
  s.postgres().exec("UPDATE dlr.orphan_dlrs SET reason = 'ambiguous_correlation'");
  const std::string unknown = insert_orphan(s, s.receipt_for(lost[1], "DELIVRD"), rfc3339_now(-1min));
  auto found = lost;
  for (Message& message : found) message.age = 2h;
  insert_messages(s.postgres(), found);
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(eventually([&] { return !resolutions(s).empty(); }));
  ASSERT_THAT(resolutions(s), SizeIs(1)) << "the older one came first and was passed over";
  EXPECT_EQ(resolutions(s)[0][0], unknown);
  EXPECT_EQ(json_field(retry(s, ambiguous).body, "outcome"), "applied");
}

TEST_F(Us005Reconciled, ByHandItIsAppliedOnceAndAudited) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto lost = strangers(s, 1);
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, s.receipts_for(lost, "DELIVRD"))[0];

  const HttpReply still = retry(s, id);
  EXPECT_EQ(still.status, 200);
  EXPECT_EQ(json_field(still.body, "outcome"), "orphan");
  EXPECT_THAT(resolutions(s), IsEmpty());
  EXPECT_THAT(audit_rows(s), IsEmpty()) << "nothing was written";
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 1);
  EXPECT_EQ(s.count_rows("dlr.outbox"), 0);

  insert_messages(s.postgres(), lost);
  const HttpReply found = retry(s, id);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(json_field(found.body, "outcome"), "applied");
  EXPECT_THAT(resolutions(s), ElementsAre(Row{id, lost[0].message_id, "manual", "applied", kActor}));
  EXPECT_THAT(audit_rows(s), ElementsAre(std::string(kActor) + " orphan.retry orphan " + id + " ok"));

  const HttpReply again = retry(s, id);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(json_field(again.body, "outcome"), "applied");
  ASSERT_TRUE(settles(s));
  expect_applied_once(s, lost[0]);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_orphans_total"), 1);
}

TEST_F(Us005Reconciled, ManyAtOnceHaveOneEffect) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto lost = strangers(s, 1);
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, s.receipts_for(lost, "DELIVRD"))[0];
  insert_messages(s.postgres(), lost);
  // A second gateway on the same database: the lane for submissions of one process cannot be what keeps them apart.
  GatewayOptions second;
  second.config_text = quick_orphans();
  second.replica = 1;
  keys_.enter(second);
  GatewayProcess other(s.servers(), second);
  other.start();
  ASSERT_TRUE(other.wait_ready());
  std::vector<std::future<HttpReply>> calls;
  for (int i = 0; i < 12; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i] {
      return admin(i % 2 == 0 ? s.gateway() : other, keys_, "POST", "/v1/admin/dlr/orphans/" + id + "/retry");
    }));
  }
  int done = 0;
  for (auto& call : calls) {
    const HttpReply reply = call.get();
    done += reply.status == 200 ? 1 : 0;
    EXPECT_TRUE(reply.status == 200 || reply.status == 409) << reply.status << reply.body;
    EXPECT_EQ(json_field(reply.body, "outcome"), "applied");
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(audit_rows(s).size(), 1U);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events_by_message("billing.events").at(lost[0].message_id), 1);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 1);
}

TEST_F(Us005Reconciled, ARedeliveryAndTheJobResolveItOnce) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto lost = strangers(s, 1);
  const auto receipts = s.receipts_for(lost, "DELIVRD");
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, receipts)[0];
  insert_messages(s.postgres(), lost);
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(resolutions(s).at(0).at(2), "redelivered");
  const HttpReply late = retry(s, id);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(json_field(late.body, "outcome"), "found");
  expect_applied_once(s, lost[0]);
}

TEST_F(Us005Reconciled, BadRequestsAreRefusedInSentences) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto lost = strangers(s, 1);
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, s.receipts_for(lost, "DELIVRD"))[0];
  for (const char* bad : {"7", "not-a-uuid", "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a1g", "%00"})
    EXPECT_EQ(retry(s, bad).status, 400) << bad;
  const HttpReply unknown = retry(s, random_uuid(s.rng()));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.headers.at("content-type"), "application/problem+json");
  const std::string target = "/v1/admin/dlr/orphans/" + id + "/retry";
  EXPECT_EQ(call_with(s.gateway(), keys_, "dlr:pii", "POST", target).status, 403);
  EXPECT_EQ(http_send(s.gateway().admin_address(), {"POST", target, {}, {}}).status, 401);
  EXPECT_EQ(
      http_send(s.gateway().public_address(), {"POST", target, {{"Authorization", "Bearer " + keys_.token()}}, {}})
          .status,
      404)
      << "not on the public listener";
  const HttpRequest nobody{"POST", target, {{"Authorization", "Bearer " + keys_.token("dlr:admin", "")}}, {}};
  EXPECT_EQ(http_send(s.gateway().admin_address(), nobody).status, 403);
  EXPECT_THAT(resolutions(s), IsEmpty());
}

// kill -9 around the commit of a retry: all of it or nothing, and the next one finds what is true.
class Us005Kill : public Us005Reconciled, public testing::WithParamInterface<const char*> {};

TEST_P(Us005Kill, AllOrNothing) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto lost = strangers(s, 1);
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, s.receipts_for(lost, "DELIVRD"))[0];
  insert_messages(s.postgres(), lost);
  ASSERT_EQ(s.gateway().terminate(), 0);
  ASSERT_TRUE(started(s, GetParam()));
  EXPECT_EQ(retry(s, id).status, 0) << "killed before it answered";
  ASSERT_EQ(s.gateway().wait_exit(), 128 + SIGKILL);
  const bool committed = std::string(GetParam()) == "host.after_submission_commit";
  EXPECT_THAT(resolutions(s), SizeIs(committed ? 1 : 0));
  EXPECT_THAT(audit_rows(s), SizeIs(committed ? 1 : 0));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), committed ? 1 : 0);
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", lost[0].message_id),
            committed ? "DELIVERED" : lost[0].status);

  ASSERT_TRUE(started(s));
  const HttpReply again = retry(s, id);
  EXPECT_EQ(again.status, committed ? 409 : 200);
  EXPECT_EQ(json_field(again.body, "outcome"), "applied");
  ASSERT_TRUE(settles(s));
  expect_applied_once(s, lost[0]);
}

INSTANTIATE_TEST_SUITE_P(FailPoints, Us005Kill,
                         testing::Values("host.before_submission_commit", "host.after_submission_commit"),
                         [](const auto& point) { return std::string(point.param).substr(sizeof "host." - 1); });

TEST_F(Us005Reconciled, ADependencyThatIsAwayDecidesNothing) {
  Scenario s(with_keys(keys_, quick_orphans()));
  const auto lost = strangers(s, 1);
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, s.receipts_for(lost, "DELIVRD"))[0];
  insert_messages(s.postgres(), lost);
  s.postgres().stop();
  EXPECT_EQ(retry(s, id).status, 503);
  s.postgres().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  EXPECT_EQ(json_field(retry(s, id).body, "outcome"), "applied");
  ASSERT_TRUE(settles(s));
  expect_applied_once(s, lost[0]);
}

}  // namespace
}  // namespace dlrgw::test
