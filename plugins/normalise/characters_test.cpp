// SPDX-License-Identifier: Apache-2.0
#include "characters.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

constexpr const char* kBlanks[] = {" ",
                                   "\t",
                                   "\n",
                                   "\x01",
                                   "\x7F",
                                   "\xC2\x85",
                                   "\xC2\xA0",
                                   "\xE1\x9A\x80",
                                   "\xE2\x80\x8B",
                                   "\xE2\x80\x8F",
                                   "\xE2\x80\xAE",
                                   "\xE2\x80\xAF",
                                   "\xE2\x81\xA6",
                                   "\xE3\x80\x80",
                                   "\xEF\xBB\xBF"};

TEST(Characters, BlanksOfAnyScript) {
  for (const std::string blank : kBlanks) {
    EXPECT_EQ(blank_at(blank, 0), blank.size()) << blank.size();
    EXPECT_EQ(blank_before("x" + blank, 1 + blank.size()), blank.size());
    EXPECT_FALSE(word_ends_at("x" + blank, 1 + blank.size()));
    EXPECT_EQ(without_blanks_around(blank + "a" + blank + "b" + blank), "a" + blank + "b");
    EXPECT_EQ(find_blank("ab" + blank, 0), 2U);
    EXPECT_EQ(skip_blanks(blank + blank + "a", 0), 2 * blank.size());
  }
  EXPECT_EQ(blank_at(std::string_view("\0", 1), 0), 1U);
  EXPECT_EQ(blank_before("", 0), 0U);
  EXPECT_EQ(without_blanks_around(" \xC2\xA0 "), "");
}

TEST(Characters, WordsAndSigns) {
  for (const std::string word :
       {"a", "Z", "0", "_", "\xC3\xA9", "\xD0\xB6", "\xE4\xB8\xAD", "\xC2\xB5", "\xF0\x90\x8D\x88"})
    EXPECT_TRUE(word_ends_at("?" + word, 1 + word.size())) << word;
  for (const std::string sign : {"^", "?", ",", "-", "\xC2\xBF", "\xC3\x97", "\xE2\x80\x94", "\xE2\x82\xAC",
                                 "\xEF\xBF\xBD", "\xE3\x80\x81", "\xF0\x9F\x98\x80"})
    EXPECT_FALSE(word_ends_at("a" + sign, 1 + sign.size())) << sign;
  EXPECT_FALSE(word_ends_at("a", 0));
}

TEST(Characters, OctetsThatAreNoUtf8AreWords) {
  for (const std::string broken : {"\xFF", "\x80", "\xC3", "\xE2\x80", "\xC0"}) {
    EXPECT_EQ(blank_at(broken, 0), 0U);
    EXPECT_EQ(blank_before(broken, broken.size()), 0U);
    EXPECT_TRUE(word_ends_at(broken, broken.size()));
  }
}

TEST(Characters, WhatDamagesAnId) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"a\0b"sv, "\x11"sv, "a\x7F"sv, "a\xC2\x85"sv, "\xEF\xBF\xBD"sv, "\x1B"sv})
    EXPECT_TRUE(is_damaged(text));
  for (const std::string_view text :
       {""sv, "abc"sv, "a b"sv, "a\tb\r\n"sv, "\xC3\xA9"sv, "\xEF\xBB\xBF"sv, "\xC2\xA0"sv})
    EXPECT_FALSE(is_damaged(text)) << text;
  EXPECT_TRUE(has_control("a\tb"));
  EXPECT_TRUE(has_control("\xC2\x80"));
  EXPECT_FALSE(has_control("a b\xC2\xA0"));
}

}  // namespace
}  // namespace dlrgw::normalise
