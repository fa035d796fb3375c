// SPDX-License-Identifier: Apache-2.0
#include "config/interpolate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const EnvLookup kEnv = [](const std::string& name) -> std::optional<std::string> {
  if (name == "HOST") return "db1";
  if (name == "EMPTY") return "";
  if (name == "TRICKY") return "${HOST}";
  return std::nullopt;
};

std::string text(std::string_view in) {
  const auto out = interpolate(in, kEnv);
  return out ? out->text : "error: " + out.error().text;
}

TEST(Interpolate, ReplacesNamesAndDefaults) {
  EXPECT_EQ(text("plain $ text }"), "plain $ text }");
  EXPECT_EQ(text("${HOST}:${PORT:-5432}/x"), "db1:5432/x");
  EXPECT_EQ(text("${HOST:-other}"), "db1");
  EXPECT_EQ(text("${EMPTY}|${EMPTY:-default}|${NOPE:-}"), "|default|");
  EXPECT_EQ(text("${NOPE:-a:-b}"), "a:-b");
}

TEST(Interpolate, ValuesAreNotReadAgain) { EXPECT_EQ(text("${TRICKY}"), "${HOST}"); }

TEST(Interpolate, DollarDollarIsLiteral) {
  EXPECT_EQ(text("$${HOST} ${HOST}"), "${HOST} db1");
  EXPECT_FALSE(interpolate("$${HOST}", kEnv)->replaced);
  EXPECT_TRUE(interpolate("${HOST}", kEnv)->replaced);
}

TEST(Interpolate, RefusesMissingAndMalformed) {
  EXPECT_THAT(text("${NOPE}"), ::testing::HasSubstr("NOPE is not set; set it or write ${NOPE:-default}"));
  EXPECT_THAT(text("${HOST"), ::testing::HasSubstr("without its closing }"));
  EXPECT_THAT(text("${}"), ::testing::HasSubstr("must hold an environment name"));
  EXPECT_THAT(text("${A B}"), ::testing::HasSubstr("must hold an environment name"));
  EXPECT_THAT(text("${1A:-x}"), ::testing::HasSubstr("must hold an environment name"));
}

}  // namespace
}  // namespace dlrgw::host
