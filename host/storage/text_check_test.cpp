// SPDX-License-Identifier: Apache-2.0
#include "storage/text_check.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::string_literals;

TEST(StrictUtf8, TakesWhatPostgresqlTakes) {
  for (const char* text :
       {"", "plain \x01\x7f\n", "é", "€", "𝄞", "\xC2\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_strict_utf8(text)) << text;
}

TEST(StrictUtf8, RefusesWhatPostgresqlRefuses) {
  for (const std::string& text :
       {"a\0b"s, "\x80"s, "\xC3"s, "\xC0\xAF"s, "\xE0\x80\xAF"s, "\xE2\x82"s, "\xED\xA0\x80"s, "\xF0\x8F\xBF\xBF"s,
        "\xF4\x90\x80\x80"s, "\xF8\x88\x80\x80\x80"s, "ok\xFF"s, "\xE2\x28\xA1"s})
    EXPECT_FALSE(is_strict_utf8(text)) << testing::PrintToString(text);
}

TEST(DecodeHex, BothCasesAndRefusals) {
  EXPECT_EQ(decode_hex("6100fF"), "a\0\xFF"s);
  EXPECT_EQ(decode_hex(""), "");
  EXPECT_EQ(decode_hex("6"), std::nullopt);
  EXPECT_EQ(decode_hex("6g"), std::nullopt);
}

TEST(IsJson, TakesEveryKindOfValue) {
  for (const char* text : {"{}", "[]", "null", "true", "1", "-1.5e3", R"("x")", R"( {"a":[1,{"b":"\u00e9\n"}]} )"})
    EXPECT_TRUE(is_json(text)) << text;
}

// In a parameter, each of these would fail the rows of other receipts.
TEST(IsJson, RefusesWhatWouldBreakOut) {
  for (const std::string& text :
       {""s, " "s, "{"s, "{}}"s, "{},{\"id\":1}"s, "1}, {\"id\": 2"s, "{'a':1}"s, "{\"a\":01}"s, "nul"s, "{\"a\":1,}"s,
        "\"\\ud800\""s, "\"\xFF\""s, "\"a\0b\""s, "{} x"s, "// c\n1"s, "\"\\u0000\""s, "{\"\\u0000\":1}"s,
        std::string(40, '[') + std::string(40, ']')})
    EXPECT_FALSE(is_json(text)) << testing::PrintToString(text);
  EXPECT_TRUE(is_json(R"("\\u0000")")) << "an escaped backslash is no NUL";
}

}  // namespace
}  // namespace dlrgw::host
