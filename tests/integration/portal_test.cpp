// SPDX-License-Identifier: Apache-2.0
// US-020 a customer sees the segments of the own messages, and nothing of anybody else's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/portal_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Us020Portal : public testing::Test {
 protected:
  HttpReply ask(Scenario& s, const std::string& target, const std::string& account, const std::string& method = "GET") {
    const HttpRequest request{method, target, {{"Authorization", "Bearer " + keys_.account_token(account)}}, {}};
    return http_send(s.gateway().public_address(), request, 10s);
  }
  HttpReply segments(Scenario& s, const std::string& id, const std::string& account) {
    return ask(s, "/v1/sms/" + id + "/segments", account);
  }
  AdminKeys keys_;
};

std::string items_text(const HttpReply& reply) {
  std::string out;
  for (const std::string& item : items_of("{\"items\":" + reply.body + "}", "items"))
    out += json_field(item, "segmentIndex") + "/" + json_field(item, "totalSegments") + " " +
           json_field(item, "status") + " " + json_field(item, "errorCode") + " " +
           (json_field(item, "receivedAt") == "null" ? "-" : "at") + " " + json_field(item, "late") + "; ";
  return out;
}

TEST_F(Us020Portal, EachSegmentIsShownAsItStands) {
  Scenario s(with_keys(keys_, impatient()));
  const Message message = sent_in_segments(s, {.segments = 5});
  const std::string& account = message.account_id;
  ASSERT_TRUE(started(s));
  EXPECT_EQ(items_text(segments(s, message.message_id, account)),
            "1/5 PENDING null - false; 2/5 PENDING null - false; 3/5 PENDING null - false; 4/5 PENDING null - false; "
            "5/5 PENDING null - false; ");
  ASSERT_TRUE(give_up(s, message));
  const HttpReply shown = segments(s, message.message_id, account);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.headers.at("content-type"), "application/json");
  EXPECT_EQ(shown.headers.at("cache-control"), "no-store");
  EXPECT_EQ(items_text(shown),
            "1/5 DELIVERED 000 at false; 2/5 UNDELIVERED 011 at false; 3/5 UNKNOWN null at false; "
            "4/5 DELIVERED null at true; 5/5 PENDING null - false; ");
  EXPECT_EQ(shown.body.find("15550100"), std::string::npos);

  const HttpReply whole = ask(s, "/v1/sms/" + message.message_id, account);
  EXPECT_EQ(json_field(whole.body, "messageId"), message.message_id);
  EXPECT_EQ(json_field(whole.body, "status"), "PARTIAL");
  EXPECT_EQ(json_field(whole.body, "final"), "true");
  EXPECT_EQ(json_field(whole.body, "expected"), "5");
  EXPECT_EQ(json_field(whole.body, "received"), "3");
  EXPECT_EQ(json_field(whole.body, "segments"), shown.body);

  std::string upper = message.message_id;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(segments(s, upper, account).body, shown.body);
  EXPECT_EQ(ask(s, "/v1/sms/" + message.message_id + "/segments", account, "HEAD").status, 200);
}

