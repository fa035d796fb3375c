// SPDX-License-Identifier: Apache-2.0
// The second half of `check-plugin`, run in a child process: loads the plugin and calls everything it contributes.
// Announces each step before it begins, so that the watching parent knows which one a crash ended.
#pragma once
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "cli/check_plugin.hpp"

namespace dlrgw::host {

class StepLog {
 public:
  virtual ~StepLog() = default;
  // False: leave this step out; it ended an earlier child.
  virtual bool begin(std::string_view step) = 0;
  virtual void finding(Severity severity, std::string_view text) = 0;  // of the step begun last
};

// state_dir: for the private copy.
void exercise_plugin(const std::filesystem::path& path, const std::string& state_dir, StepLog& log);

}  // namespace dlrgw::host
