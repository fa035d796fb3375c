// SPDX-License-Identifier: Apache-2.0
#include "config/option_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using OT = OptionType;

std::vector<OptionDecl> declared() {
  return {
      {"url", OT::kString, kOptionRequired | kOptionSecret, "", "", "where the cache is"},
      {"mode", OT::kString, 0, "fast", "fast|safe", ""},
      {"retries", OT::kInt, 0, "2", "", ""},
      {"ratio", OT::kFloat, 0, "0.5", "", ""},
      {"strict", OT::kBool, 0, "true", "", ""},
      {"window", OT::kDuration, 0, "96h", "", ""},
      {"tags", OT::kStringList, 0, "[\"x\", \"y\"]", "", ""},
      {"optional", OT::kString, 0, "", "", ""},
      {"time_zone", OT::kString, kOptionOperator, "UTC", "", ""},
      {"aliases", OT::kStringMap, kOptionOperator, "", "", ""},
      {"kind", OT::kString, kOptionOperator, "", "one|many", ""},
  };
}

struct Built {
  OptionValues values;
  std::vector<std::string> errors;
  Config config;
};

Built build(const std::string& options, const std::string& operators = "", std::vector<OptionDecl> decls = declared()) {
  const EnvLookup env = [](const std::string& name) {
    return name == "SEVEN" ? std::optional<std::string>("7") : std::nullopt;
  };
  const auto loaded = parse_config(
      "[pipeline]\nstages = [\"a\"]\n[[plugins]]\nfile = \"p.so\"\n[plugins.options]\n" + options + "\n" + operators,
      "g.toml", env);
  EXPECT_TRUE(loaded) << to_string(loaded.errors.front());
  const Config& config = *loaded.config;
  std::vector<ConfigError> errors;
  const OptionValues::Source source{config.file, "p.so", config.plugins[0].at, &config.plugins[0].options,
                                    config.operators};
  Built out{OptionValues::build(source, std::move(decls), errors), {}, config};
  for (const ConfigError& error : errors) out.errors.push_back(to_string(error));
  return out;
}

// What a plugin finds wrong with a value is told with its key and its place in the file.
TEST(OptionValues, ARefusalNamesKeyAndPlace) {
  const Built built = build("url = \"redis://x\"\nmode = \"safe\"",
                            "[operators.\"mno-a\"]\ntime_zone = \"Mars\"\naliases = { A = \"B\", C = \"D\" }\n");
  ASSERT_THAT(built.errors, ElementsAre());
  const auto told = [&](std::string_view op, std::string_view key, std::string_view entry) {
    return to_string(built.values.refusal(op, key, entry, "is wrong"));
  };
  EXPECT_EQ(told("", "mode", ""), "g.toml:7:8: plugins.options.mode: is wrong");
  EXPECT_EQ(told("", "window", ""), "g.toml: plugins.options.window: is wrong") << "a default stands nowhere";
  EXPECT_EQ(told("mno-a", "time_zone", ""), "g.toml:9:13: operators.\"mno-a\".time_zone: is wrong");
  EXPECT_EQ(told("mno-a", "aliases", "C"), "g.toml:10:22: operators.\"mno-a\".aliases.C: is wrong");
  EXPECT_EQ(told("mno-a", "aliases", ""), "g.toml:10:11: operators.\"mno-a\".aliases: is wrong");
  EXPECT_EQ(told("mno-b", "time_zone", ""), "g.toml: operators.\"mno-b\".time_zone: is wrong");
}

// A connector answers with its own keys, then its operator's; one without a table as its operator does.
TEST(OptionValues, AConnectorsTableComesBeforeItsOperators) {
  const Built built = build("url = \"redis://x\"",
                            "[operators.a]\ntime_zone = \"Asia/Dili\"\naliases = { A = \"B\" }\n"
                            "[operators.a.connectors.\"c-1\"]\ntime_zone = \"UTC\"\nkind = \"one\"\n"
                            "[operators.a.connectors.c2]\naliases = { C = \"D\" }\n[operators.b]\n");
  ASSERT_THAT(built.errors, ElementsAre());
  const OptionValues& v = built.values;
  EXPECT_THAT(v.operators(), ElementsAre("a", "b"));
  EXPECT_THAT(v.connectors("a"), ElementsAre("c-1", "c2"));
  EXPECT_THAT(v.connectors("b"), ElementsAre());
  EXPECT_THAT(v.connectors("nobody"), ElementsAre());
  EXPECT_EQ(*v.get_string("a/c-1", "time_zone"), "UTC");
  EXPECT_EQ(*v.get_string("a/c-1", "kind"), "one");
  EXPECT_EQ(v.get_entry("a/c-1", "aliases", 0)->name, "A");
  EXPECT_EQ(*v.get_string("a/c2", "time_zone"), "Asia/Dili");
  EXPECT_EQ(v.get_entry("a/c2", "aliases", 0)->name, "C");
  EXPECT_EQ(v.get_string("a/c2", "kind").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*v.get_string("a/other", "time_zone"), "Asia/Dili");
  EXPECT_EQ(*v.get_string("b/other", "time_zone"), "UTC");
  EXPECT_EQ(*v.get_string("nobody/other", "time_zone"), "UTC");
}

