// SPDX-License-Identifier: Apache-2.0
#include "config/read_toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const EnvLookup kEnv = [](const std::string& name) -> std::optional<std::string> {
  return name == "N" ? std::optional<std::string>("7") : std::nullopt;
};

TEST(ReadToml, KeepsOrderAndPositions) {
  const auto read =
      read_toml("zeta = 1\nalpha = \"x\"\n[mid.b]\n  y = true\n  c = [1, \"two\"]\n[mid.a]\nd = 0.5\n", "f", kEnv);
  ASSERT_TRUE(read.errors.empty());
  ASSERT_EQ(read.table.entries.size(), 3U);
  EXPECT_EQ(read.table.entries[0].key, "zeta");
  EXPECT_EQ(read.table.entries[1].key, "alpha");
  EXPECT_EQ(read.table.entries[1].value.at, (Position{2, 9}));
  const auto& mid = std::get<RawTable>(read.table.find("mid")->value.data);
  EXPECT_EQ(mid.entries[0].key, "b");
  EXPECT_EQ(mid.entries[1].key, "a");
  const auto& b = std::get<RawTable>(mid.entries[0].value.data);
  EXPECT_EQ(b.entries[0].key_at, (Position{4, 3}));
  EXPECT_EQ(std::get<std::string>(std::get<RawValue::List>(b.entries[1].value.data)[1].data), "two");
}

TEST(ReadToml, ReportsEveryMissingVariable) {
  const auto read = read_toml("a = \"${A}\"\nb = [\"${N}\", \"${B}\"]\n", "f.toml", kEnv);
  ASSERT_EQ(read.errors.size(), 2U);
  EXPECT_EQ(to_string(read.errors[0]),
            "f.toml:1:5: a: environment variable A is not set; set it or write ${A:-default}");
  EXPECT_THAT(to_string(read.errors[1]), ::testing::StartsWith("f.toml:2:14: b[1]: "));
}

TEST(ReadToml, ReportsSyntaxWithItsPlace) {
  const auto read = read_toml("a = 1\nb = = 2\n", "f.toml", kEnv);
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_THAT(to_string(read.errors[0]), ::testing::StartsWith("f.toml:2:5: not valid TOML: "));
  EXPECT_THAT(read_toml("a = 1\na = 2\n", "f", kEnv).errors, ::testing::SizeIs(1));
  EXPECT_THAT(read_toml("a = 2026-01-01\n", "f", kEnv).errors, ::testing::SizeIs(1));
}

TEST(ReadToml, TextFromTheEnvironmentMayBeANumber) {
  const auto read = read_toml("a = \"${N}\"\nb = \"7\"\nc = \"${T:-true}\"\n", "f", kEnv);
  std::int64_t number = 0;
  EXPECT_TRUE(host::read(read.table.find("a")->value, number));
  EXPECT_EQ(number, 7);
  EXPECT_FALSE(host::read(read.table.find("b")->value, number)) << "a quoted number is a string";
  bool flag = false;
  EXPECT_TRUE(host::read(read.table.find("c")->value, flag));
  EXPECT_TRUE(flag);
  double real = 0;
  EXPECT_TRUE(host::read(read.table.find("a")->value, real));
}

TEST(ReadToml, ReadsOneValue) {
  EXPECT_TRUE(read_toml_value("[\"a\"]"));
  EXPECT_TRUE(read_toml_value("{ a = 1 }"));
  EXPECT_FALSE(read_toml_value("nonsense"));
  EXPECT_FALSE(read_toml_value("1\nw = 2"));
}

}  // namespace
}  // namespace dlrgw::host
