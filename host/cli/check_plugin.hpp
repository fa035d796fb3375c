// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway check-plugin`: what a plugin file is, found without loading it, then how it behaves, found in a child
// process: handshake, lifecycle, batches of every size and shape, errors and exceptions, what it changes for the whole
// process, and what a receipt costs. A crash or a hang of the plugin is a finding and does not take the tool down.
// `dlr-gateway bench-plugin`: what a receipt costs, measured for longer.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>

#include "cli/plugin_child.hpp"

namespace dlrgw::host {

inline constexpr std::chrono::seconds kStepLimit{10};
// dsn: of an administrator, as `migrate` takes it; then scripts and statements of the plugin are tried there, in a
// transaction that is rolled back. Empty: PostgreSQL is not asked.
CheckReport check_plugin(const std::filesystem::path& path, std::chrono::milliseconds step_limit = kStepLimit,
                         const std::string& dsn = {});
// Each stage and quirk at 1, 16 and 256 receipts a call, each for that long.
CheckReport bench_plugin(const std::filesystem::path& path,
                         std::chrono::milliseconds each = std::chrono::milliseconds(500));

// For people; and one JSON object.
std::string report_text(const std::filesystem::path& path, const CheckReport& report);
std::string report_json(const std::filesystem::path& path, const CheckReport& report);

}  // namespace dlrgw::host
