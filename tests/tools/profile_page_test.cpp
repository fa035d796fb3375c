// SPDX-License-Identifier: Apache-2.0
// The worked example of docs/profiles.md: each of its commands is run, one after the other in one folder, and must
// print what stands behind it.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;

struct Step {
  std::string command;
  std::string output;
};

// In a block of the kind "console": "$ COMMAND", then what it prints.
std::vector<Step> steps_of(const fs::path& page) {
  std::ifstream file(page);
  std::vector<Step> out;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      out.push_back({line.substr(2), {}});
    } else if (inside && !out.empty()) {
      out.back().output += line + "\n";
    }
  }
  return out;
}

struct Ran {
  std::string output;
  int exit_code = -1;
};

Ran run(const fs::path& folder, const std::string& command) {
  const std::string line = "cd '" + folder.string() + "' && export DLRGW_PLUGIN_DIR='" DLRGW_PLUGINS_DIR "' PATH='" +
                           fs::path(DLRGW_BINARY).parent_path().string() + "':$PATH; { " + command + "; } 2>&1";
  Ran out;
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) return out;
  char buffer[4096];
  for (std::size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) != 0;) out.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) out.exit_code = WEXITSTATUS(status);
  return out;
}

// Where something stands in the shipped configuration, behind which the example puts its profile, is no matter.
std::string without_lines(const std::string& text) {
  return std::regex_replace(text, std::regex("gateway\\.toml:[0-9]+"), "gateway.toml:N");
}

TEST(ProfilePage, EveryCommandPrintsWhatThePageSays) {
  const TempDir private_folder;
  const fs::path folder = private_folder.path();
  const fs::path docs = fs::path(DLRGW_SOURCE_DIR) / "docs";
  for (const char* name : {"captures.jsonl", "ids.txt"})
    fs::copy_file(docs / "examples" / "profile" / name, folder / name);
  fs::create_directory(folder / "config");
  fs::copy_file(DLRGW_CONFIG, folder / "config" / "gateway.toml");
  fs::copy_file(DLRGW_CONFIG, folder / "gateway.toml");
  const std::vector<Step> steps = steps_of(docs / "profiles.md");
  ASSERT_GE(steps.size(), 9U);
  for (const Step& step : steps) {
    const Ran ran = run(folder, step.command);
    EXPECT_EQ(ran.exit_code, 0) << "$ " << step.command << "\n" << ran.output;
    EXPECT_EQ(without_lines(ran.output), without_lines(step.output)) << "$ " << step.command;
  }
}

}  // namespace
}  // namespace dlrgw::test
