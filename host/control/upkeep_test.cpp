// SPDX-License-Identifier: Apache-2.0
#include "control/upkeep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/shared_parts.hpp"

namespace dlrgw::host {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class UpkeepTest : public testing::Test {
 protected:
  std::shared_ptr<PluginInstance> make(std::int64_t retention_days) {
    config_.file = "g.toml";
    config_.storage.retention_days = retention_days;
    return make_upkeep(config_, parts_.services, parts_.plugin_errors, errors_);
  }

  Config config_;
  Logger logger_{"test", Level::kError};
  SharedParts parts_{config_, logger_};
  std::vector<std::string> errors_;
};

TEST_F(UpkeepTest, IsAPluginOfTheHostWithTwoJobsOfOneGatewayEach) {
  const auto upkeep = make(30);
  ASSERT_NE(upkeep, nullptr) << errors_.front();
  EXPECT_EQ(upkeep->identity().id, kHostPlugin);
  std::vector<std::string> names;
  for (const auto& job : upkeep->jobs()) {
    names.push_back(job.contribution.name);
    EXPECT_NE(job.contribution.table.flags & DLRGW_JOB_SINGLETON, 0U) << names.back();
  }
  EXPECT_THAT(names, ElementsAre("host.retention", "host.intake_clock"));
  EXPECT_THAT(upkeep->stages(), SizeIs(0));
}

TEST_F(UpkeepTest, HeldReceiptsAreNeverDeletedForTheirAge) {
  const auto upkeep = make(30);
  ASSERT_NE(upkeep, nullptr) << errors_.front();
  ASSERT_TRUE(upkeep->seal(0, nullptr));
  std::vector<std::string> deletions;
  for (const Statement& statement : upkeep->statements())
    if (statement.sql().find("DELETE FROM dlr.invalid_dlrs") != std::string::npos) deletions.push_back(statement.sql());
  ASSERT_THAT(deletions, SizeIs(1));
  EXPECT_THAT(deletions, Contains(HasSubstr("kind <> 'held'")));
}

}  // namespace
}  // namespace dlrgw::host
