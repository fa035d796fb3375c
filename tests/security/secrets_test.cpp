// SPDX-License-Identifier: Apache-2.0
// Secrets come from the environment or from files, and nothing prints them: not `check`, not a route, not the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Us014Secrets, AreTakenFromFilesAndNeverPrinted) {
  const TempDir dir;
  const AdminKeys keys;
  ScenarioOptions options = with_keys(keys);
  // As systemd's LoadCredential hands them over: a file for each.
  for (const std::string pool : {"SVC", "RELAY", "ADMIN", "PORTAL", "MAINT"}) {
    const std::string variable = "DLRGW_PG_" + pool + "_PASSWORD";
    options.gateway.env[variable] = "";
    options.gateway.env[variable + "_FILE"] = dir.write_file(pool, "from-a-file-" + pool + "\n");
  }
  options.gateway.env["DLRGW_S3_SECRET"] = "s3-secret-of-test";
  options.gateway.env["LOG_LEVEL"] = "debug";
  Scenario s(options);
  const CliResult checked = s.gateway().run_cli({"check", "--config", s.gateway().config_path()});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(s.add_messages(2), "DELIVRD"));
  ASSERT_TRUE(settles(s));
  std::string told = checked.out + checked.err + s.gateway().error_output();
  for (const char* target : {"/v1/admin/pipeline", "/v1/admin/plugins", "/v1/admin/jobs", "/metrics", "/ready"})
    told += admin(s.gateway(), keys, "GET", target).body;
  s.postgres().stop();
  ASSERT_TRUE(eventually([&] { return s.gateway().get("/ready").status == 503; }));
  told += s.gateway().get("/ready").body;
  EXPECT_EQ(s.gateway().terminate(), 0);
  for (const std::string& line : s.gateway().logs()) told += line;
  for (const std::string secret : {"from-a-file", "s3-secret-of-test", "-of-a-private-test-server", "test-DLRGW"})
    EXPECT_THAT(told, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace dlrgw::test