TEST(OptionValues, AConnectorsMistakesNameItAndWhatItInheritedIsToldOnce) {
  const Built built =
      build("url = \"redis://x\"", "[operators.a]\ntime_zone = \"Mars\"\n[operators.a.connectors.c]\nkind = \"one\"\n");
  const auto told = [&](std::string_view who, std::string_view key) {
    return to_string(built.values.refusal(who, key, "", "is wrong"));
  };
  EXPECT_EQ(told("a/c", "kind"), "g.toml:10:8: operators.\"a\".connectors.\"c\".kind: is wrong");
  EXPECT_EQ(told("a/c", "time_zone"), told("a", "time_zone"));
  EXPECT_THAT(build("url=\"u\"", "[operators.a.connectors.c]\nkind = \"few\"\naliases = 1").errors,
              ::testing::UnorderedElementsAre(
                  "g.toml:8:8: operators.\"a\".connectors.\"c\".kind: is \"few\"; known here: one, many",
                  "g.toml:9:11: operators.\"a\".connectors.\"c\".aliases: is an integer, must be a table of "
                  "single values"));
}

TEST(OptionValues, DefaultsAreInPlace) {
  const auto built = build("url = \"redis://x\"");
  ASSERT_THAT(built.errors, ElementsAre());
  const OptionValues& v = built.values;
  EXPECT_EQ(*v.get_string("", "url"), "redis://x");
  EXPECT_EQ(*v.get_string("", "mode"), "fast");
  EXPECT_EQ(*v.get_int("", "retries"), 2);
  EXPECT_EQ(*v.get_float("", "ratio"), 0.5);
  EXPECT_TRUE(*v.get_bool("", "strict"));
  EXPECT_EQ(*v.get_duration_us("", "window"), 96LL * 3600 * 1'000'000);
  EXPECT_EQ(*v.get_size("", "tags"), 2U);
  EXPECT_EQ(v.get_entry("", "tags", 1)->value, "y");
}

TEST(OptionValues, ValuesReplaceDefaults) {
  const auto built =
      build("url=\"u\"\nmode=\"safe\"\nretries=\"${SEVEN}\"\nratio=1\nstrict=false\nwindow=\"3s\"\ntags=[]");
  ASSERT_THAT(built.errors, ElementsAre());
  EXPECT_EQ(*built.values.get_string("", "mode"), "safe");
  EXPECT_EQ(*built.values.get_int("", "retries"), 7);
  EXPECT_EQ(*built.values.get_float("", "ratio"), 1.0);
  EXPECT_FALSE(*built.values.get_bool("", "strict"));
  EXPECT_EQ(*built.values.get_duration_us("", "window"), 3'000'000);
  EXPECT_EQ(*built.values.get_size("", "tags"), 0U);
}

TEST(OptionValues, EmptyFromTheEnvironmentIsAbsent) {
  const auto built = build("url=\"u\"\nmode=\"${NO:-}\"\nretries=\"${NO:-}\"");
  ASSERT_THAT(built.errors, ElementsAre());
  EXPECT_EQ(*built.values.get_string("", "mode"), "fast");
  EXPECT_EQ(*built.values.get_int("", "retries"), 2);
  EXPECT_THAT(build("url=\"${NO:-}\"").errors,
              ElementsAre(HasSubstr("g.toml:6:5: plugins.options.url: is empty; p.so needs a string: where")));
}

TEST(OptionValues, FindsEverythingWithPositions) {
  const auto built = build("mode=\"sfae\"\nretries=\"7\"\nwindow=\"3 s\"\ntags=[1]\nretires=1",
                           "[operators.o]\nkind=\"few\"\naliases={a=[]}");
  EXPECT_THAT(built.errors,
              ::testing::UnorderedElementsAre(
                  "g.toml:5:1: plugins.options.url: is missing; p.so needs a string: where the cache is",
                  "g.toml:6:6: plugins.options.mode: is \"sfae\"; did you mean \"safe\"?",
                  "g.toml:7:9: plugins.options.retries: is a string, must be an integer",
                  HasSubstr("g.toml:8:8: plugins.options.window: is \"3 s\", must be a duration such as"),
                  "g.toml:9:7: plugins.options.tags[0]: is an integer, must be a string",
                  HasSubstr("g.toml:10:1: plugins.options.retires: p.so has no such option; did you mean \"retries\"?"),
                  "g.toml:12:6: operators.\"o\".kind: is \"few\"; known here: one, many",
                  "g.toml:13:12: operators.\"o\".aliases.a: is an array, must be a single value"));
}

