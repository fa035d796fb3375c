// SPDX-License-Identifier: Apache-2.0
// The demo's output: the table at the end and the progress before it. One thread.
#pragma once
#include <chrono>
#include <string>

#include "demo/compare.hpp"

namespace dlrgw::demo {

[[nodiscard]] std::string to_table(const Comparison& comparison);

// One line that is rewritten on a terminal, else a line a second.
class Progress {
 public:
  Progress();
  void show(const std::string& text);
  void done();  // leaves the last line standing

 private:
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
  std::string shown_;
};

}  // namespace dlrgw::demo
