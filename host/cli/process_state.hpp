// SPDX-License-Identifier: Apache-2.0
// What a process has one of, and a plugin can change for everybody: signal handlers and mask, locale, environment,
// umask, limits, working directory, descriptors, threads, children. Read in the child of check-plugin.
#pragma once
#include <array>
#include <csignal>
#include <exception>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "cli/plugin_child.hpp"

namespace dlrgw::host {

struct ProcessState {
  std::map<int, void (*)(int)> handlers;  // signal → handler
  std::set<int> blocked;                  // signals, in the calling thread
  std::terminate_handler at_terminate = nullptr;
  std::string locale;
  std::map<std::string, std::string> environment;
  unsigned umask = 0;
  std::map<int, rlimit> limits;  // resource → limit
  std::string directory;
  std::map<int, std::string> descriptors;  // number → what /proc says it is
  std::set<int> threads, children;

  static ProcessState now();
};

struct SideEffect {
  Severity severity = Severity::kWarning;
  std::string text;
};

// What changed for everybody, whether or not the plugin is still there; each sentence says what it breaks.
std::vector<SideEffect> changed(const ProcessState& before, const ProcessState& after);
// What a plugin left behind that is gone: descriptors, threads, children.
std::vector<SideEffect> left_behind(const ProcessState& before, const ProcessState& after);

}  // namespace dlrgw::host
