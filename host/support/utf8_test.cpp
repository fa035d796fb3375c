// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include <dlrgw/cpp/utf8.hpp>

namespace dlrgw::host {
namespace {

using namespace std::string_literals;

TEST(Utf8, TakesEveryLength) {
  for (const std::string& text :
       {""s, "plain"s, "a\0b"s, "é"s, "€"s, "𝄞"s, "\xC2\x80"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s, "\xF4\x8F\xBF\xBF"s})
    EXPECT_TRUE(is_utf8(text)) << testing::PrintToString(text);
}

TEST(Utf8, RefusesWhatIsMalformed) {
  for (const std::string& text : {"\x80"s, "\xC3"s, "\xC0\xAF"s, "\xE0\x80\xAF"s, "\xE2\x82"s, "\xED\xA0\x80"s,
                                  "\xF0\x8F\xBF\xBF"s, "\xF4\x90\x80\x80"s, "\xF8\x88\x80\x80\x80"s, "\xE2\x28\xA1"s})
    EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
}

// ASCII is passed over eight bytes at a time.
TEST(Utf8, FindsABadByteWhereverItStands) {
  for (std::size_t length = 1; length <= 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      EXPECT_TRUE(is_utf8(text));
      text[at] = '\xFF';
      EXPECT_FALSE(is_utf8(text)) << at << " of " << length;
      text.replace(at, 1, "€");
      EXPECT_TRUE(is_utf8(text)) << at << " of " << length;
    }
  }
}

TEST(Utf8, TellsTheLengthAtTheFront) {
  EXPECT_EQ(utf8_length("a€"), 1U);
  EXPECT_EQ(utf8_length("éa"), 2U);
  EXPECT_EQ(utf8_length("€a"), 3U);
  EXPECT_EQ(utf8_length("𝄞a"), 4U);
  EXPECT_EQ(utf8_length("\xFF"), 0U);
}

}  // namespace
}  // namespace dlrgw::host
