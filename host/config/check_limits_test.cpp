// SPDX-License-Identifier: Apache-2.0
#include "config/check_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is found in a file whose plugin may ask for `retries`, 2 by default.
std::vector<std::string> found(const std::string& intake, const std::string& options) {
  const auto loaded = parse_config("[intake]\n" + intake + "\n[[plugins]]\nfile = \"a.so\"\n[plugins.options]\n" +
                                       options + "\n[pipeline]\nstages = [\"a\"]\n",
                                   "g.toml", [](const std::string&) { return std::optional<std::string>(); });
  EXPECT_TRUE(loaded) << to_string(loaded.errors.front());
  const Config& config = *loaded.config;
  std::vector<ConfigError> errors;
  const OptionValues values = OptionValues::build(
      {"g.toml", "a", config.plugins[0].at, &config.plugins[0].options, config.operators},
      {{"retries", OptionType::kInt, kOptionRetries, "2", "", ""}, {"other", OptionType::kInt, 0, "9", "", ""}},
      errors);
  EXPECT_THAT(errors, IsEmpty());
  std::vector<std::string> out;
  for (const ConfigError& finding : check_retries(config, values)) out.push_back(to_string(finding));
  return out;
}

TEST(CheckRetries, AsManyAsTheHostAllowsAreRight) {
  EXPECT_THAT(found("", ""), IsEmpty());
  EXPECT_THAT(found("max_retries = 3", "retries = 3"), IsEmpty());
}

TEST(CheckRetries, MoreAreRefusedWithBothPositions) {
  EXPECT_THAT(found("max_retries = 3", "retries = 4"),
              ElementsAre("g.toml:6:11: plugins.options.retries: is 4, but intake.max_retries (g.toml:2:15) is 3: a "
                          "receipt would be rejected before it has been tried that often; raise the one or lower the "
                          "other"));
}

TEST(CheckRetries, ADefaultIsRefusedWhereTheOtherStands) {
  EXPECT_THAT(found("max_retries = 1", ""),
              ElementsAre("g.toml:2:15: plugins.options.retries: is 2, but intake.max_retries (g.toml:2:15) is 1: a "
                          "receipt would be rejected before it has been tried that often; raise the one or lower the "
                          "other"));
  EXPECT_THAT(found("", "retries = 21"),
              ElementsAre("g.toml:6:11: plugins.options.retries: is 21, but intake.max_retries (its default) is 20: a "
                          "receipt would be rejected before it has been tried that often; raise the one or lower the "
                          "other"));
}

}  // namespace
}  // namespace dlrgw::host
