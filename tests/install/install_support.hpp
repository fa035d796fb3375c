// SPDX-License-Identifier: Apache-2.0
// Components of this build, installed into a prefix of the test's own.
#pragma once
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {

class Installed : public testing::Test {
 protected:
  // Fails with what the command wrote unless it ends with 0.
  testing::AssertionResult runs(const std::vector<std::string>& argv, const std::vector<std::string>& env = {}) {
    SpawnOptions options;
    options.argv = argv;
    options.env = env;
    options.stdout_path = dir_.path() + "/" + std::to_string(++commands_) + ".log";
    const int code = run_to_end(options);
    said_ = read_file(options.stdout_path);
    if (code == 0) return testing::AssertionSuccess();
    return testing::AssertionFailure() << argv.front() << " ended with " << code << "\n" << said_;
  }
  testing::AssertionResult installed(const std::string& component) {
    return runs({DLRGW_CMAKE, "--install", DLRGW_BUILD_DIR, "--prefix", prefix_, "--component", component});
  }

  TempDir dir_;
  const std::string prefix_ = dir_.path() + "/prefix";
  std::string said_;  // by the last command
  int commands_ = 0;
};

}  // namespace dlrgw::test
