// SPDX-License-Identifier: Apache-2.0
// A plugin file that changes while traffic flows: new instances beside the old, swapped between batches; whatever is
// wrong with the new one, the old one serves on and the caller learns why.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "reload/reload_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr double kImagesAtStart = 7;  // six of the product and the quirk

// At a rate that the build can bear: what is looked for is the same.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kPerSecond = 200;
#else
constexpr std::size_t kPerSecond = 2000;
#endif

TEST_F(ReloadTest, ChangedFilesUnderTrafficSettleEachReceiptOnce) {
  reload_under_traffic(5 * kPerSecond, kPerSecond, 21);
}

TEST_F(ReloadTest, EachWayToAskBringsTheChangedFileToLife) {
  ASSERT_TRUE(started(s_));
  EXPECT_EQ(running_version(), "1.0.0");
  deploy(2);
  const CliResult done = reload();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("generation 2 runs\n"));
  EXPECT_THAT(done.out, HasSubstr("  fixture.reload 2.0.0\n"));
  EXPECT_EQ(running_version(), "2.0.0");
  deploy(1);
  s_.gateway().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return running_version() == "1.0.0"; }));
  deploy(2);
  EXPECT_EQ(admin(s_.gateway(), keys_, "POST", "/v1/admin/reload").status, 200);
  EXPECT_EQ(running_version(), "2.0.0");

  const auto messages = s_.add_messages(20);
  s_.publish(s_.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s_));
  expect_each_once(s_, messages);
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE plugin_version = '2.0.0'"), 20);
  EXPECT_EQ(s_.gateway().logs("dlr.plugin.loaded").size(), 6U + 4U);
  EXPECT_EQ(s_.gateway().terminate(), 0);
  const CliResult gone = reload();
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.err, HasSubstr("no gateway answers on " + s_.gateway().state_dir()));
}

TEST_F(ReloadTest, TheCallerNeedsNothingOfTheServicesEnvironment) {
  std::string config = read_file(s_.gateway().config_path());
  const auto replace = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(config.find(from), std::string::npos) << from;
    config.replace(config.find(from), from.size(), to);
    std::ofstream(s_.gateway().config_path(), std::ios::trunc) << config;
  };
  replace("${DLRGW_NATS_URL:-nats://127.0.0.1:4222}", "${DLRGW_NATS_URL}");
  replace("\"${DLRGW_STATE_DIR:-/var/lib/dlr-gateway}\"", "\"" + s_.gateway().state_dir() + "\"");
  ASSERT_TRUE(started(s_));
  const auto reload_from_a_bare_shell = [&](const std::vector<std::string>& arguments) {
    SpawnOptions options;
    options.argv = {"/proc/" + std::to_string(s_.gateway().pid()) + "/exe", "reload"};
    options.env = {"PATH=/usr/bin"};
    options.stdout_path = dir_.path() + "/reload.log";
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    std::filesystem::remove(options.stdout_path);
    const int code = run_to_end(options);
    return std::to_string(code) + " " + read_file(options.stdout_path);
  };
  EXPECT_THAT(reload_from_a_bare_shell({"--config", s_.gateway().config_path()}), StartsWith("0 generation 2 runs"));

  // Where the gateway is cannot be guessed.
  replace("\"" + s_.gateway().state_dir() + "\"", "\"${DLRGW_STATE_DIR}\"");
  EXPECT_THAT(reload_from_a_bare_shell({"--config", s_.gateway().config_path()}),
              AllOf(StartsWith("1 "), HasSubstr("gateway.state_dir: environment variable DLRGW_STATE_DIR is not set")));
  EXPECT_THAT(reload_from_a_bare_shell({"--state-dir", s_.gateway().state_dir()}), StartsWith("0 generation 3 runs"));
}

TEST_F(ReloadTest, AVersionThatFailsOnLaneSevenLeavesTheOldOneAndSaysWhy) {
  ASSERT_TRUE(started(s_));
  const std::string sentence =
      "plugin fixture.reload (" + file_ + "): quirk fixture.reload, lane 7: activate: no licence server";
  deploy(3);
  const CliResult refused = reload();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err, sentence + "\n");
  const HttpReply reply = admin(s_.gateway(), keys_, "POST", "/v1/admin/reload");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(json_field(reply.body, "detail"), sentence);
  EXPECT_EQ(running_version(), "1.0.0");
  EXPECT_EQ(instances(1), 11);
  EXPECT_EQ(instances(3), 0) << "what was made of it is destroyed again";
  EXPECT_EQ(s_.gateway().metrics().sum("fixture_instances_total", {{"version", "3"}, {"event", "created"}}), 2 * 8);
  EXPECT_EQ(s_.gateway().metrics().sum("dlr_plugin_images"), kImagesAtStart + 1) << "the same file is not mapped twice";
  EXPECT_EQ(s_.gateway().metrics().sum("dlr_config_reloads_total", {{"result", "failed"}}), 2);

  // A switch of something else takes what runs, not what lies there.
  EXPECT_EQ(admin(s_.gateway(), keys_, "POST", "/v1/admin/stages/dedup.fingerprint/disable").status, 200);
  EXPECT_EQ(running_version(), "1.0.0");
  const auto messages = s_.add_messages(50);
  s_.publish(s_.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s_));
  expect_each_once(s_, messages);
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE plugin_version = '1.0.0'"), 50);
  deploy(2);
  EXPECT_EQ(reload().exit_code, 0);
  EXPECT_EQ(running_version(), "2.0.0");
}

