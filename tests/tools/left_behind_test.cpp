// SPDX-License-Identifier: Apache-2.0
// A command that looks at plugins leaves nothing behind, however it ends: no copy of a plugin, no directory.
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::host {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

std::string fixture(const std::string& name) { return DLRGW_FIXTURES_DIR "/fixture_" + name + ".so"; }

// Whether a plugin's copy is mapped in the process or in a child of its first thread.
bool has_mapped_a_plugin(pid_t pid) {
  const std::string proc = "/proc/" + std::to_string(pid);
  std::ifstream maps(proc + "/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("/memfd:dlr-gateway plugin") != std::string::npos) return true;
  std::ifstream children(proc + "/task/" + std::to_string(pid) + "/children");
  for (pid_t child = 0; children >> child;)
    if (has_mapped_a_plugin(child)) return true;
  return false;
}

// The shipped configuration, with a plugin of ours; every command finds its directories empty.
class LeftBehind : public testing::Test {
 protected:
  LeftBehind() {
    static_cast<void>(dir_.make_dir("tmp"));
    static_cast<void>(dir_.make_dir("state"));
  }

  std::string config_with(const std::string& plugin) const {
    return dir_.write_file(plugin + ".toml",
                           test::read_file(DLRGW_CONFIG) + "\n[[plugins]]\nfile = \"" + fixture(plugin) + "\"\n");
  }
  std::string receipt() const {
    return dir_.write_file("receipt.json", R"({"operatorId":"mno-x","operatorMessageId":"7","rawStat":"DELIVRD"})");
  }

  test::SpawnOptions command(Words words) const {
    test::SpawnOptions out;
    words.insert(words.begin(), DLRGW_BINARY);
    out.argv = std::move(words);
    out.env = {"PATH=/usr/bin:/bin", "DLRGW_PLUGIN_DIR=" DLRGW_PLUGINS_DIR, "TMPDIR=" + dir_.path() + "/tmp",
               "DLRGW_STATE_DIR=" + dir_.path() + "/state", "FIXTURE_HANGS_IN=" + dir_.path() + "/where"};
    for (const char* pool : {"SVC", "RELAY", "ADMIN", "PORTAL", "MAINT"})
      out.env.push_back(std::string("DLRGW_PG_") + pool + "_PASSWORD=secret");
    out.stdout_path = dir_.path() + "/out";
    std::ofstream(out.stdout_path, std::ios::trunc).flush();
    return out;
  }
  int run(const Words& words) const { return test::run_to_end(command(words)); }
  std::string said() const { return test::read_file(dir_.path() + "/out"); }

  std::set<std::string> left() const {
    std::set<std::string> out;
    for (const char* folder : {"tmp", "state"})
      for (const auto& entry : fs::recursive_directory_iterator(fs::path(dir_.path()) / folder))
        out.insert(entry.path().string());
    return out;
  }

  const test::TempDir dir_;
};

TEST_F(LeftBehind, NothingByACommandThatWorks) {
  const std::string config = config_with("good");
  for (const Words& words : {Words{"check", "--config", config}, Words{"check", "--keys", "--config", config},
                             Words{"plugins", "--config", config}, Words{"check-plugin", fixture("good")},
                             Words{"bench-plugin", fixture("good")},
                             Words{"try", fixture("ops"), "--config", config, "--receipt", receipt()}}) {
    EXPECT_EQ(run(words), 0) << words.front() << "\n" << said();
    EXPECT_THAT(left(), testing::IsEmpty()) << words.front();
  }
}

TEST_F(LeftBehind, NothingByACommandThatFails) {
  const std::string config = config_with("fails_create");
  const std::string unloadable = config_with("wrong_major");
  const std::string nowhere = "host=/nonexistent dbname=none";
  for (const Words& words :
       {Words{"check", "--config", config}, Words{"plugins", "--config", unloadable},
        Words{"migrate", "--config", config_with("good"), "--dsn", nowhere},
        Words{"migrate", "--plan", "--config", config_with("good"), "--dsn", nowhere},
        Words{"check-plugin", fixture("misbehaves_crashes")}, Words{"bench-plugin", fixture("wrong_major")},
        Words{"try", fixture("wrong_major"), "--config", config, "--receipt", receipt()}}) {
    EXPECT_EQ(run(words), 1) << words.front() << "\n" << said();
    EXPECT_THAT(left(), testing::IsEmpty()) << words.front();
  }
}

// In the plugin's entry, which each of them calls.
TEST_F(LeftBehind, NothingByACommandThatIsKilled) {
  static_cast<void>(dir_.write_file("where", "entry"));
  const std::string config = config_with("hangs");
  for (const Words& words : {Words{"check", "--config", config}, Words{"plugins", "--config", config},
                             Words{"migrate", "--config", config, "--dsn", "host=/nonexistent dbname=none"},
                             Words{"check-plugin", fixture("hangs")}, Words{"bench-plugin", fixture("hangs")},
                             Words{"try", fixture("hangs"), "--config", config, "--receipt", receipt()}}) {
    for (const int signal : {SIGTERM, SIGKILL}) {
      test::ChildProcess child(command(words));
      ASSERT_TRUE(test::eventually([&] { return has_mapped_a_plugin(child.pid()) || !child.running(); }));
      ASSERT_TRUE(child.running()) << words.front() << "\n" << said();
      child.signal(signal);
      EXPECT_EQ(child.wait().value_or(-1), 128 + signal) << words.front();
      EXPECT_THAT(left(), testing::IsEmpty()) << words.front();
    }
  }
}

}  // namespace
}  // namespace dlrgw::host