TEST_F(Us020Portal, AMessageOfOneSegmentIsItsReceipt) {
  Scenario s(with_keys(keys_));
  const auto messages = s.add_messages(2);
  ASSERT_TRUE(started(s));
  s.publish({s.receipt_for(messages[0], "ACCEPTD"), s.receipt_for(messages[1], "REJECTD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(items_text(segments(s, messages[0].message_id, messages[0].account_id)), "1/1 UNKNOWN null at false; ");
  EXPECT_EQ(items_text(segments(s, messages[1].message_id, messages[1].account_id)), "1/1 REJECTED null at false; ");
  s.publish({s.receipt_for(messages[0], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(items_text(segments(s, messages[0].message_id, messages[0].account_id)), "1/1 DELIVERED null at false; ");
}

// The message's row says one segment, its correlations two.
// An SMSC that splits a message itself sends one receipt: the connector's profile says so, and each segment shows it.
TEST_F(Us020Portal, OneReceiptForAllSegmentsIsShownByEach) {
  Scenario s(with_keys(
      keys_, shipped_config({}) + "\n[operators.\"mno-test\".connectors.\"bind-1\"]\nsegment_dlr = \"single\"\n"));
  const Message one = sent_in_segments(s, {.segments = 3}), other = sent_in_segments(s, {.segments = 3});
  ASSERT_TRUE(started(s));
  const auto receipt = [&](const Message& message, const char* connector) {
    Receipt out = segment_receipt(s, message, 1, "UNDELIV", "011");
    out.more.emplace_back("connectorId", connector);
    out.more.emplace_back("networkErrorCode", "\"03000b\"");
    return out;
  };
  s.publish({receipt(one, "\"bind-1\""), receipt(other, "\"bind-2\"")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(items_text(segments(s, one.message_id, one.account_id)),
            "1/3 UNDELIVERED 011 at false; 2/3 UNDELIVERED 011 at false; 3/3 UNDELIVERED 011 at false; ");
  const HttpReply whole = ask(s, "/v1/sms/" + one.message_id, one.account_id);
  EXPECT_EQ(json_field(whole.body, "status"), "UNDELIVERED");
  EXPECT_EQ(json_field(whole.body, "received"), "3");
  EXPECT_EQ(items_text(segments(s, other.message_id, other.account_id)),
            "1/3 UNDELIVERED 011 at false; 2/3 PENDING null - false; 3/3 PENDING null - false; ")
      << "another connector reports each segment";
  ASSERT_EQ(s.events("billing.events").size(), 1U);
  const std::string billing = s.events("billing.events").front().data;
  EXPECT_EQ(json_field(billing, "messageId"), one.message_id);
  EXPECT_EQ(json_field(billing, "networkErrorCode"), "03000b");
  EXPECT_EQ(json_field(billing, "deliveredSegments"), "0");
}

TEST_F(Us020Portal, StoredSegmentsBeyondTheMessagesRowAreShown) {
  Scenario s(with_keys(keys_));
  const Message message = sent_in_segments(s, {.segments = 2});
  s.postgres().exec("UPDATE orch.sms_messages SET segment_count = 1");
  ASSERT_TRUE(started(s));
  s.publish({segment_receipt(s, message, 2, "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(items_text(segments(s, message.message_id, message.account_id)),
            "1/2 PENDING null - false; 2/2 DELIVERED null at false; ");
}

TEST_F(Us020Portal, ForeignAndUnknownAreTheSameBytes) {
  Scenario s(with_keys(keys_));
  const auto messages = s.add_messages(2);
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  const std::string& mine = messages[0].account_id;
  for (const std::string prefix : {"/v1/sms/", "/portal/messages/"}) {
    for (const std::string suffix : {"", "/segments"}) {
      if (prefix != "/v1/sms/" && !suffix.empty()) continue;
      const auto at = [&](const std::string& id) { return ask(s, prefix + id + suffix, mine); };
      EXPECT_EQ(at(messages[0].message_id).status, 200);
      HttpReply foreign = at(messages[1].message_id);
      HttpReply unknown = at(random_uuid(s.rng()));
      EXPECT_EQ(foreign.status, 404);
      EXPECT_EQ(unknown.status, 404);
      EXPECT_EQ(foreign.body, unknown.body);
      foreign.headers.erase("date");
      unknown.headers.erase("date");
      EXPECT_EQ(foreign.headers, unknown.headers);
      EXPECT_EQ(foreign.body.find(mine), std::string::npos);
      EXPECT_EQ(ask(s, prefix + messages[1].message_id + suffix, messages[1].account_id).status, 200) << "its owner";
    }
  }
}

TEST_F(Us020Portal, BadRequestsAreRefused) {
  Scenario s(with_keys(keys_));
  const auto messages = s.add_messages(1);
  ASSERT_TRUE(started(s));
  const std::string& id = messages[0].message_id;
  const std::string path = "/v1/sms/" + id + "/segments";
  for (const char* bad : {"7", "not-a-uuid", "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a1g", "%27%20OR%201=1"}) {
    const HttpReply reply = segments(s, bad, messages[0].account_id);
    EXPECT_EQ(reply.status, 400) << bad;
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    const HttpReply page = ask(s, "/portal/messages/" + std::string(bad), messages[0].account_id);
    EXPECT_EQ(page.status, 400) << bad;
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.body.find(bad), std::string::npos);
  }
  EXPECT_EQ(segments(s, "%00", messages[0].account_id).status, 400);
  const auto with = [&](const std::string& target, const std::map<std::string, std::string>& headers) {
    return http_send(s.gateway().public_address(), {"GET", target, headers, {}}).status;
  };
  EXPECT_EQ(with(path, {}), 401);
  EXPECT_EQ(with("/portal/messages/" + id, {}), 401);
  EXPECT_EQ(with(path, {{"Authorization", "Bearer " + keys_.account_token(messages[0].account_id) + "x"}}), 401);
  EXPECT_EQ(with(path, {{"Authorization", "Bearer " + keys_.token()}}), 403) << "no account in the token";
  EXPECT_EQ(with("/portal/messages/" + id, {{"Cookie", "dlr_token=" + keys_.account_token(messages[0].account_id)}}),
            200);
  EXPECT_EQ(ask(s, path, messages[0].account_id, "POST").status, 405);
  s.postgres().stop();
  EXPECT_EQ(segments(s, id, messages[0].account_id).status, 503);
  EXPECT_EQ(ask(s, "/portal/messages/" + id, messages[0].account_id).status, 503);
  s.postgres().start();
  ASSERT_TRUE(s.gateway().wait_ready());
  EXPECT_EQ(segments(s, id, messages[0].account_id).status, 200);
}

TEST_F(Us020Portal, ThePageAllowsTheBrowserNothingElse) {
  Scenario s(with_keys(keys_));
  const auto messages = s.add_messages(1);
  ASSERT_TRUE(started(s));
  Receipt receipt = s.receipt_for(messages[0], "UNDELIV");
  receipt.error_code = "<script>alert(1)</script>";
  s.publish({receipt});
  ASSERT_TRUE(settles(s));
  for (const std::string& id : {messages[0].message_id, random_uuid(s.rng())}) {
    const HttpReply page = ask(s, "/portal/messages/" + id, messages[0].account_id);
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.headers.at("content-security-policy"),
                AllOf(HasSubstr("default-src 'none'"), HasSubstr("frame-ancestors 'none'"), Not(HasSubstr("unsafe"))));
    EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(page.headers.at("x-frame-options"), "DENY");
    EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(page.headers.at("cache-control"), "no-store");
    EXPECT_THAT(page.body, Not(HasSubstr("<script")));
    EXPECT_THAT(page.body, Not(HasSubstr("15550100")));
  }
  EXPECT_THAT(ask(s, "/portal/messages/" + messages[0].message_id, messages[0].account_id).body,
              AllOf(HasSubstr("UNDELIVERED"), HasSubstr("&lt;script&gt;")));
  const HttpReply style = http_get(s.gateway().public_address(), "/portal/style.css");
  EXPECT_EQ(style.status, 200);
  EXPECT_EQ(style.headers.at("content-type"), "text/css; charset=utf-8");
}

}  // namespace
}  // namespace dlrgw::test
