// SPDX-License-Identifier: Apache-2.0
// A plugin reads its values and its operators, and refuses a value while it is created.
#include <gmock/gmock.h>

#include <dlrgw/abi/config.h>

#include "boundary/testing/services_fixture.hpp"
#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ConfigService : public ServicesFixture {
 protected:
  ConfigService() : ServicesFixture({}) {
    const auto loaded = parse_config(R"([pipeline]
stages = ["a"]
[[plugins]]
file = "p.so"
[plugins.options]
url = "redis://x"
retries = 3
ratio = 0.25
strict = false
window = "90s"
tags = ["x", "y"]
[operators."mno-b"]
zone = "Europe/Berlin"
[operators."mno-a".connectors."smsc-1"]
zone = "Asia/Tokyo"
)",
                                     "g.toml", [](const std::string&) { return std::nullopt; });
    EXPECT_TRUE(loaded) << to_string(loaded.errors.front());
    using enum OptionType;
    std::vector<ConfigError> errors;
    context_.options = OptionValues::build({loaded.config->file, "p.so", loaded.config->plugins[0].at,
                                            &loaded.config->plugins[0].options, loaded.config->operators},
                                           {{"url", kString, 0, "", "", ""},
                                            {"retries", kInt, 0, "", "", ""},
                                            {"ratio", kFloat, 0, "", "", ""},
                                            {"strict", kBool, 0, "", "", ""},
                                            {"window", kDuration, 0, "", "", ""},
                                            {"tags", kStringList, 0, "", "", ""},
                                            {"optional", kString, 0, "", "", ""},
                                            {"zone", kString, kOptionOperator, "UTC", "", ""}},
                                           errors);
    EXPECT_THAT(errors, SizeIs(0)) << to_string(errors.front());
  }
  const dlrgw_config& config() { return service<dlrgw_config>(DLRGW_SERVICE_CONFIG); }
};

TEST_F(ConfigService, EachTypeIsReadAsItself) {
  const dlrgw_config& c = config();
  dlrgw_str s{};
  std::int64_t i = 0;
  double f = 0;
  std::int32_t b = 9;
  std::uint32_t n = 0;
  ASSERT_EQ(c.get_string(c.self, {}, text("url"), &s), DLRGW_OK);
  EXPECT_EQ(string(s), "redis://x");
  ASSERT_EQ(c.get_int(c.self, {}, text("retries"), &i), DLRGW_OK);
  EXPECT_EQ(i, 3);
  ASSERT_EQ(c.get_float(c.self, {}, text("ratio"), &f), DLRGW_OK);
  EXPECT_EQ(f, 0.25);
  ASSERT_EQ(c.get_bool(c.self, {}, text("strict"), &b), DLRGW_OK);
  EXPECT_EQ(b, 0);
  ASSERT_EQ(c.get_duration_us(c.self, {}, text("window"), &i), DLRGW_OK);
  EXPECT_EQ(i, 90'000'000);
  ASSERT_EQ(c.get_size(c.self, {}, text("tags"), &n), DLRGW_OK);
  ASSERT_EQ(n, 2U);
  dlrgw_str name{};
  ASSERT_EQ(c.get_entry(c.self, {}, text("tags"), 1, &name, &s), DLRGW_OK);
  EXPECT_EQ(string(s), "y");
  EXPECT_EQ(c.get_entry(c.self, {}, text("tags"), 2, &name, &s), DLRGW_E_NOT_FOUND);
}

TEST_F(ConfigService, WhatIsUnsetIsNotFoundAndWhatIsUndeclaredOfAnotherTypeOrNowhereToGoIsInvalid) {
  const dlrgw_config& c = config();
  dlrgw_str s{};
  std::int64_t i = 0;
  EXPECT_EQ(c.get_string(c.self, {}, text("optional"), &s), DLRGW_E_NOT_FOUND);
  EXPECT_EQ(c.get_string(c.self, {}, text("unheard_of"), &s), DLRGW_E_INVALID);
  EXPECT_EQ(c.get_int(c.self, {}, text("url"), &i), DLRGW_E_INVALID);
  EXPECT_EQ(c.get_string(c.self, {}, text("url"), nullptr), DLRGW_E_INVALID);
  EXPECT_EQ(c.get_int(c.self, {}, text("retries"), nullptr), DLRGW_E_INVALID);
  EXPECT_EQ(c.get_entry(c.self, {}, text("tags"), 0, nullptr, &s), DLRGW_E_INVALID);
}

TEST_F(ConfigService, AnOperatorsValueIsItsConnectorsThenItsOwnThenTheDefault) {
  const dlrgw_config& c = config();
  const auto zone = [&](std::string_view of) {
    dlrgw_str s{};
    EXPECT_EQ(c.get_string(c.self, text(of), text("zone"), &s), DLRGW_OK) << of;
    return string(s);
  };
  EXPECT_EQ(zone("mno-b"), "Europe/Berlin");
  EXPECT_EQ(zone("mno-a/smsc-1"), "Asia/Tokyo");
  EXPECT_EQ(zone("mno-a/smsc-2"), "UTC");
  EXPECT_EQ(zone("mno-unheard-of"), "UTC");

  ASSERT_EQ(c.operator_count(c.self), 2U);
  dlrgw_str id{};
  ASSERT_EQ(c.operator_at(c.self, 0, &id), DLRGW_OK);
  EXPECT_EQ(string(id), "mno-b") << "in the order of the file";
  EXPECT_EQ(c.operator_at(c.self, 2, &id), DLRGW_E_NOT_FOUND);
  EXPECT_EQ(c.operator_at(c.self, 0, nullptr), DLRGW_E_INVALID);
  EXPECT_EQ(c.connector_count(c.self, text("mno-b")), 0U);
  ASSERT_EQ(c.connector_count(c.self, text("mno-a")), 1U);
  ASSERT_EQ(c.connector_at(c.self, text("mno-a"), 0, &id), DLRGW_OK);
  EXPECT_EQ(string(id), "smsc-1");
  EXPECT_EQ(c.connector_at(c.self, text("mno-a"), 1, &id), DLRGW_E_NOT_FOUND);
  EXPECT_EQ(c.connector_at(c.self, text("mno-a"), 0, nullptr), DLRGW_E_INVALID);
}

TEST_F(ConfigService, AValueIsRefusedAtItsPlaceDuringCreateOnly) {
  const dlrgw_config& c = config();
  ASSERT_EQ(c.refuse(c.self, text("mno-b"), text("zone"), {}, text("no such zone")), DLRGW_OK);
  ASSERT_THAT(context_.refused, SizeIs(1));
  const std::string told = to_string(context_.refused[0]);
  for (const char* part : {"g.toml:13", "mno-b", "zone", "no such zone"}) EXPECT_THAT(told, HasSubstr(part));
  context_.creating = false;
  EXPECT_EQ(c.refuse(c.self, text("mno-b"), text("zone"), {}, text("no such zone")), DLRGW_E_DENIED);
  EXPECT_THAT(context_.refused, SizeIs(1));
}

}  // namespace
}  // namespace dlrgw::host
