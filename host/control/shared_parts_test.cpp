// SPDX-License-Identifier: Apache-2.0
#include "control/shared_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

Config configured() {
  Config config;
  config.gateway.instance = "gateway-3";
  config.storage.dsn = "host=db dbname=dlr";
  config.storage.synchronous_commit = "remote_apply";
  for (const std::string_view name : StorageConfig::kPools)
    *config.storage.pool(name) = {"dlr_" + std::string(name), "secret of " + std::string(name), {}, 3};
  return config;
}

TEST(PoolConfig, IsOfItsOwnUserAndNamesInstanceAndPool) {
  const Config config = configured();
  const PoolConfig maint = pool_config(config, "maint");
  EXPECT_EQ(maint.name, "maint");
  EXPECT_EQ(maint.dsn, "host=db dbname=dlr");
  EXPECT_EQ(maint.user, "dlr_maint");
  EXPECT_EQ(maint.password, "secret of maint");
  EXPECT_EQ(maint.size, 3U);
  EXPECT_EQ(maint.application_name, "dlr-gateway gateway-3 maint");
}

TEST(PoolConfig, OnlyTheRelayMayCommitWithLessThanWhatIsConfigured) {
  const Config config = configured();
  for (const std::string_view name : StorageConfig::kPools) {
    const auto session = pool_config(config, name).session;
    ASSERT_EQ(session.size(), name == "relay" ? 0U : 1U) << name;
    if (session.empty()) continue;
    EXPECT_EQ(session[0].name, "synchronous_commit");
    EXPECT_EQ(session[0].value, "remote_apply");
  }
}

TEST(SharedParts, HaveEveryPoolWithoutTouchingAServer) {
  const Config config = configured();
  Logger logger("test", Level::kError);
  SharedParts parts(config, logger);
  EXPECT_EQ(parts.services.pools.size(), StorageConfig::kPools.size());
  for (const std::string_view name : StorageConfig::kPools)
    EXPECT_EQ(parts.services.pools.find(name)->second, &parts.pool(name)) << name;
  EXPECT_EQ(parts.services.control, nullptr) << "nothing runs yet";
}

}  // namespace
}  // namespace dlrgw::host
