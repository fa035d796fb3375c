// SPDX-License-Identifier: Apache-2.0
// Runs a plugin in a child process and writes down what became of it, step by step. A crash or a hang ends the child
// and is a finding; what the plugin changes for the whole process, or prints, is one too. One thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/declared_sql.hpp"

namespace dlrgw::host {

enum class Severity { kNote, kWarning, kError };
std::string_view to_string(Severity severity);

struct CheckFinding {
  Severity severity = Severity::kError;
  std::string step;  // "inspect", "create", "stage acme.check: process of 256 receipts"
  std::string text;
};

// What one call costs.
struct Measurement {
  std::string name;               // "stage acme.check"
  std::uint64_t batch = 0;        // receipts a call
  std::uint64_t picoseconds = 0;  // for one receipt: median over the calls
  // For one receipt, in thousandths, and its bytes; nothing is known where the process has another allocator.
  std::uint64_t milli_allocations = 0, bytes = 0;
  bool counted = false;
};

struct CheckReport {
  std::vector<std::string> steps;  // what was done, in order
  std::vector<CheckFinding> findings;
  std::vector<Measurement> measured;
  DeclaredSql sql;
  [[nodiscard]] bool passed() const;  // no error
};

// What the work in the child tells.
class StepLog {
 public:
  virtual ~StepLog() = default;
  // Announced before it begins, so that the parent knows which step a crash ended. False: leave this step out; it ended
  // an earlier child.
  virtual bool begin(std::string_view step) = 0;
  virtual void finding(Severity severity, std::string_view text) = 0;  // of the step begun last
  virtual void measured(const Measurement& measurement) = 0;
  virtual void declared(const DeclaredSql& sql) = 0;  // what was known before is known again
};

using PluginWork = std::function<void(const std::filesystem::path& plugin, StepLog& log)>;

// Inspects the file; if a gateway would load it, does the work in a child, and in another one without the step that
// ended it, until one comes to its end. step_limit: for each step.
CheckReport run_plugin_in_child(const std::filesystem::path& path, const PluginWork& work,
                                std::chrono::milliseconds step_limit);

}  // namespace dlrgw::host
