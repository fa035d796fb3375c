// SPDX-License-Identifier: Apache-2.0
#include "cli/trace.hpp"

#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kId = "11111111-2222-4333-8444-55555555555a";
constexpr const char* kStory =
    R"({"messageId":"11111111-2222-4333-8444-55555555555a","message":{"operatorId":"mno-a","status":"FAILED","clientRef":null},)"
    R"("entries":[{"at":null,"kind":"submitted","messageId":"11111111-2222-4333-8444-55555555555a","segmentIndex":1},)"
    R"({"at":"2026-11-30T10:00:00.000Z","kind":"applied","messageId":"other","status":"FAILED","flags":[],"rawStat":""}],)"
    R"("waitingEvents":[{"subject":"billing.events","id":"e","waitsSince":"2026-11-30T10:00:01.000Z"}],"note":"Copies leave no row."})";

// Answers always the same, and keeps what it was asked.
struct Gateway {
  Result<std::string> answer;
  std::vector<std::string> asked{};
  AskGateway ask() {
    return [this](std::string_view request) {
      asked.emplace_back(request);
      return answer;
    };
  }
};

TEST(Trace, TellsTheStoryInTheOrderOfTheAnswer) {
  Gateway gateway{std::string(kStory)};
  std::ostringstream out;
  ASSERT_TRUE(trace({.id = "11111111-2222-4333-8444-55555555555A"}, gateway.ask(), out));
  EXPECT_THAT(gateway.asked, ElementsAre("GET /v1/admin/messages/" + std::string(kId)));
  EXPECT_EQ(out.str(), "message " + std::string(kId) +
                           "  operatorId=mno-a  status=FAILED\n"
                           "time unknown              submitted    segmentIndex=1\n"
                           "2026-11-30T10:00:00.000Z  applied      messageId=other  status=FAILED\n"
                           "2026-11-30T10:00:01.000Z  waiting      subject=billing.events  id=e\n"
                           "Copies leave no row.\n");
}

TEST(Trace, AsJsonIsTheAnswerItself) {
  Gateway gateway{std::string(kStory)};
  std::ostringstream out;
  ASSERT_TRUE(trace({.id = kId, .as_json = true}, gateway.ask(), out));
  EXPECT_EQ(out.str(), std::string(kStory) + "\n");
}

TEST(Trace, FindsByTheOperatorsIdWhateverStandsInIt) {
  Gateway gateway{std::string(R"({"items":[{"at":"t","kind":"late","messageId":"m-1"}],"messages":["m-1","m-2"]})")};
  std::ostringstream out;
  ASSERT_TRUE(
      trace({.id = "a b/&#\xC3\xA9", .operator_id = "mno", .from = "2026-11-30", .to = "+x"}, gateway.ask(), out));
  EXPECT_THAT(gateway.asked, ElementsAre("GET /v1/admin/receipts?operatorId=mno&operatorMessageId=a%20b%2F%26%23%C3%A9"
                                         "&from=2026-11-30&to=%2Bx"));
  EXPECT_THAT(out.str(), HasSubstr("late         messageId=m-1\n"));
  EXPECT_THAT(out.str(), HasSubstr("the whole story: dlr-gateway trace m-1\nthe whole story: dlr-gateway trace m-2\n"));
}

TEST(Trace, WhatNamesNothingIsRefusedWithASentence) {
  Gateway gateway{std::string(R"({"items":[],"messages":[]})")};
  std::ostringstream out;
  const auto sentence = [&](const TraceWish& wish) {
    const Status done = trace(wish, gateway.ask(), out);
    return done ? "done" : done.error().text;
  };
  for (const char* id : {"", "4711", "11111111-2222-4333-8444-55555555555", "11111111_2222_4333_8444_555555555555",
                         "11111111-2222-4333-8444-55555555555g", "../plugins", "\n"})
    EXPECT_THAT(sentence({.id = id}), HasSubstr("trace --operator OPERATOR ID")) << id;
  EXPECT_THAT(sentence({.id = kId, .from = "2026-11-30"}), HasSubstr("name its --operator"));
  EXPECT_THAT(gateway.asked, IsEmpty());
  EXPECT_THAT(sentence({.id = "x", .operator_id = "mno"}),
              HasSubstr("neither a message nor a receipt of operator mno"));
  gateway.answer = Error{ErrorCode::kInvalid, "no table knows a message with this id"};
  EXPECT_EQ(sentence({.id = kId}), "no table knows a message with this id");
  gateway.answer = std::string("[]");
  EXPECT_THAT(sentence({.id = kId}), HasSubstr("cannot be read"));
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace dlrgw::host
