// SPDX-License-Identifier: Apache-2.0
// The packages where nothing of ours has ever been: a Debian out of debootstrap. The unit's ExecStart, with its
// environment, takes a receipt there, and an author goes from new-plugin to a plugin that takes part in traffic with
// every template; the servers are outside, as they are for a gateway of production.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "install/authors_project.hpp"
#include "support/child_process.hpp"
#include "support/port_lease.hpp"
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
  // What systemd gives the service: Environment= of its unit, its credentials, and EnvironmentFile=.
  std::vector<std::string> started_by_systemd() {
    const std::string unit = read_file(tree_ + "/lib/systemd/system/dlr-gateway.service");
    std::vector<std::string> env{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    const std::regex line("\n(Environment|LoadCredential)=([^\n]*)"), setting("([A-Z_]+)=\"?([^\n\"]*)\"?\n");
    for (std::sregex_iterator it(unit.begin(), unit.end(), line), end; it != end; ++it) {
      const std::string value = (*it)[2];
      const std::size_t colon = value.find(':');
      if ((*it)[1] == "Environment")
        env.push_back(std::regex_replace(std::regex_replace(value, std::regex("%S"), "/var/lib"), std::regex("%d"),
                                         kCredentials));
      else
        fs::copy_file(tree_ + value.substr(colon + 1), tree_ + kCredentials + "/" + value.substr(0, colon));
    }
    // It gives its user the state directory with what commands of root have left there.
    run({"chown", "-R", "nobody:nogroup", tree_ + kCredentials, tree_ + kState});
    const std::string file = read_file(tree_ + "/etc/dlr-gateway/environment");
    for (std::sregex_iterator it(file.begin(), file.end(), setting), end; it != end; ++it)
      env.push_back((*it)[1].str() + "=" + (*it)[2].str());
    return env;
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

// Each block of commands of a page, between two of its headings.
std::vector<std::string> blocks_of(const std::string& page, const std::string& from, const std::string& to) {
  const std::string text = read_file(page), fence = "```sh\n";
  const std::size_t first = text.find(from), end = text.find(to, first);
  std::vector<std::string> out;
  for (std::size_t at = first; (at = text.find(fence, at)) < end;) {
    at += fence.size();
    out.push_back(text.substr(at, text.find("```", at) - at));
  }
  return out;
}

// The commands, with what a page cannot know.
std::string with(std::string commands, const std::vector<std::pair<std::string, std::string>>& places) {
  for (const auto& [example, here] : places) {
    EXPECT_THAT(commands, HasSubstr(example));
    for (std::size_t at = 0; (at = commands.find(example, at)) != std::string::npos; at += here.size())
      commands.replace(at, example.size(), here);
  }
  return commands;
}

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

// What the pages of the packages tell somebody who has never seen the gateway, typed as they stand there.
TEST_F(CleanRoom, ANewOperatorFollowsThePages) {
  ASSERT_NO_FATAL_FAILURE(install());
  const std::string docs = "/usr/share/doc/dlr-gateway", pages = tree_ + docs + "/docs/";
  const auto steps = blocks_of(pages + "operating.md", "## Install", "## See");
  ASSERT_EQ(steps.size(), 7U);
  PostgresOptions options;
  options.fast = true;
  Servers servers(options);
  const PortLease public_port, admin_port;
  const std::string admin_address = "127.0.0.1:" + std::to_string(admin_port.port());
  const std::string nats = "127.0.0.1:" + std::to_string(servers.nats.port()), nats_admin = servers.nats.admin_url();
  const std::pair<std::string, std::string> postgres{"host=postgres.example port=5432 dbname=sms",
                                                     servers.postgres.dsn()};
  ASSERT_NO_FATAL_FAILURE(typed("cd /packages\n" + steps[0]));
  ASSERT_NO_FATAL_FAILURE(typed(with(steps[1], {{"password-of-dlr-processor", servers.nats.processor_password()}}) +
                                with(steps[2], {postgres,
                                                {"nats.example:4222", nats},
                                                {"redis://redis.example:6379/0", servers.redis.url()},
                                                {"0.0.0.0:8080", "127.0.0.1:" + std::to_string(public_port.port())},
                                                {"127.0.0.1:9090", admin_address}})));
  ASSERT_NO_FATAL_FAILURE(typed(with(steps[3], {{postgres.first + " user=postgres", servers.postgres.admin_dsn()}})));
  ASSERT_NO_FATAL_FAILURE(typed(with(steps[4], {{"nats://admin:password@nats.example:4222", nats_admin}})));
  EXPECT_THAT(said_, HasSubstr("dlr.in.0.63")) << "permissions";
  ASSERT_NO_FATAL_FAILURE(typed(steps[5]));
  EXPECT_THAT(said_, HasSubstr("ok    nats.consumer"));

  const std::string start = "systemctl enable --now dlr-gateway\n";
  ASSERT_THAT(steps[6], testing::StartsWith(start));
  SpawnOptions service;
  service.argv = {installed_gateway(), "run", "--config", "/etc/dlr-gateway/gateway.toml"};
  service.env = started_by_systemd();
  service.stdout_path = dir_.path() + "/gateway.log";
  ChildProcess gateway(service);
  ASSERT_TRUE(eventually([&] { return http_get(admin_address, "/ready").status == 200 || !gateway.running(); }));
  EXPECT_THAT(http_get(admin_address, "/ready").body, HasSubstr(R"("status":"ok")")) << read_file(service.stdout_path);

  ASSERT_NO_FATAL_FAILURE(typed(steps[6].substr(start.size())));
  const std::string token = said_.substr(0, said_.find('\n'));
  const HttpReply in =
      http_send(admin_address, {"POST", "/login", {{"Origin", "http://" + admin_address}}, "token=" + token});
  ASSERT_EQ(in.status, 303) << in.body;
  const std::string cookie = in.headers.at("set-cookie");
  const HttpReply console =
      http_send(admin_address, {"GET", "/", {{"Cookie", cookie.substr(0, cookie.find(';'))}}, {}});
  EXPECT_EQ(console.status, 200);
  EXPECT_THAT(console.body, HasSubstr("<h1>Console</h1>"));

  Rng rng{std::random_device{}()};
  const Message message = random_message(rng, "mno-a");
  insert_messages(servers.postgres, {message});
  Receipt receipt;
  receipt.event_id = random_uuid(rng);
  receipt.operator_id = message.operator_id;
  receipt.operator_message_id = message.operator_message_id;
  receipt.raw_stat = "DELIVRD";
  receipt.received_at = rfc3339_now();
  const std::vector<NatsMessage> sent{{kInboundSubject, receipt.json(), {}, {}, 0}};
  servers.nats.publish(sent);
  EXPECT_TRUE(eventually([&] {
    return servers.postgres.count("SELECT count(*) FROM dlr.delivery_receipts") == 1 &&
           servers.postgres.count("SELECT count(*) FROM dlr.outbox") == 0;
  }));
  const std::string page = read_file(pages + "operating.md"), sudo = "$ sudo ";
  const std::size_t trace = page.find(sudo + "dlr-gateway trace ");
  ASSERT_NE(trace, std::string::npos);
  const std::string line = page.substr(trace + sudo.size(), page.find('\n', trace) - trace - sudo.size());
  ASSERT_NO_FATAL_FAILURE(typed(line.substr(0, line.rfind(' ') + 1) + message.message_id));
  EXPECT_THAT(said_, HasSubstr("applied"));

  const auto again = blocks_of(pages + "events-again.md", "## From a time on", "## How far back");
  ASSERT_EQ(again.size(), 1U);
  const std::size_t user = nats_admin.find("//") + 2, password = nats_admin.find(':', user) + 1;
  ASSERT_NO_FATAL_FAILURE(typed("apt-get -qq install -y --no-install-recommends jq"));
  ASSERT_NO_FATAL_FAILURE(
      typed("cd " + docs + "\n" +
            with(again[0],
                 {{"NATS_USER=billing", "NATS_USER=" + nats_admin.substr(user, password - 1 - user)},
                  {"NATS_PASSWORD=…", "NATS_PASSWORD=" + nats_admin.substr(password, nats_admin.find('@') - password)},
                  {"nats.example 4222", "127.0.0.1 " + std::to_string(servers.nats.port())},
                  {"2026-11-30T10:00:00Z", rfc3339_now(-1h)},
                  {"6fd2aa10-0000-4000-8000-000000000001", message.account_id}})));
  EXPECT_EQ(json_field(said_, "messageId"), message.message_id) << said_;
  gateway.signal(SIGTERM);
  EXPECT_EQ(gateway.wait(), 0) << read_file(service.stdout_path);
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
