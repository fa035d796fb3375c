// SPDX-License-Identifier: Apache-2.0
// The story of a message, by its id and by the operator's: everything that became of its receipts, in the order of
// time, and nothing private.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AdminStory : public testing::Test {
 protected:
  HttpReply ask(const std::string& target) { return admin(s_.gateway(), keys_, "GET", target); }
  json::value story(const Message& message) {
    const HttpReply reply = ask("/v1/admin/messages/" + message.message_id);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  static std::vector<std::string> kinds(const json::value& list) {
    std::vector<std::string> out;
    for (const json::value& entry : list.as_array()) out.emplace_back(entry.at("kind").as_string());
    return out;
  }
  AdminKeys keys_;
  Scenario s_{with_keys(keys_)};
};

TEST_F(AdminStory, TellsWhatBecameOfEachReceiptInTheOrderOfTime) {
  const auto messages = s_.add_messages(1);
  ASSERT_TRUE(started(s_));
  s_.publish({s_.receipt_for(messages[0], "ACCEPTD")});
  ASSERT_TRUE(settles(s_));
  s_.publish({s_.receipt_for(messages[0], "DELIVRD")});
  ASSERT_TRUE(settles(s_));
  s_.publish({s_.receipt_for(messages[0], "UNDELIV")});
  ASSERT_TRUE(settles(s_));
  const json::value told = story(messages[0]);
  EXPECT_EQ(told.at("message").at("status").as_string(), "DELIVERED");
  EXPECT_THAT(kinds(told.at("entries")), ElementsAre("submitted", "applied", "applied", "late"));
  EXPECT_EQ(told.at("entries").at(2).at("status").as_string(), "DELIVERED");
  EXPECT_EQ(told.at("entries").at(3).at("lateKind").as_string(), "terminal_conflict");
  EXPECT_TRUE(told.at("waitingEvents").as_array().empty());
}

TEST_F(AdminStory, IsFoundByTheOperatorsId) {
  const auto messages = s_.add_messages(1);
  ASSERT_TRUE(started(s_));
  Message lost = messages[0];
  lost.operator_message_id = "nobody-has-this";
  s_.publish({s_.receipt_for(messages[0], "DELIVRD"), s_.receipt_for(lost, "DELIVRD")});
  ASSERT_TRUE(settles(s_));
  const auto receipts = [&](const std::string& id, const std::string& more = {}) {
    const HttpReply reply =
        ask("/v1/admin/receipts?operatorId=" + messages[0].operator_id + "&operatorMessageId=" + id + more);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body).at("items");
  };
  EXPECT_THAT(kinds(receipts(messages[0].operator_message_id)), ElementsAre("applied"));
  EXPECT_EQ(receipts(messages[0].operator_message_id).at(0).at("messageId").as_string(), messages[0].message_id);
  EXPECT_THAT(kinds(receipts("nobody-has-this")), ElementsAre("orphan"));
  EXPECT_TRUE(receipts("never-seen").as_array().empty());
  EXPECT_TRUE(receipts(messages[0].operator_message_id, "&to=2020-01-01T00:00:00Z").as_array().empty());
}

TEST_F(AdminStory, HoldsNothingPrivate) {
  const auto messages = s_.add_messages(1);
  ASSERT_TRUE(started(s_));
  const Receipt receipt = s_.receipt_for(messages[0], "DELIVRD");
  s_.publish({receipt});
  ASSERT_TRUE(settles(s_));
  const std::string told = ask("/v1/admin/messages/" + messages[0].message_id).body;
  EXPECT_THAT(told, HasSubstr("applied"));
  EXPECT_THAT(told, Not(HasSubstr(messages[0].to_addr)));
}

TEST_F(AdminStory, SaysWhatIsWrongWithTheQuestion) {
  ASSERT_TRUE(started(s_));
  EXPECT_EQ(ask("/v1/admin/messages/4711").status, 400);
  EXPECT_EQ(ask("/v1/admin/messages/11111111-2222-4333-8444-555555555555").status, 404);
  for (const char* query :
       {"", "?operatorId=x", "?operatorMessageId=x", "?operatorId=x&operatorMessageId=y&from=yesterday",
        "?operatorId=x&operatorMessageId=y&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z"}) {
    const HttpReply reply = ask("/v1/admin/receipts" + std::string(query));
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_THAT(reply.body, HasSubstr("\\\"")) << query << ": names the parameter";
  }
}

}  // namespace
}  // namespace dlrgw::test
