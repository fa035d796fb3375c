// SPDX-License-Identifier: Apache-2.0
// Says who was running when the process dies: one line on stderr and into a file of the state directory, then the
// signal does what it would have done. Also for exit() in a plugin. Not for children that a plugin has forked. A mark
// in the state directory tells of a run that had no time for a line. Installed once by `run`, before the first plugin
// is loaded; where somebody handles these signals already, a sanitizer, they stay his.
#pragma once
#include <csignal>
#include <filesystem>
#include <string>

#include "support/result.hpp"

namespace dlrgw::host {

struct LastRun {
  std::string crash;            // its line; empty: it told none
  bool without_a_word = false;  // it told none, and did not come to an end of its own either
};

// Answers what the run before this one died of. The file of that run is kept beside the new one.
Result<LastRun> watch_for_crashes(const std::filesystem::path& state_dir);
// From here on the end is the host's own. Any thread.
void end_crash_watch();
// For _exit(), which runs no handler: the line, when it is a plugin that ends the process here.
void tell_end_without_handlers();
// Whether this process is a child that a plugin has forked from a gateway that is watched.
bool is_forked_child();
// Takes the signals that are told out of what a thread is about to block: the kernel ends a process without a word
// whose thread faults while the signal is blocked.
void keep_crash_signals(sigset_t& blocked);
// What the newest run that is known in this state directory died of, for those who only look; empty: it did not.
std::string crash_of_last_run(const std::filesystem::path& state_dir);

}  // namespace dlrgw::host
