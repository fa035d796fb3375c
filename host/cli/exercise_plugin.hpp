// SPDX-License-Identifier: Apache-2.0
// The work of `check-plugin` in its child process: loads the plugin and calls everything it contributes. One thread.
#pragma once
#include <filesystem>

#include "cli/plugin_child.hpp"

namespace dlrgw::host {

void exercise_plugin(const std::filesystem::path& path, StepLog& log);

}  // namespace dlrgw::host
