// SPDX-License-Identifier: Apache-2.0
// What is handed to an administrator: the Debian packages, unpacked and run; the unit's sandbox; the page of all keys.
#include <filesystem>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Packages : public testing::Test {
 protected:
  // What the command wrote; fails the test unless it ends with 0.
  std::string run(const std::vector<std::string>& argv, std::vector<std::string> env = {}) {
    SpawnOptions options;
    options.argv = argv;
    options.env = std::move(env);
    options.stdout_path = dir_.path() + "/" + std::to_string(++commands_) + ".log";
    EXPECT_EQ(run_to_end(options, 240s), 0) << argv.front() << "\n" << read_file(options.stdout_path);
    return read_file(options.stdout_path);
  }
  void make() {
    run({"sh", "-c", "cd \"$0\" && exec \"$1\" -B \"$2\"", DLRGW_BUILD_DIR, DLRGW_CPACK, dir_.path()});
    for (const auto& entry : fs::directory_iterator(dir_.path())) {
      const std::string file = entry.path().string();
      if (!file.ends_with(".deb")) continue;
      const std::string name = entry.path().filename().string();
      files_[name.substr(0, name.find('_'))] = file;
    }
  }
  std::string field(const std::string& package, const std::string& name) {
    return run({"dpkg-deb", "--field", files_.at(package), name});
  }

  TempDir dir_;
  int commands_ = 0;
  std::map<std::string, std::string> files_;
};

TEST_F(Packages, ThreeThatUnpackIntoAGatewayThatTakesAReceipt) {
  make();
  ASSERT_THAT(files_, testing::SizeIs(3));
  for (const char* package : {"dlr-gateway", "dlr-gateway-plugins", "dlr-gateway-sdk-dev"})
    ASSERT_TRUE(files_.contains(package)) << package;
  EXPECT_THAT(field("dlr-gateway", "Provides"), HasSubstr("dlr-gateway-abi-1"));
  EXPECT_THAT(field("dlr-gateway", "Depends"), testing::AllOf(HasSubstr("libpqxx"), HasSubstr("tzdata")));
  EXPECT_THAT(field("dlr-gateway-plugins", "Depends"),
              testing::AllOf(HasSubstr("dlr-gateway-abi-1"), HasSubstr("libhiredis")));
  EXPECT_THAT(run({"dpkg-deb", "--info", files_.at("dlr-gateway"), "conffiles"}),
              HasSubstr("/etc/dlr-gateway/gateway.toml"));

  const std::string root = dir_.make_dir("root");
  for (const auto& [package, file] : files_) run({"dpkg-deb", "--extract", file, root});
  for (const char* path :
       {"usr/bin/dlr-gateway", "etc/dlr-gateway/gateway.toml", "lib/systemd/system/dlr-gateway.service",
        "usr/lib/dlr-gateway/plugins/dlrgw_outbox.so", "usr/include/dlrgw/plugin.hpp",
        "usr/lib/cmake/DlrGatewaySdk/DlrGatewaySdkConfig.cmake", "usr/share/doc/dlr-gateway/docs/runbook.md",
        "usr/share/doc/dlr-gateway/sdk/README.md", "usr/share/dlr-gateway/prometheus/alerts.yml"})
    EXPECT_TRUE(fs::exists(root + "/" + path)) << path;

  // The unit's ExecStart, below that root, on real servers.
  ScenarioOptions options;
  options.gateway.binary = root + "/usr/bin/dlr-gateway";
  options.gateway.plugin_dir = root + "/usr/lib/dlr-gateway/plugins";
  options.gateway.config_path = root + "/etc/dlr-gateway/gateway.toml";
  Scenario s(options);
  const CliResult checked = s.gateway().run_cli({"check", "--config", s.gateway().config_path()});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(1);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 1);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(Unit, ItsSandboxLeavesLittleExposed) {
  const TempDir dir;
  SpawnOptions analyze;
  analyze.argv = {"systemd-analyze", "security", "--offline=true", "--no-pager",
                  DLRGW_SOURCE_DIR "/config/systemd/dlr-gateway.service"};
  analyze.env = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"};
  analyze.stdout_path = dir.path() + "/out";
  ASSERT_EQ(run_to_end(analyze), 0) << read_file(analyze.stdout_path);
  const std::string said = read_file(analyze.stdout_path);
  std::smatch level;
  ASSERT_TRUE(std::regex_search(said, level, std::regex("Overall exposure level[^:]*: ([0-9.]+)"))) << said;
  EXPECT_LE(std::stod(level[1]), 2.0);
}

TEST(ConfigurationPage, IsWhatTheTablesSay) {
  Servers servers;
  const GatewayProcess gateway(servers);
  const CliResult page = gateway.run_cli({"check", "--keys", "--config", gateway.config_path()});
  ASSERT_EQ(page.exit_code, 0) << page.err;
  EXPECT_EQ(page.out, read_file(DLRGW_SOURCE_DIR "/docs/configuration.md"))
      << "write it anew: dlr-gateway check --keys > docs/configuration.md";
}

}  // namespace
}  // namespace dlrgw::test
