// SPDX-License-Identifier: Apache-2.0
// US-016 what is held back is listed, released through the chain or discarded: each row once, by the first who asks.
#include <csignal>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kList = "/v1/admin/dlr/quarantine";

class Us016Release : public testing::Test {
 protected:
  // Messages that ended days ago in that status, of which no receipt is stored.
  static std::vector<Message> ended(Scenario& s, std::size_t count, const std::string& status) {
    const auto messages = s.add_messages(count);
    s.postgres().exec("UPDATE orch.sms_messages SET status = '" + status + "', dlr_status = '" + status +
                      "', dlr_received_at = now() - interval '2 days', processed_at = now() - interval '2 days'");
    return messages;
  }
  // Stale replays of them; the ids of their rows in the same order.
  static std::vector<std::string> quarantined(Scenario& s, const std::vector<Message>& messages) {
    auto receipts = s.receipts_for(messages, "DELIVRD");
    for (Receipt& receipt : receipts) receipt.dlr_timestamp = rfc3339_now(-49h);
    s.publish(receipts);
    EXPECT_TRUE(settles(s));
    std::vector<std::string> ids;
    for (const Receipt& receipt : receipts)
      ids.push_back(lookup(s, "id", "dlr.quarantined_dlrs", "event_id", receipt.event_id));
    return ids;
  }
  HttpReply decide(const GatewayProcess& gateway, const std::string& id, const std::string& action,
                   const std::string& body = {}) {
    return admin(gateway, keys_, "POST", std::string(kList) + "/" + id + "/" + action, body);
  }
  HttpReply list(Scenario& s, const std::string& query = {}) { return admin(s.gateway(), keys_, "GET", kList + query); }
  static std::vector<Row> actions(Scenario& s) {
    return s.postgres().rows(
        "SELECT quarantine_id, action, actor, reason, result FROM dlr.quarantine_actions ORDER BY acted_at");
  }
  static std::string message_row(Scenario& s, const Message& message) {
    return s.postgres().value(
        "SELECT concat_ws(' ', status, dlr_status, dlr_received_at, processed_at) FROM orch.sms_messages WHERE "
        "message_id = " +
        s.postgres().quote(message.message_id));
  }
  AdminKeys keys_;
};

TEST_F(Us016Release, ARowGoesThroughTheChainOnceAndReopensNothing) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 1, "FAILED");
  ASSERT_TRUE(started(s));
  const std::string id = quarantined(s, messages).at(0);
  const std::string before = message_row(s, messages[0]);

  const HttpReply first = decide(s.gateway(), id, "release", R"({"reason":"the operator confirmed it"})");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(json_field(first.body, "outcome"), "late");
  EXPECT_THAT(actions(s), ElementsAre(Row{id, "release", kActor, "the operator confirmed it", "late"}));
  EXPECT_THAT(audit_rows(s), ElementsAre(std::string(kActor) + " quarantine.release quarantine " + id + " ok"));
  EXPECT_EQ(lookup(s, "kind", "dlr.late_dlrs", "message_id", messages[0].message_id), "terminal_conflict");
  EXPECT_EQ(message_row(s, messages[0]), before);
  ASSERT_TRUE(settles(s));
  EXPECT_THAT(s.events(), IsEmpty()) << "billing is closed";

  const HttpReply second = decide(s.gateway(), id, "release");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(json_field(second.body, "outcome"), "late");
  EXPECT_EQ(decide(s.gateway(), id, "discard").status, 409);
  EXPECT_EQ(actions(s).size(), 1U);
  EXPECT_EQ(audit_rows(s).size(), 1U);
  EXPECT_EQ(s.count_rows("dlr.quarantined_dlrs"), 1) << "the row stays: it is what happened";
  EXPECT_EQ(lines_with(s.gateway(), "dlr.quarantine.released", "quarantineId", id).size(), 1U);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_received_total"), 1) << "a receipt is received once";
  EXPECT_EQ(metrics.sum("dlr_late_total"), 1);
}

TEST_F(Us016Release, EveryOtherRuleStaysOn) {
  Scenario s(with_keys(keys_));
  const auto messages = s.add_messages(1);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  s.redis().flush();
  s.postgres().exec(
      "UPDATE orch.sms_messages SET processed_at = processed_at - interval '2 days', dlr_received_at = NULL");
  const std::string id = quarantined(s, messages).at(0);
  const auto events = s.events().size();
  EXPECT_EQ(json_field(decide(s.gateway(), id, "release", "{}").body, "outcome"), "duplicate");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events().size(), events);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 1);
}

