// SPDX-License-Identifier: Apache-2.0
#include "jsonb_text.hpp"

#include <gtest/gtest.h>

namespace dlrgw::dedup {
namespace {

TEST(JsonbText, replaces_only_what_jsonb_refuses) {
  struct Case {
    std::string_view in, out;
  };
  const Case cases[] = {
      {R"({"a":"plain"})", R"({"a":"plain"})"},
      {R"({"a":"x\u0000y"})", R"({"a":"x\ufffdy"})"},
      {R"({"a":"x\\u0000y"})", R"({"a":"x\\u0000y"})"},
      {R"({"a":"x\\\u0000y"})", R"({"a":"x\\\ufffdy"})"},
      {R"({"a":"\u0001\n\""})", R"({"a":"\u0001\n\""})"},
      {R"({"a":"\ud83d\ude00"})", R"({"a":"\ud83d\ude00"})"},
      {R"({"a":"\ud83d"})", R"({"a":"\ufffd"})"},
      {R"({"a":"\ude00\ud83d"})", R"({"a":"\ufffd\ufffd"})"},
      {R"({"a":"\ud83d\u0041"})", R"({"a":"\ufffd\u0041"})"},
      {R"({"\u0000":1})", R"({"\ufffd":1})"},
  };
  for (const Case& c : cases) EXPECT_EQ(jsonb_text(c.in), c.out) << c.in;
}

TEST(JsonbText, numbers_beyond_numeric_become_strings) {
  EXPECT_EQ(jsonb_text(R"({"n":[-0.5e+2,1e999,1e-0000001,0]})"), R"({"n":[-0.5e+2,1e999,1e-0000001,0]})");
  EXPECT_EQ(jsonb_text(R"({"n":[1e1000,-1E-999999,2]})"), R"({"n":["1e1000","-1E-999999",2]})");
  EXPECT_EQ(jsonb_text(R"({"1e1000":"1e1000 \"1e1000"})"), R"({"1e1000":"1e1000 \"1e1000"})") << "texts stay";
  const std::string nines(200'000, '9');
  EXPECT_EQ(jsonb_text("[" + nines + "]"), "[\"" + nines + "\"]");
}

TEST(JsonbText, a_cut_escape_ends_quietly) {
  EXPECT_EQ(jsonb_text("\\"), "\\");
  EXPECT_EQ(jsonb_text("\\u00"), "\\u00");
}

}  // namespace
}  // namespace dlrgw::dedup
