// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway check-plugin`: what a plugin file is, found without loading it, then how it behaves, found in a child
// process: handshake, lifecycle, batches of every size and shape, errors and exceptions. A crash or a hang of the
// plugin is a finding and does not take the tool down.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace dlrgw::host {

enum class Severity { kNote, kWarning, kError };
std::string_view to_string(Severity severity);

struct CheckFinding {
  Severity severity = Severity::kError;
  std::string step;  // "inspect", "create", "stage acme.check: process of 256 receipts"
  std::string text;
};

struct CheckReport {
  std::vector<std::string> steps;  // what was done, in order
  std::vector<CheckFinding> findings;
  [[nodiscard]] bool passed() const;  // no error
};

CheckReport check_plugin(const std::filesystem::path& path,
                         std::chrono::milliseconds step_limit = std::chrono::seconds(10));

// For people; and one JSON object.
std::string report_text(const std::filesystem::path& path, const CheckReport& report);
std::string report_json(const std::filesystem::path& path, const CheckReport& report);

}  // namespace dlrgw::host
