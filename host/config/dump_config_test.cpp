// SPDX-License-Identifier: Apache-2.0
#include "config/dump_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DumpConfig, ShowsValuesAndNoSecret) {
  const EnvLookup env = [](const std::string&) { return std::optional<std::string>("SECRET1"); };
  const auto loaded = parse_config(R"([nats]
url = "nats://u:SECRET2@h:4222"
[storage.svc]
password = "${PW}"
[[plugins]]
file = "known.so"
[plugins.options]
redis_url = "redis://:SECRET3@h/0"
key = "SECRET4"
retries = 3
undeclared = "SECRET5"
[[plugins]]
file = "unknown.so"
[plugins.options]
anything = ["SECRET6"]
[pipeline]
stages = ["a"]
[operators.o]
time_zone = "UTC"
token = "SECRET7"
[operators.o.connectors.c]
time_zone = "Asia/Dili"
token = "SECRET8"
)",
                                   "g.toml", env);
  ASSERT_TRUE(loaded) << to_string(loaded.errors.front());
  const std::string text =
      dump_config(*loaded.config, {{"known.so",
                                    {{"redis_url", OptionType::kString, 0, "", "", ""},
                                     {"key", OptionType::kString, kOptionSecret, "", "", ""},
                                     {"retries", OptionType::kInt, 0, "", "", ""},
                                     {"time_zone", OptionType::kString, kOptionOperator, "", "", ""},
                                     {"token", OptionType::kString, kOptionOperator | kOptionSecret, "", "", ""}}}});
  EXPECT_THAT(text, Not(HasSubstr("SECRET")));
  EXPECT_THAT(text, HasSubstr("nats.url = \"nats://u:***@h:4222\"\n"));
  EXPECT_THAT(text, HasSubstr("storage.svc.password = \"***\"\n"));
  EXPECT_THAT(text, HasSubstr("storage.relay.password = \"\"\n"));
  EXPECT_THAT(text, HasSubstr("intake.batch_max = 256\n"));
  EXPECT_THAT(text, HasSubstr("plugins[0].options.redis_url = \"redis://:***@h/0\"\n"));
  EXPECT_THAT(text, HasSubstr("plugins[0].options.retries = 3\n"));
  EXPECT_THAT(text, HasSubstr("plugins[1].options.anything = \"***\"\n"));
  EXPECT_THAT(text, HasSubstr("operators.\"o\".time_zone = \"UTC\"\n"));
  EXPECT_THAT(text, HasSubstr("operators.\"o\".connectors.\"c\".time_zone = \"Asia/Dili\"\n"));
}

}  // namespace
}  // namespace dlrgw::host