TEST_F(Us016Release, DiscardedIsDecidedToo) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 1, "DELIVERED");
  ASSERT_TRUE(started(s));
  const std::string id = quarantined(s, messages).at(0);
  const HttpReply discarded = decide(s.gateway(), id, "discard");
  EXPECT_EQ(discarded.status, 200) << discarded.body;
  EXPECT_EQ(json_field(discarded.body, "outcome"), "discarded");
  EXPECT_THAT(actions(s), ElementsAre(Row{id, "discard", kActor, "", "discarded"}));
  EXPECT_THAT(audit_rows(s), ElementsAre(std::string(kActor) + " quarantine.discard quarantine " + id + " ok"));
  const HttpReply released = decide(s.gateway(), id, "release");
  EXPECT_EQ(released.status, 409);
  EXPECT_EQ(json_field(released.body, "outcome"), "discarded");
  EXPECT_EQ(json_field(released.body, "action"), "discard");
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), 0);
  s.postgres().exec("DELETE FROM dlr.quarantined_dlrs");
  EXPECT_EQ(decide(s.gateway(), id, "release").status, 409) << "a decision outlives its row";
}

TEST_F(Us016Release, PagesNewestFirstByOperatorAndState) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 5, "DELIVERED");
  ASSERT_TRUE(started(s));
  const auto ids = quarantined(s, messages);
  ASSERT_EQ(decide(s.gateway(), ids[2], "release").status, 200);
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const HttpReply page = list(s, "?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200) << page.body;
    for (const std::string& item : items_of(page.body, "items")) {
      seen.push_back(json_field(item, "id"));
      EXPECT_EQ(item.find("destAddr"), std::string::npos);
      EXPECT_EQ(item.find("payload"), std::string::npos);
    }
    cursor = json_field(page.body, "next");
  } while (!cursor.empty() && cursor != "null");
  EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(ids));
  const std::string one = part_of(list(s).body, "items", ids[2]);
  EXPECT_EQ(json_field(one, "messageId"), messages[2].message_id);
  EXPECT_EQ(json_field(one, "operatorId"), messages[2].operator_id);
  EXPECT_EQ(json_field(one, "operatorMessageId"), messages[2].operator_message_id);
  EXPECT_EQ(json_field(one, "dlrStatus"), "DELIVERED");
  EXPECT_EQ(json_field(one, "action"), "release");
  EXPECT_EQ(json_field(one, "result"), "late");
  EXPECT_EQ(items_of(list(s, "?state=open").body, "items").size(), 4U);
  EXPECT_EQ(items_of(list(s, "?state=decided").body, "items").size(), 1U);
  EXPECT_EQ(items_of(list(s, "?operatorId=mno-test").body, "items").size(), 5U);
  EXPECT_EQ(items_of(list(s, "?operatorId=mno-other").body, "items").size(), 0U);
}

TEST_F(Us016Release, BadRequestsAreRefusedInSentences) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 1, "DELIVERED");
  ASSERT_TRUE(started(s));
  const std::string id = quarantined(s, messages).at(0);
  const std::string unknown_id = random_uuid(s.rng());
  for (const char* action : {"release", "discard"}) {
    for (const char* bad : {"7", "not-a-uuid", "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a1g", "%00"})
      EXPECT_EQ(decide(s.gateway(), bad, action).status, 400) << bad;
    const HttpReply unknown = decide(s.gateway(), unknown_id, action);
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.headers.at("content-type"), "application/problem+json");
    for (const char* body : {"[]", "nonsense", R"({"reason":7})", R"({"reason":"\u0000"})"})
      EXPECT_EQ(decide(s.gateway(), id, action, body).status, 400) << body;
    EXPECT_EQ(decide(s.gateway(), id, action, std::string(5000, ' ')).status, 413);
    const std::string target = std::string(kList) + "/" + id + "/" + action;
    EXPECT_EQ(call_with(s.gateway(), keys_, "dlr:pii", "POST", target).status, 403);
    EXPECT_EQ(http_send(s.gateway().admin_address(), {"POST", target, {}, {}}).status, 401);
    EXPECT_EQ(admin(s.gateway(), keys_, "GET", target).status, 405);
    const HttpRequest nobody{"POST", target, {{"Authorization", "Bearer " + keys_.token("dlr:admin", "")}}, {}};
    EXPECT_EQ(http_send(s.gateway().admin_address(), nobody).status, 403);
    const HttpRequest elsewhere{
        "POST", target, {{"Authorization", "Bearer " + keys_.token()}, {"Origin", "https://evil.test"}}, {}};
    EXPECT_EQ(http_send(s.gateway().admin_address(), elsewhere).status, 403);
  }
  for (const char* query : {"?limit=0", "?limit=x", "?cursor=1", "?state=x", "?operatorId=a%20b"})
    EXPECT_EQ(list(s, query).status, 400) << query;
  EXPECT_EQ(call_with(s.gateway(), keys_, "dlr:pii", "GET", kList).status, 403);
  EXPECT_EQ(http_send(s.gateway().public_address(), {"GET", kList, {{"Authorization", "Bearer " + keys_.token()}}, {}})
                .status,
            404)
      << "not on the public listener";
  EXPECT_THAT(actions(s), IsEmpty());
  EXPECT_THAT(audit_rows(s), IsEmpty());
}

