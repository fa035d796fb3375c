// SPDX-License-Identifier: Apache-2.0
// The commands that load plugin files, as they are typed: what bench-plugin prints, and that none of them leaves a copy
// of a plugin behind.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string fixture(const std::string& name) { return DLRGW_FIXTURES_DIR "/fixture_" + name + ".so"; }

class PluginCommands : public ::testing::Test {
 protected:
  struct Ran {
    int code;
    std::string out;
  };
  [[nodiscard]] SpawnOptions typed(std::vector<std::string> words) const {
    words.insert(words.begin(), DLRGW_BINARY);
    SpawnOptions options;
    options.argv = std::move(words);
    options.env = {"PATH=/usr/bin", "TMPDIR=" + temporary_, "DLRGW_STATE_DIR=" + state_,
                   "DLRGW_PLUGIN_DIR=" DLRGW_PLUGINS_DIR};
    options.stdout_path = dir_.path() + "/out";
    return options;
  }
  [[nodiscard]] Ran run(std::vector<std::string> words) const {
    std::filesystem::remove(dir_.path() + "/out");
    const int code = run_to_end(typed(std::move(words)));
    return {code, read_file(dir_.path() + "/out")};
  }
  // Files in the state directory and the temporary one.
  [[nodiscard]] std::vector<std::string> left_behind() const {
    std::vector<std::string> out;
    for (const std::string& root : {temporary_, state_})
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (!entry.is_directory() || root == temporary_) out.push_back(entry.path().string());
    return out;
  }
  const TempDir dir_;
  const std::string temporary_ = dir_.make_dir("tmp"), state_ = dir_.make_dir("state");
};

TEST_F(PluginCommands, BenchMeasuresEachContributionAtEachSizeOfBatch) {
  const Ran lines = run({"bench-plugin", fixture("misbehaves_none")});
  EXPECT_EQ(lines.code, 0) << lines.out;
  const Ran json = run({"bench-plugin", "--json", fixture("misbehaves_none")});
  EXPECT_EQ(json.code, 0) << json.out;
  for (const std::string name : {"stage fixture.misbehaves", "quirk fixture.misbehaves"}) {
    for (const std::string batch : {"1", "16", "256"}) {
      EXPECT_THAT(lines.out, ::testing::ContainsRegex(name + ", " + batch + " receipts? a call: [0-9.]+ ns, [0-9.]+ " +
                                                      "allocations, [0-9]+ bytes a receipt\n"));
      EXPECT_THAT(json.out,
                  ::testing::ContainsRegex("\\{\"name\":\"" + name + "\",\"batch\":" + batch +
                                           ",\"ns\":[0-9.E+-]+,\"allocations\":[0-9.E+-]+,\"bytes\":[0-9]+\\}"));
    }
  }
}

TEST_F(PluginCommands, BenchSaysWhatItCouldNotMeasureAndGoesOn) {
  const Ran throws = run({"bench-plugin", fixture("misbehaves_process_throws")});
  EXPECT_THAT(throws.out,
              HasSubstr("note: stage fixture.misbehaves: not measured: process threw an exception across the "
                        "C interface; the plugin must catch it\n"));
  EXPECT_THAT(throws.out, HasSubstr("quirk fixture.misbehaves, 256 receipts a call: "));
  const Ran crashes = run({"bench-plugin", fixture("misbehaves_crashes")});
  EXPECT_EQ(crashes.code, 1);
  EXPECT_THAT(crashes.out, HasSubstr("error: stage fixture.misbehaves: crashed: "));
  EXPECT_THAT(crashes.out, HasSubstr("quirk fixture.misbehaves, 256 receipts a call: "));
  const Ran nothing = run({"bench-plugin", "/nowhere.so"});
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.out, HasSubstr("plugin file /nowhere.so: cannot be opened"));
  EXPECT_EQ(run({"bench-plugin"}).code, 1);
}

TEST_F(PluginCommands, LeaveNoCopyOfAPluginBehind) {
  const std::string receipt = dir_.write_file("receipt.json", R"({"operatorId":"mno-a","rawStat":"DELIVRD"})");
  const std::string broken = dir_.write_file(
      "broken.toml", read_file(DLRGW_CONFIG) + "\n[[plugins]]\nfile = \"" + fixture("wrong_major") + "\"\n");
  const auto leaves_nothing = [&](const std::vector<std::string>& words, int code) {
    const Ran ran = run(words);
    EXPECT_EQ(ran.code, code) << words[0] << "\n" << ran.out;
    EXPECT_THAT(left_behind(), IsEmpty()) << words[0];
  };
  leaves_nothing({"check", "--config", DLRGW_CONFIG}, 0);
  leaves_nothing({"check", "--config", broken}, 1);
  leaves_nothing({"plugins", "--config", DLRGW_CONFIG}, 0);
  leaves_nothing({"plugins", "--config", broken}, 1);
  leaves_nothing({"try", "--config", DLRGW_CONFIG, "--receipt", receipt}, 0);
  leaves_nothing({"migrate", "--config", DLRGW_CONFIG, "--dsn", "host=127.0.0.1 port=1 connect_timeout=1"}, 1);
  leaves_nothing({"check-plugin", fixture("misbehaves_none")}, 0);
  leaves_nothing({"check-plugin", fixture("misbehaves_crashes")}, 1);
  leaves_nothing({"bench-plugin", fixture("misbehaves_crashes")}, 1);
}

}  // namespace
}  // namespace dlrgw::test