TEST(OptionValues, OperatorsHaveTheirOwnScope) {
  auto built =
      build("url=\"u\"",
            "[operators.\"b.2\"]\ntime_zone=\"Asia/Dili\"\naliases={ZETA=\"x\", ALPHA=3, M=true}\n[operators.a1]");
  ASSERT_THAT(built.errors, ElementsAre());
  const OptionValues v = std::move(built.values);
  EXPECT_THAT(v.operators(), ElementsAre("b.2", "a1"));
  EXPECT_EQ(*v.get_string("b.2", "time_zone"), "Asia/Dili");
  EXPECT_EQ(*v.get_string("a1", "time_zone"), "UTC");
  EXPECT_EQ(*v.get_string("never-heard-of", "time_zone"), "UTC");
  ASSERT_EQ(*v.get_size("b.2", "aliases"), 3U);
  EXPECT_EQ(v.get_entry("b.2", "aliases", 0)->name, "ZETA") << "order of the file";
  EXPECT_EQ(v.get_entry("b.2", "aliases", 1)->value, "3");
  EXPECT_EQ(v.get_entry("b.2", "aliases", 2)->value, "true");
  EXPECT_EQ(v.get_entry("b.2", "aliases", 3).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(v.get_string("a1", "kind").error().code, ErrorCode::kNotFound);
}

TEST(OptionValues, WrongReadsAreRefused) {
  const auto built = build("url=\"u\"");
  const OptionValues& v = built.values;
  EXPECT_EQ(v.get_string("", "nope").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(v.get_string("", "retries").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(v.get_string("", "time_zone").error().code, ErrorCode::kInvalid) << "a key of operators only";
  EXPECT_EQ(v.get_string("op", "url").error().code, ErrorCode::kInvalid) << "no key of operators";
  EXPECT_EQ(v.get_size("", "url").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(v.get_string("", "optional").error().code, ErrorCode::kNotFound);
}

TEST(OptionValues, ViewsSurviveAMove) {
  auto built = build("url=\"u\"");
  const std::string_view url = *built.values.get_string("", "url");
  const auto tag = *built.values.get_entry("", "tags", 0);
  const OptionValues moved = std::move(built.values);
  EXPECT_EQ(url.data(), moved.get_string("", "url")->data());
  EXPECT_EQ(tag.value.data(), moved.get_entry("", "tags", 0)->value.data());
}

TEST(OptionValues, FaultyDeclarationsNameThePlugin) {
  const auto errors = build("", "",
                            {{"a", OT::kInt, 0, "many", "", ""},
                             {"b", OT::kDuration, 0, "3x", "", ""},
                             {"c", OT::kString, 0, "z", "x|y", ""},
                             {"d", static_cast<OT>(99), 0, "", "", ""},
                             {"e", OT::kBool, 0, "", "", ""},
                             {"e", OT::kBool, 0, "", "", ""}})
                          .errors;
  EXPECT_THAT(errors, ::testing::SizeIs(5));
  EXPECT_THAT(errors, ::testing::Each(HasSubstr("p.so: declares option \"")));
}

TEST(OptionValues, KeysOfOperatorsAreTheUnionOfAllPlugins) {
  const auto built = build("url=\"u\"", "[operators.o]\ntime_zone=\"UTC\"\nother=1\ntimezone=\"UTC\"");
  const std::vector<std::vector<OptionDecl>> plugins{declared(), {{"other", OT::kInt, kOptionOperator, "", "", ""}}};
  const auto errors = check_operator_keys(built.config, plugins);
  ASSERT_THAT(errors, ::testing::SizeIs(1));
  EXPECT_EQ(to_string(errors[0]),
            "g.toml:10:1: operators.\"o\".timezone: no loaded plugin knows this key; did you mean \"time_zone\"?");
  const auto of_connector = build("url=\"u\"", "[operators.o.connectors.c]\nother=1\ntimezone=\"UTC\"\nconnectors=2");
  const auto found = check_operator_keys(of_connector.config, plugins);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(to_string(found[0]),
            "g.toml:9:1: operators.\"o\".connectors.\"c\".timezone: no loaded plugin knows this "
            "key; did you mean \"time_zone\"?");
  EXPECT_THAT(to_string(found[1]), HasSubstr("connectors.\"c\".connectors: no loaded plugin knows this key"));
}

}  // namespace
}  // namespace dlrgw::host
