// SPDX-License-Identifier: Apache-2.0
// The stack of another thread of this process, for a line about one that does not come back. The thread is interrupted
// once and walks its own stack; what it waits for may end early with EINTR.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace dlrgw::host {

// Innermost first, each as "file(function+offset)"; at most 24. Empty when the thread does not answer in time: it
// blocks the signal, or is not there. One at a time.
std::vector<std::string> stack_of(pid_t thread, std::chrono::milliseconds patience = std::chrono::seconds(1));

}  // namespace dlrgw::host
