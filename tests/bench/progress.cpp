// SPDX-License-Identifier: Apache-2.0
#include "bench/progress.hpp"

#include <cstdio>
#include <unistd.h>

namespace dlrgw::bench {

volatile std::sig_atomic_t g_interrupted = 0;

namespace {
constexpr std::chrono::milliseconds kTerminalInterval{100};
constexpr std::chrono::milliseconds kFileInterval{5000};
}  // namespace

Progress::Progress() : terminal_(isatty(STDERR_FILENO) != 0), start_(std::chrono::steady_clock::now()), last_(start_) {}

void Progress::print(const std::string& text, bool stays) {
  if (g_interrupted != 0) throw Interrupted{};
  last_ = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(last_ - start_).count();
  std::fprintf(stderr, "%s%6.1f s  %s%s", terminal_ ? "\r\033[K" : "", seconds, text.c_str(),
               stays || !terminal_ ? "\n" : "");
  std::fflush(stderr);
}

void Progress::step(const std::string& title) {
  title_ = title;
  print(title, !terminal_);
}

void Progress::show(const std::string& text) {
  if (g_interrupted != 0) throw Interrupted{};
  if (std::chrono::steady_clock::now() - last_ >= (terminal_ ? kTerminalInterval : kFileInterval))
    print(title_ + ": " + text, false);
}

void Progress::note(const std::string& text) { print(text, true); }

}  // namespace dlrgw::bench
