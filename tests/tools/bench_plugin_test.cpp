// SPDX-License-Identifier: Apache-2.0
// bench-plugin as it is typed: what it prints of each contribution, and of one that it cannot measure.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

std::string fixture(const std::string& name) { return DLRGW_FIXTURES_DIR "/fixture_" + name + ".so"; }

class BenchPlugin : public ::testing::Test {
 protected:
  struct Ran {
    int code;
    std::string out;
  };
  [[nodiscard]] SpawnOptions typed(std::vector<std::string> words) const {
    words.insert(words.begin(), DLRGW_BINARY);
    SpawnOptions options;
    options.argv = std::move(words);
    options.env = {"PATH=/usr/bin", "TMPDIR=" + dir_.path()};
    options.stdout_path = dir_.path() + "/out";
    return options;
  }
  [[nodiscard]] Ran run(std::vector<std::string> words) const {
    std::filesystem::remove(dir_.path() + "/out");
    const int code = run_to_end(typed(std::move(words)));
    return {code, read_file(dir_.path() + "/out")};
  }
  const TempDir dir_;
};

TEST_F(BenchPlugin, MeasuresEachContributionAtEachSizeOfBatch) {
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

TEST_F(BenchPlugin, SaysWhatItCouldNotMeasureAndGoesOn) {
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

}  // namespace
}  // namespace dlrgw::test
