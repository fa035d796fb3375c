// SPDX-License-Identifier: Apache-2.0
#include "cli/resubmit.hpp"

#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Gateway {
  std::vector<Result<std::string>> answers;
  std::vector<std::string> asked{};
  Result<std::string> operator()(std::string_view request) {
    asked.emplace_back(request);
    return answers.at(asked.size() - 1);
  }
};

Status run(const ResubmitWish& wish, Gateway& gateway, std::ostream& out) {
  return resubmit(
      wish, std::ref(gateway), [] {}, out);
}

TEST(Resubmit, AsksAndTellsHowFarItHasCome) {
  Gateway gateway{
      {std::string(R"({"id": "i-1", "matching": 3})"),
       std::string(R"({"state": "running", "done": 1, "matching": 3, "outcomes": {"applied": 1}})"),
       std::string(R"({"state": "running", "done": 1, "matching": 3, "outcomes": {"applied": 1}})"),
       std::string(R"({"state": "finished", "done": 3, "matching": 3, "outcomes": {"applied": 2, "left": 1}, )"
                   R"("left": [{"streamIdentity": "s", "streamSequence": 7, "reason": "a lock"}]})")}};
  std::ostringstream out;
  const Status done = run({.reason = "a \"b\"", .stage = "", .from = "2026-11-01", .to = ""}, gateway, out);
  EXPECT_TRUE(done);
  EXPECT_THAT(gateway.asked,
              ElementsAre("POST /v1/admin/dlr/rejected/resubmit {\"reason\":\"a \\\"b\\\"\",\"from\":\"2026-11-01\"}",
                          "GET /v1/admin/dlr/rejected/resubmit/i-1", "GET /v1/admin/dlr/rejected/resubmit/i-1",
                          "GET /v1/admin/dlr/rejected/resubmit/i-1"));
  EXPECT_EQ(out.str(),
            "request i-1: 3 receipts match\nrunning: 1 of 3, applied 1\nfinished: 3 of 3, applied 2, left 1\n"
            "left s/7: a lock\n");
}

TEST(Resubmit, ARefusalIsItsSentence) {
  Gateway gateway{{Error{ErrorCode::kInvalid, "name at least a reason"}}};
  std::ostringstream out;
  const Status done = run({}, gateway, out);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().text, "name at least a reason");
  EXPECT_THAT(gateway.asked, ElementsAre("POST /v1/admin/dlr/rejected/resubmit {}"));
}

TEST(Resubmit, WhatIsNoDocumentIsTold) {
  Gateway gateway{{std::string("nonsense")}};
  std::ostringstream out;
  const Status done = run({}, gateway, out);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace dlrgw::host
