// SPDX-License-Identifier: Apache-2.0
// config/gateway.toml loads as shipped, and shows every key of the table.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_keys.hpp"
#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

const EnvLookup kNoEnvironment = [](const std::string&) { return std::optional<std::string>(); };

std::string shipped_text() {
  std::ifstream in(DLRGW_SHIPPED_CONFIG);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(ShippedConfig, LoadsWithoutAnyEnvironment) {
  const auto loaded = load_config(DLRGW_SHIPPED_CONFIG, kNoEnvironment);
  for (const ConfigError& error : loaded.errors) ADD_FAILURE() << to_string(error);
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded.config->pipeline.stages, ::testing::ElementsAre("normalise", "dedup.fingerprint", "correlate",
                                                                     "dedup.replay", "segments", "outbox"));
  EXPECT_EQ(loaded.config->plugins.size(), 6U);
}

TEST(ShippedConfig, ItsValuesAreTheDefaults) {
  const auto shipped = load_config(DLRGW_SHIPPED_CONFIG, kNoEnvironment);
  ASSERT_TRUE(shipped);
  const auto bare = parse_config("[pipeline]\nstages = [\"a\"]\n", "bare", kNoEnvironment);
  ASSERT_TRUE(bare);
  Config left = *shipped.config;
  Config right = *bare.config;
  for (const ConfigKey& key : config_keys()) {
    // The chain and its subjects belong to the plugins: the host has no default for them.
    if (key.path.starts_with("plugins[]") || key.path == "pipeline.stages" || key.path == "nats.outbound") continue;
    std::visit(
        [&](auto* value) {
          const auto* other = std::get<decltype(value)>(key.field(right, 0));
          EXPECT_EQ(*value, *other) << key.path;
        },
        key.field(left, 0));
  }
}

TEST(ShippedConfig, ShowsEveryKey) {
  const auto shipped = load_config(DLRGW_SHIPPED_CONFIG, kNoEnvironment);
  ASSERT_TRUE(shipped);
  const std::string text = shipped_text();
  for (const ConfigKey& key : config_keys()) {
    const std::string_view name = key.path.substr(key.path.rfind('.') + 1);
    EXPECT_THAT(text, ::testing::HasSubstr("\n" + std::string(name) + " = ")) << key.path;
  }
}

TEST(ShippedConfig, TakesTheAgreedEnvironment) {
  const std::string text = shipped_text();
  for (const char* name : {"DLRGW_NATS_URL",           "DLRGW_PG",
                           "DLRGW_PG_SVC_PASSWORD",    "DLRGW_PG_SVC_PASSWORD_FILE",
                           "DLRGW_PG_RELAY_PASSWORD",  "DLRGW_PG_RELAY_PASSWORD_FILE",
                           "DLRGW_PG_ADMIN_PASSWORD",  "DLRGW_PG_ADMIN_PASSWORD_FILE",
                           "DLRGW_PG_PORTAL_PASSWORD", "DLRGW_PG_PORTAL_PASSWORD_FILE",
                           "DLRGW_PG_MAINT_PASSWORD",  "DLRGW_PG_MAINT_PASSWORD_FILE",
                           "DLRGW_REDIS_URL",          "DLRGW_HTTP_LISTEN",
                           "DLRGW_ADMIN_LISTEN",       "DLRGW_STATE_DIR",
                           "DLRGW_PLUGIN_DIR",         "DLRGW_REPLICA",
                           "DLRGW_SHUTDOWN_TIMEOUT",   "DLRGW_JWKS_FILE",
                           "DLRGW_JWT_ISSUER",         "DLRGW_JWT_AUDIENCE",
                           "DLRGW_S3_ENDPOINT",        "DLRGW_S3_BUCKET",
                           "DLRGW_S3_REGION",          "DLRGW_S3_KEY_ID",
                           "DLRGW_S3_SECRET",          "LOG_LEVEL"})
    EXPECT_THAT(text, ::testing::ContainsRegex("[$][{]" + std::string(name) + "(:-[^}]*)?[}]")) << name;
}

}  // namespace
}  // namespace dlrgw::host
