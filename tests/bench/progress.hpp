// SPDX-License-Identifier: Apache-2.0
// Progress on stderr: one line rewritten on a terminal, else a line every few seconds. One thread.
#pragma once
#include <chrono>
#include <csignal>
#include <string>

namespace dlrgw::bench {

struct Interrupted {};                            // thrown by Progress when the user pressed Ctrl-C
extern volatile std::sig_atomic_t g_interrupted;  // set by the signal handler of main

class Progress {
 public:
  Progress();
  void step(const std::string& title);  // what begins now; its own line
  void show(const std::string& text);   // how far it is
  void note(const std::string& text);   // a line that stays

 private:
  void print(const std::string& text, bool stays);
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
  std::string title_;
};

}  // namespace dlrgw::bench
