// SPDX-License-Identifier: Apache-2.0
// The packages where nothing of ours has ever been: a Debian out of debootstrap. The unit's ExecStart, with its
// environment, takes a receipt there, and an author goes from new-plugin to a plugin that takes part in traffic with
// every template; the servers are outside, as they are for a gateway of production.
#include <filesystem>
#include <fstream>
#include <regex>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "install/authors_project.hpp"
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
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root makes a clean room";
    if (!fs::exists("/usr/sbin/debootstrap")) GTEST_SKIP() << "debootstrap is not installed: apt install debootstrap";
  }
  void run(const std::vector<std::string>& argv, const std::vector<std::string>& env = {}) {
    SpawnOptions options;
    options.argv = argv;
    options.env = env;
    options.stdout_path = dir_.path() + "/" + std::to_string(++commands_) + ".log";
    const int code = run_to_end(options, 1800s);
    said_ = read_file(options.stdout_path);
    ASSERT_EQ(code, 0) << argv.front() << "\n" << said_;
  }
  // Typed by root in the tree, with nothing of this machine in the environment.
  void typed(const std::string& commands) {
    run({"unshare", "--mount", "sh", "-c", "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" sh -ec \"$1\"", tree_,
         commands},
        {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "DEBIAN_FRONTEND=noninteractive"});
  }
  std::string packages() {
    const std::string debs = dir_.make_dir("debs");
    run({"sh", "-c", "cd \"$0\" && exec \"$1\" -B \"$2\"", DLRGW_BUILD_DIR, DLRGW_CPACK, debs});
    return debs;
  }
  void install() {
    const std::string debs = packages();
    std::vector<std::string> command{DLRGW_SOURCE_DIR "/scripts/parts/debian-tree", tree_};
    for (const auto& entry : fs::directory_iterator(debs))
      if (entry.path().extension() == ".deb") command.push_back(entry.path().string());
    ASSERT_EQ(command.size(), 5U) << "three packages";
    ASSERT_NO_FATAL_FAILURE(run(command));
    new_state();
  }
  // What systemd prepares for the unit: its state directory, and its credentials for its user alone.
  void new_state() {
    fs::remove_all(tree_ + kState);
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

  // The installed gateway on that configuration, as the unit starts it.
  ScenarioOptions as_the_unit(const std::string& config_path) {
    const std::string unit = read_file(tree_ + "/lib/systemd/system/dlr-gateway.service");
    EXPECT_THAT(unit, HasSubstr("\nExecStart=/usr/bin/dlr-gateway run --config /etc/dlr-gateway/gateway.toml\n"));
    ScenarioOptions options;
    options.gateway.env = unit_environment(unit);
    run({"chown", "-R", "nobody:nogroup", tree_ + kCredentials});
    options.gateway.binary = installed_gateway();
    options.gateway.config_path = config_path;
    return options;
  }
  // From new-plugin to traffic; in the tree below /srv.
  void goes_live(const ProjectKind& of) {
    const std::string home = "/srv/" + of.kind + "-" + of.lang, folder = home + "/mno-zeta";
    fs::create_directories(tree_ + home);
    ASSERT_NO_FATAL_FAILURE(
        typed("cd " + home + "; dlr-gateway new-plugin mno-zeta --kind " + of.kind + " --lang " + of.lang));
    ASSERT_NO_FATAL_FAILURE(typed("cd " + home + "\n" + AuthorsProject::printed_steps(said_)));
    EXPECT_THAT(said_, HasSubstr("100% tests passed"));
    const AuthorsProject project(of, tree_ + folder, folder);
    ASSERT_NO_FATAL_FAILURE(typed("cd " + folder + "\n" + project.block("sh")));
    const std::string config = "/etc/dlr-gateway/" + of.kind + "-" + of.lang + ".toml", jwks = "/etc/dlr-gateway/jwks";
    std::ofstream(tree_ + config) << project.config();
    ASSERT_NO_FATAL_FAILURE(new_state());
    ScenarioOptions options = as_the_unit(config);
    keys_.enter(options.gateway);
    fs::copy_file(options.gateway.env.at("DLRGW_JWKS_FILE"), tree_ + jwks, fs::copy_options::overwrite_existing);
    options.gateway.env["DLRGW_JWKS_FILE"] = jwks;
    Scenario s(std::move(options));
    project.expect_serves(s, keys_);
  }

  TempDir dir_;
  AdminKeys keys_;
  std::string said_;  // by the last command
  int commands_ = 0;
  const std::string tree_ = dir_.path() + "/debian";
};

