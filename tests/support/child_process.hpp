// SPDX-License-Identifier: Apache-2.0
// One child process that never outlives the test process: killed by the destructor, and by the kernel
// (PR_SET_PDEATHSIG) when the test process dies in any way. Not shared between threads.
// The kernel's signal is tied to the *thread* that forked, so every child is forked by one thread that lives as long as
// the process: a test may start servers from a thread that ends.
#pragma once
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/eventually.hpp"

namespace dlrgw::test {

struct SpawnOptions {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH
  std::vector<std::string> env;   // NAME=VALUE; empty: the environment of the test
  std::string stdout_path;        // appended to; empty: /dev/null
  std::string stderr_path;        // empty: the same as stdout
  std::string run_as;             // a user name; only when we are root
  int parent_death_signal = SIGKILL;
};

class ChildProcess {
 public:
  ChildProcess() = default;
  explicit ChildProcess(const SpawnOptions& options);  // throws when the program cannot be started
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;  // nothing when it has been reaped; SIGSTOP returns once it stands still
  // The exit code, or 128 + the signal that ended it; nothing when the deadline passes first.
  std::optional<int> wait(std::chrono::milliseconds deadline = kPatience);
  int kill9();

 private:
  void reset() noexcept;
  pid_t pid_ = -1;
  int pid_fd_ = -1;
  std::optional<int> exit_;
};

// Runs to the end; the exit code as wait() gives it. Throws when the deadline passes.
int run_to_end(const SpawnOptions& options, std::chrono::milliseconds deadline = kPatience);

}  // namespace dlrgw::test
