// SPDX-License-Identifier: Apache-2.0
#include "id_pattern.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

std::string refusal(std::string_view pattern) {
  const auto made = IdPattern::compile(pattern);
  const auto* text = std::get_if<std::string>(&made);
  return text == nullptr ? std::string() : *text;
}

std::string id_in(std::string_view pattern, std::string_view id) {
  return std::string(std::get<IdPattern>(IdPattern::compile(pattern)).id_in(id));
}

TEST(IdPattern, TheGroupIsTheId) {
  EXPECT_EQ(id_in("^smsc[0-9]+-(.+)$", "smsc12-abc"), "abc");
  EXPECT_EQ(id_in("([0-9A-F]{8})", "<1C54BD63>"), "1C54BD63");
  EXPECT_EQ(id_in("^(?:a|b)([^@]*)(?:@.*)?$", "bx@node"), "x");
}

TEST(IdPattern, WhatDoesNotMatchStaysAndAnEmptyGroupIsNoId) {
  EXPECT_EQ(id_in("^smsc-(.+)$", "abc"), "abc");
  EXPECT_EQ(id_in("^x(.*)$", "x"), "");
  EXPECT_EQ(id_in("^x(a)?$", "x"), "") << "a group that took no part";
}

TEST(IdPattern, RefusesWhatIsNoPatternWithOneGroup) {
  EXPECT_EQ(refusal("^abc$"), "has no group; put the part that is the id into ( )");
  EXPECT_EQ(refusal("(a)(b)"), "has 2 groups; keep ( ) around the id alone and write the others as (?: )");
  EXPECT_EQ(refusal("(a"), "is no regular expression of RE2: missing ): (a");
  EXPECT_NE(refusal("(a)\\1").find("is no regular expression of RE2: invalid escape"), std::string::npos);
  EXPECT_EQ(refusal("(" + std::string(2000, 'a') + ")"), "is longer than 1024 bytes; use a shorter pattern");
  EXPECT_NE(refusal("((?:(?:a{1000}){1000}){1000})"), "") << "too large an automaton";
}

}  // namespace
}  // namespace dlrgw::normalise