void expect_takes_a_receipt(Scenario& s) {
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

TEST_F(CleanRoom, TheInstalledGatewayTakesAReceipt) {
  ASSERT_NO_FATAL_FAILURE(install());
  const ScenarioOptions options = as_the_unit("/etc/dlr-gateway/gateway.toml");
  EXPECT_EQ(options.gateway.env.at("DLRGW_STATE_DIR"), kState);
  EXPECT_EQ(options.gateway.env.at("DLRGW_PG_SVC_PASSWORD_FILE"), std::string(kCredentials) + "/pg-svc");
  Scenario s(options);  // migrates and provisions with the installed program
  expect_takes_a_receipt(s);
}

// As a container runs it: the image's own user, command and environment, and nothing but the state can be written.
TEST_F(CleanRoom, TheImageTakesAReceipt) {
  if (!fs::exists("/usr/bin/umoci")) GTEST_SKIP() << "umoci is not installed: apt install umoci";
  const std::string image = dir_.path() + "/image.tar", layout = dir_.make_dir("layout");
  const std::string bundle = dir_.path() + "/bundle", tree = bundle + "/rootfs";
  ASSERT_NO_FATAL_FAILURE(run({DLRGW_SOURCE_DIR "/scripts/image", "--packages", packages(), image}));
  ASSERT_NO_FATAL_FAILURE(run({"tar", "-C", layout, "-xf", image}));
  ASSERT_NO_FATAL_FAILURE(
      run({"sh", "-ec", "umoci unpack --image \"$0:$(umoci ls --layout \"$0\")\" \"$1\"", layout, bundle}));
  const std::string process = json_field(read_file(bundle + "/config.json"), "process");
  EXPECT_THAT(json_field(process, "user"), HasSubstr(R"("uid":10001,"gid":10001)"));
  EXPECT_EQ(json_field(process, "args"),
            R"(["/usr/bin/dlr-gateway","run","--config","/etc/dlr-gateway/gateway.toml"])");
  EXPECT_EQ(json_field(process, "cwd"), kState);
  EXPECT_THAT(json_field(process, "env"), HasSubstr("DLRGW_ADMIN_LISTEN=0.0.0.0:9090"));

  const std::string contained = dir_.write_file(
      "contained",
      "#!/bin/sh\nexec unshare --mount sh -ec 'mount --bind \"$0\" \"$0\"; mount -o remount,ro,bind \"$0\"\n"
      "mount -t proc proc \"$0/proc\"; mount -t tmpfs -o mode=0700,uid=10001,gid=10001 state \"$0" +
          std::string(kState) +
          "\"\nexec chroot \"$0\" setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set "
          "-all "
          "--pdeathsig KILL /usr/bin/dlr-gateway \"$@\"' " +
          tree + " \"$@\"\n");
  fs::permissions(contained, fs::perms::owner_all);
  ScenarioOptions options;
  options.gateway.binary = contained;
  options.gateway.config_path = "/etc/dlr-gateway/gateway.toml";
  options.gateway.env = {{"DLRGW_PLUGIN_DIR", ""}, {"DLRGW_STATE_DIR", kState}};
  Scenario s(std::move(options));
  expect_takes_a_receipt(s);
}

// With what the package of the SDK recommends and suggests, and make, which Debian's cmake recommends in its turn.
TEST_F(CleanRoom, EachTemplateOfEachLanguageGoesLive) {
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_NO_FATAL_FAILURE(
      typed("apt-get -qq install -y --no-install-recommends make $(dpkg-query -W -f '${Recommends}, ${Suggests}' "
            "dlr-gateway-sdk-dev | tr -d ',')"));
  for (const ProjectKind& of : {ProjectKind{"quirk", "cpp"}, ProjectKind{"quirk", "c"}, ProjectKind{"quirk", "rust"},
                                ProjectKind{"stage", "cpp"}, ProjectKind{"stage", "c"}, ProjectKind{"stage", "rust"},
                                ProjectKind{"route-job", "cpp"}, ProjectKind{"route-job", "c"}}) {
    SCOPED_TRACE(of.kind + " in " + of.lang);
    ASSERT_NO_FATAL_FAILURE(goes_live(of));
  }
}

}  // namespace
}  // namespace dlrgw::test
