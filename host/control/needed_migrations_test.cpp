// SPDX-License-Identifier: Apache-2.0
#include "control/needed_migrations.hpp"

#include <gtest/gtest.h>

#include "support/version.hpp"

namespace dlrgw::host {
namespace {

TEST(NeededMigrations, TheHostsFirstThenEachPluginsWithItsVersion) {
  PluginInfo acme;
  acme.id = "acme";
  acme.version = "1.4.0";
  acme.migrations = {{MigrationKind::kTables, "010_a", "CREATE TABLE a ()"},
                     {MigrationKind::kViews, "v", "CREATE VIEW v"}};
  const std::vector<Migration> needed = needed_migrations(std::vector{acme});
  const std::size_t hosts = host_migrations().size();
  ASSERT_EQ(needed.size(), hosts + 2);
  EXPECT_EQ(needed.front().owner, "host");
  EXPECT_EQ(needed.front().version, kVersion);
  EXPECT_EQ(needed[hosts].owner, "acme");
  EXPECT_EQ(needed[hosts].name, "010_a");
  EXPECT_FALSE(needed[hosts].is_view);
  EXPECT_EQ(needed[hosts + 1].version, "1.4.0");
  EXPECT_TRUE(needed[hosts + 1].is_view);
}

}  // namespace
}  // namespace dlrgw::host
