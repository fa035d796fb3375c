// SPDX-License-Identifier: Apache-2.0
#include "cli/captures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;

TEST(Captures, KeepTheirLines) {
  const std::vector<Capture> captures = captures_in("{\"a\":1}\n\n \t\r\n{\"b\":2}\r\n{}");
  ASSERT_EQ(captures.size(), 3U);
  EXPECT_EQ(captures[0].line, 1U);
  EXPECT_EQ(captures[1].line, 4U);
  EXPECT_EQ(captures[1].payload, "{\"b\":2}\r");
  EXPECT_EQ(captures[2].line, 5U);
  EXPECT_TRUE(captures_in("").empty());
  EXPECT_TRUE(captures_in("\n \n").empty());
}

TEST(Captures, EveryWrongLineIsToldWithFileLineAndReason) {
  std::vector<Capture> captures = captures_in(
      "{\"operatorId\":\"a\"}\nnonsense\n[]\n{\"operatorMessageId\":\"1\"}\n{\"operatorId\":\"a\",\"esmClass\":\"x\"}"
      "\n");
  EXPECT_THAT(take_out_what_is_none(captures, "day.jsonl", ""),
              ElementsAre("day.jsonl:2: malformed_json: the payload is not one well-formed JSON text",
                          "day.jsonl:3: not_an_object: the payload is not a JSON object",
                          "day.jsonl:4: missing_field: field operatorId is missing",
                          "day.jsonl:5: out_of_bounds: field esmClass must be an integer from 0 to 255"));
  ASSERT_EQ(captures.size(), 1U);
  EXPECT_EQ(captures[0].line, 1U);
}

TEST(Captures, ThoseOfOtherOperatorsAreLeftOutAndTold) {
  std::vector<Capture> captures =
      captures_in("{\"operatorId\":\"a\"}\n{\"operatorId\":\"b\"}\n{\"operatorId\":\"b\"}\n{\"operatorId\":\"c\"}\n");
  EXPECT_THAT(take_out_what_is_none(captures, "day.jsonl", "a"),
              ElementsAre("day.jsonl: 2 lines are of the operator b, not of a; left out",
                          "day.jsonl: 1 line is of the operator c, not of a; left out"));
  EXPECT_EQ(captures.size(), 1U);
}

TEST(Captures, AFileThatIsNotThereIsASentence) {
  const Result<std::string> text = read_text("/nowhere/day.jsonl");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().text, "/nowhere/day.jsonl: cannot be read; check the path and its permissions");
}

}  // namespace
}  // namespace dlrgw::host
