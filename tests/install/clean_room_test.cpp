// SPDX-License-Identifier: Apache-2.0
// The packages where nothing of ours has ever been: a Debian 12 out of debootstrap. The unit's ExecStart, with its
// environment, takes a receipt there; the servers are outside, as they are for a gateway of production.
#include <filesystem>
#include <fstream>
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
using testing::HasSubstr;

constexpr const char* kState = "/var/lib/dlr-gateway";
constexpr const char* kCredentials = "/run/credentials/dlr-gateway.service";

class CleanRoom : public testing::Test {
 protected:
  void run(const std::vector<std::string>& argv) {
    SpawnOptions options;
    options.argv = argv;
    options.stdout_path = dir_.path() + "/commands.log";
    ASSERT_EQ(run_to_end(options, 600s), 0) << argv.front() << "\n" << read_file(options.stdout_path);
  }
  void install() {
    const std::string debs = dir_.make_dir("debs");
    run({"sh", "-c", "cd \"$0\" && exec \"$1\" -B \"$2\"", DLRGW_BUILD_DIR, DLRGW_CPACK, debs});
    std::vector<std::string> command{DLRGW_CLEAN_ROOM, tree_};
    for (const auto& entry : fs::directory_iterator(debs))
      if (entry.path().extension() == ".deb") command.push_back(entry.path().string());
    ASSERT_EQ(command.size(), 5U) << "three packages";
    run(command);
    // What systemd prepares for the unit: its state directory, and its credentials for its user alone.
    run({"sh", "-c", "install -d -m 0700 -o nobody -g nogroup \"$0\" \"$1\"", tree_ + kState, tree_ + kCredentials});
  }
  // As the unit's user, in the tree, with /proc; ends with the test.
  std::string installed_gateway() {
    const std::string file = dir_.write_file("installed-gateway",
                                             "#!/bin/sh\nexec unshare --mount sh -c 'mount -t proc proc \"$0/proc\" && "
                                             "exec chroot \"$0\" setpriv --reuid nobody --regid nogroup --clear-groups "
                                             "--pdeathsig KILL /usr/bin/dlr-gateway \"$@\"' " +
                                                 tree_ + " \"$@\"\n");
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
  // Environment= of the unit with %S and %d as systemd fills them in; the passwords go where LoadCredential puts them.
  std::map<std::string, std::string> unit_environment(const std::string& unit) {
    std::map<std::string, std::string> env;
    const std::regex line("\nEnvironment=([A-Z_]+)=([^\n]*)");
    for (std::sregex_iterator it(unit.begin(), unit.end(), line), end; it != end; ++it) {
      std::string value = std::regex_replace((*it)[2].str(), std::regex("%S"), "/var/lib");
      env[(*it)[1]] = std::regex_replace(value, std::regex("%d"), kCredentials);
    }
    for (auto& [name, value] : std::map(env)) {
      const auto suffix = name.find("_FILE");
      if (suffix == std::string::npos || name == "DLRGW_NATS_PASSWORD_FILE") continue;
      const std::string variable = name.substr(0, suffix);
      std::ofstream(tree_ + value) << "test-" << variable << "\n";  // as the harness names them
      env[variable] = "";
    }
    env["DLRGW_NATS_PASSWORD_FILE"] = "";  // the harness's URL carries user and password
    env["DLRGW_PLUGIN_DIR"] = "";          // the installed ones
    return env;
  }

  TempDir dir_;
  const std::string tree_ = dir_.path() + "/debian";
};

TEST_F(CleanRoom, TheInstalledGatewayTakesAReceipt) {
  ASSERT_NO_FATAL_FAILURE(install());
  const std::string unit = read_file(tree_ + "/lib/systemd/system/dlr-gateway.service");
  ASSERT_THAT(unit, HasSubstr("\nExecStart=/usr/bin/dlr-gateway run --config /etc/dlr-gateway/gateway.toml\n"));
  ScenarioOptions options;
  options.gateway.env = unit_environment(unit);
  EXPECT_EQ(options.gateway.env.at("DLRGW_STATE_DIR"), kState);
  EXPECT_EQ(options.gateway.env.at("DLRGW_PG_SVC_PASSWORD_FILE"), std::string(kCredentials) + "/pg-svc");
  ASSERT_NO_FATAL_FAILURE(run({"chown", "-R", "nobody:nogroup", tree_ + kCredentials}));
  options.gateway.binary = installed_gateway();
  options.gateway.config_path = "/etc/dlr-gateway/gateway.toml";
  Scenario s(options);  // migrates and provisions with the installed program
  const CliResult checked = s.gateway().run_cli({"check", "--config", s.gateway().config_path()});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(1);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status().at("DELIVERED"), 1);
  EXPECT_EQ(s.events_by_message("billing.events").at(messages[0].message_id), 1);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

}  // namespace
}  // namespace dlrgw::test
