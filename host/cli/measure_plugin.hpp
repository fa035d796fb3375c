// SPDX-License-Identifier: Apache-2.0
// What a receipt costs in a plugin: time, and memory that it asks for, at several sizes of a batch. In the child
// process of check-plugin and bench-plugin; one thread.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "cli/plugin_alone.hpp"
#include "cli/plugin_child.hpp"

namespace dlrgw::host {

inline constexpr std::string_view kCheckedOperator = "mno-check";

// Every stage and quirk of the plugin, for `each` at each size. What cannot be called without servers or earlier stages
// is a note.
void measure_plugin(const std::filesystem::path& path, std::chrono::milliseconds each, StepLog& log);

// One that runs already. name: how the report calls it.
void measure_calls(PluginAlone& alone, const StageSlot& slot, void* self, std::string_view operator_id,
                   const std::string& name, std::chrono::milliseconds each, StepLog& log);
void measure_calls(PluginAlone& alone, const QuirkSlot& slot, void* self, std::string_view operator_id,
                   const std::string& name, std::chrono::milliseconds each, StepLog& log);

}  // namespace dlrgw::host
