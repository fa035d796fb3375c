// SPDX-License-Identifier: Apache-2.0
#include "cli/outbox.hpp"

#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Answers in turn, and keeps what it was asked.
struct Gateway {
  std::vector<Result<std::string>> answers;
  std::vector<std::string> asked{};
  AskGateway ask() {
    return [this](std::string_view request) {
      asked.emplace_back(request);
      return answers.at(asked.size() - 1);
    };
  }
};

constexpr const char* kFirst = R"({"items":[{"id":"1/a","subject":"s","createdAt":"t1","key":"k","readable":true},)"
                               R"({"id":"2","subject":"s","createdAt":"t2","readable":false}],"next":"2.s"})";
constexpr const char* kLast =
    R"({"items":[{"id":"3/c","subject":"s","createdAt":"t3","key":null,"readable":true}],"next":null})";
constexpr const char* kEvent = "42/11111111-2222-4333-8444-555555555555";

TEST(OutboxCommand, ListsPageAfterPageWhatCanAndWhatCannotBeRead) {
  Gateway gateway{{std::string(kFirst), std::string(kLast)}};
  std::ostringstream out;
  ASSERT_TRUE(list_outbox({.subject = "s"}, gateway.ask(), out));
  EXPECT_THAT(gateway.asked, ElementsAre("GET /v1/admin/outbox?limit=100&subject=s",
                                         "GET /v1/admin/outbox?limit=98&subject=s&cursor=2.s"));
  EXPECT_EQ(out.str(), "1/a  s  t1  k\n2  s  t2  this row cannot be read\n3/c  s  t3  \n3 events\n");
}

TEST(OutboxCommand, AsJsonIsOneObjectALine) {
  Gateway gateway{{std::string(kLast)}};
  std::ostringstream out;
  ASSERT_TRUE(list_outbox({.as_json = true}, gateway.ask(), out));
  EXPECT_EQ(out.str(), R"({"id":"3/c","subject":"s","createdAt":"t3","key":null,"readable":true})"
                       "\n");
}

TEST(OutboxCommand, StopsAtTheLimitAndSaysSo) {
  Gateway gateway{{std::string(kFirst)}};
  std::ostringstream out;
  ASSERT_TRUE(list_outbox({.limit = 2}, gateway.ask(), out));
  EXPECT_THAT(gateway.asked, ElementsAre("GET /v1/admin/outbox?limit=2"));
  EXPECT_TRUE(out.str().ends_with("2 events, and more wait; --limit tells more\n")) << out.str();
  EXPECT_FALSE(list_outbox({.limit = 0}, gateway.ask(), out));
}

TEST(OutboxCommand, ShowsOneWithoutWhatIsPrivate) {
  const std::string answer = R"({"id":"42/e","subject":"s","traceparent":null,"payload":null})";
  Gateway gateway{{answer, answer}};
  std::ostringstream out;
  ASSERT_TRUE(show_outbox({.event = kEvent}, gateway.ask(), out));
  EXPECT_THAT(gateway.asked, ElementsAre("GET /v1/admin/outbox/" + std::string(kEvent)));
  EXPECT_TRUE(out.str().starts_with("id  42/e\nsubject  s\nThe payload may hold a phone number")) << out.str();
  std::ostringstream as_json;
  ASSERT_TRUE(show_outbox({.event = kEvent, .as_json = true}, gateway.ask(), as_json));
  EXPECT_EQ(as_json.str(), answer + "\n");
}

TEST(OutboxCommand, RepeatsWhatItIsRefusedWithAndAsksNothingForWhatIsNoId) {
  Gateway gateway{{Error{ErrorCode::kInvalid, "gone"}, std::string("[]"), std::string("{}")}};
  std::ostringstream out;
  EXPECT_EQ(show_outbox({.event = kEvent}, gateway.ask(), out).error().text, "gone");
  EXPECT_FALSE(list_outbox({}, gateway.ask(), out)) << "no object";
  EXPECT_FALSE(list_outbox({}, gateway.ask(), out)) << "no page";
  for (const char* id : {"", "42", "42/", "/11111111-2222-4333-8444-555555555555",
                         "x/11111111-2222-4333-8444-555555555555", "42/4711", "../42/x"})
    EXPECT_THAT(show_outbox({.event = id}, gateway.ask(), out).error().text, HasSubstr("`outbox list` names each"))
        << id;
  EXPECT_THAT(gateway.asked, SizeIs(3));
}

}  // namespace
}  // namespace dlrgw::host
