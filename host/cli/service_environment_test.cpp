// SPDX-License-Identifier: Apache-2.0
#include "cli/service_environment.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/scratch_dir.hpp"

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(ServiceEnvironment, LinesAreReadAsTheServiceManagerReadsThem) {
  EXPECT_THAT(
      environment_lines("# comment\n; too\n\nA=1\n B = two words \r\nC=\"x=y\"\nD='q'\nE=\n=no\nno line\nF=\"open"),
      ElementsAre(Pair("A", "1"), Pair("B", "two words"), Pair("C", "x=y"), Pair("D", "q"), Pair("E", ""),
                  Pair("F", "\"open")));
}

TEST(ServiceEnvironment, SetsWhatIsNotSetYet) {
  ScratchDir dir;
  const std::filesystem::path folder = dir.path();
  std::filesystem::create_directory(folder / "credentials");
  std::ofstream(folder / "environment")
      << "SERVICE_TEST_NEW=file\nSERVICE_TEST_OLD=file\nDLRGW_PG_RELAY_PASSWORD=given\n";
  for (const char* name : {"pg-svc", "pg-relay"}) std::ofstream(folder / "credentials" / name) << "secret";
  for (const char* name : {"SERVICE_TEST_NEW", "DLRGW_PG_SVC_PASSWORD_FILE", "DLRGW_PG_SVC_PASSWORD",
                           "DLRGW_PG_RELAY_PASSWORD_FILE", "DLRGW_PG_RELAY_PASSWORD", "DLRGW_NATS_PASSWORD_FILE"})
    ::unsetenv(name);
  ::setenv("SERVICE_TEST_OLD", "set", 1);
  take_service_environment(folder);
  EXPECT_STREQ(std::getenv("SERVICE_TEST_NEW"), "file");
  EXPECT_STREQ(std::getenv("SERVICE_TEST_OLD"), "set");
  EXPECT_EQ(std::getenv("DLRGW_PG_SVC_PASSWORD_FILE"), (folder / "credentials" / "pg-svc").string());
  EXPECT_EQ(std::getenv("DLRGW_PG_RELAY_PASSWORD_FILE"), nullptr) << "the password itself is given";
  EXPECT_EQ(std::getenv("DLRGW_NATS_PASSWORD_FILE"), nullptr) << "there is no such file";
  take_service_environment(folder / "nowhere");
}

}  // namespace
}  // namespace dlrgw::host