TEST_F(ReloadTest, AFileOverwrittenInPlaceDisturbsNobody) {
  ASSERT_TRUE(started(s_));
  const auto messages = s_.add_messages(4000);
  Publisher publisher(s_.nats(), final_receipts(s_, messages), 2000);
  const std::string bytes[] = {"no plugin any more", "", read_file(file_of(2)), std::string(1 << 20, '\0')};
  for (std::size_t i = 0; !publisher.done(); ++i) {
    overwrite_in_place(bytes[i % 4]);
    EXPECT_TRUE(s_.gateway().running());
    beat(20ms);
  }
  ASSERT_TRUE(settles(s_));
  expect_each_once(s_, messages);
  EXPECT_EQ(s_.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE error_code <> 'R1'"), 0);

  overwrite_in_place("no plugin any more");
  const CliResult refused = reload();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("plugin file " + file_ + ": is not an ELF shared library"));
  EXPECT_EQ(running_version(), "1.0.0");
  overwrite_in_place(read_file(file_of(2)));
  EXPECT_EQ(reload().exit_code, 0);
  EXPECT_EQ(running_version(), "2.0.0");
}

TEST_F(ReloadTest, AFileThatOthersMayWriteIsRefused) {
  ASSERT_TRUE(started(s_));
  deploy(2);
  ::chmod(file_.c_str(), 0777);
  const CliResult refused = reload();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err,
              HasSubstr("plugin file " + file_ + ": anyone may write it, so it is not run; chmod o-w " + file_ + "\n"));
  if (::geteuid() == 0) {
    deploy(2);
    ASSERT_EQ(::chown(file_.c_str(), 12345, 0), 0);
    EXPECT_THAT(reload().err, HasSubstr("belongs to user 12345, so it is not run"));
  }
  EXPECT_EQ(running_version(), "1.0.0");
  EXPECT_EQ(s_.gateway().metrics().sum("dlr_plugin_images"), kImagesAtStart) << "not even mapped";
}

TEST_F(ReloadTest, AQuirkIsAddedUpgradedAndRemovedByItsFile) {
  const std::string with = read_file(s_.gateway().config_path());
  const std::string without = shipped_config({});
  std::ofstream(s_.gateway().config_path(), std::ios::trunc) << without;
  ASSERT_TRUE(started(s_));
  const auto send = [&] {
    const auto messages = s_.add_messages(5);
    s_.publish(s_.receipts_for(messages, "DELIVRD"));
    ASSERT_TRUE(settles(s_));
  };
  send();
  std::ofstream(s_.gateway().config_path(), std::ios::trunc) << with;
  EXPECT_EQ(reload().exit_code, 0);
  send();
  deploy(2);
  EXPECT_EQ(reload().exit_code, 0);
  send();
  std::ofstream(s_.gateway().config_path(), std::ios::trunc) << without;
  std::filesystem::remove(file_);
  EXPECT_EQ(reload().exit_code, 0);
  send();
  const auto rows = s_.postgres().rows(
      "SELECT coalesce(plugin_version, ''), count(*) FROM dlr.delivery_receipts GROUP BY 1 ORDER BY 1");
  EXPECT_EQ(rows, (std::vector<Row>{{"", "10"}, {"1.0.0", "5"}, {"2.0.0", "5"}}));
}

TEST_F(ReloadTest, TheLimitOfImagesAsksForARestart) {
  std::string config = read_file(s_.gateway().config_path());
  const std::string key = "max_plugin_images = 512";
  config.replace(config.find(key), key.size(), "max_plugin_images = 16");
  std::ofstream(s_.gateway().config_path(), std::ios::trunc) << config;
  ASSERT_TRUE(started(s_));
  int version = 1;
  for (double images = kImagesAtStart; images < 16; ++images) {
    version = 3 - version;
    deploy(version);
    ASSERT_EQ(reload().exit_code, 0);
  }
  deploy(3 - version);
  const CliResult refused = reload();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err,
              HasSubstr("plugin file " + file_ +
                        ": is not loaded: the process holds 16 plugin images, which stay mapped until it ends; "
                        "restart the gateway, or raise gateway.max_plugin_images\n"));
  EXPECT_EQ(running_version(), std::to_string(version) + ".0.0");
  EXPECT_EQ(s_.gateway().terminate(), 0);
  ASSERT_TRUE(started(s_));
  EXPECT_EQ(running_version(), std::to_string(3 - version) + ".0.0");
}

}  // namespace
}  // namespace dlrgw::test