TEST_F(Us016Release, AHundredAtOnceDecideOnce) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 1, "FAILED");
  ASSERT_TRUE(started(s));
  const std::string id = quarantined(s, messages).at(0);
  // A second gateway on the same database: what keeps them apart cannot be in one process.
  GatewayOptions second;
  second.replica = 1;
  keys_.enter(second);
  GatewayProcess other(s.servers(), second);
  other.start();
  ASSERT_TRUE(other.wait_ready());
  // The first of each gateway waits for the message, so that others have looked before anything is decided.
  HeldLock held(s.postgres(), "SELECT FROM orch.sms_messages FOR UPDATE");
  std::vector<std::future<HttpReply>> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(
        std::async(std::launch::async, [&, i] { return decide(i % 2 == 0 ? s.gateway() : other, id, "release"); }));
  }
  ASSERT_TRUE(eventually(
      [&] { return s.postgres().count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") >= 2; }));
  held.release();
  int done = 0;
  int refused = 0;
  for (auto& call : calls) {
    const HttpReply reply = call.get();
    done += reply.status == 200 ? 1 : 0;
    refused += reply.status == 409 ? 1 : 0;
    EXPECT_EQ(json_field(reply.body, "outcome"), "late") << reply.status << reply.body;
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(refused, 99);
  EXPECT_THAT(actions(s), SizeIs(1));
  EXPECT_THAT(audit_rows(s), SizeIs(1));
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), 1);
}

TEST_F(Us016Release, ReleaseAndDiscardAtOnceDecideOnce) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 8, "FAILED");
  ASSERT_TRUE(started(s));
  const auto ids = quarantined(s, messages);
  for (const std::string& id : ids) {
    auto released = std::async(std::launch::async, [&] { return decide(s.gateway(), id, "release"); });
    const HttpReply discarded = decide(s.gateway(), id, "discard");
    const HttpReply release = released.get();
    EXPECT_EQ(release.status + discarded.status, 200 + 409) << release.body << discarded.body;
    const std::string result = lookup(s, "result", "dlr.quarantine_actions", "quarantine_id", id);
    EXPECT_EQ(result, release.status == 200 ? "late" : "discarded");
    EXPECT_EQ(json_field(release.status == 409 ? release.body : discarded.body, "outcome"), result);
  }
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"),
            std::ssize(s.postgres().rows("SELECT 1 FROM dlr.quarantine_actions WHERE action = 'release'")));
  EXPECT_THAT(audit_rows(s), SizeIs(ids.size()));
}

TEST_F(Us016Release, ADependencyThatIsAwayDecidesNothing) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 1, "FAILED");
  ASSERT_TRUE(started(s));
  const std::string id = quarantined(s, messages).at(0);
  s.postgres().stop();
  for (const char* action : {"release", "discard"}) EXPECT_EQ(decide(s.gateway(), id, action).status, 503);
  EXPECT_EQ(list(s).status, 503);
  s.postgres().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  EXPECT_EQ(json_field(decide(s.gateway(), id, "release").body, "outcome"), "late");
}

// kill -9 around the commit of a release: all of it or nothing, and the next one finds what is true.
class Us016Kill : public Us016Release, public testing::WithParamInterface<const char*> {};

TEST_P(Us016Kill, AllOrNothing) {
  Scenario s(with_keys(keys_));
  const auto messages = ended(s, 1, "FAILED");
  ASSERT_TRUE(started(s));
  const std::string id = quarantined(s, messages).at(0);
  ASSERT_EQ(s.gateway().terminate(), 0);
  ASSERT_TRUE(started(s, GetParam()));
  EXPECT_EQ(decide(s.gateway(), id, "release").status, 0) << "killed before it answered";
  ASSERT_EQ(s.gateway().wait_exit(), 128 + SIGKILL);
  const bool committed = std::string(GetParam()) == "host.after_submission_commit";
  EXPECT_THAT(actions(s), SizeIs(committed ? 1 : 0));
  EXPECT_THAT(audit_rows(s), SizeIs(committed ? 1 : 0));
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), committed ? 1 : 0);

  ASSERT_TRUE(started(s));
  const HttpReply again = decide(s.gateway(), id, "release");
  EXPECT_EQ(again.status, committed ? 409 : 200);
  EXPECT_EQ(json_field(again.body, "outcome"), "late");
  EXPECT_THAT(actions(s), SizeIs(1));
  EXPECT_THAT(audit_rows(s), SizeIs(1));
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), 1);
}

INSTANTIATE_TEST_SUITE_P(FailPoints, Us016Kill,
                         testing::Values("host.before_submission_commit", "host.after_submission_commit"),
                         [](const auto& point) { return std::string(point.param).substr(sizeof "host." - 1); });

}  // namespace
}  // namespace dlrgw::test
