// SPDX-License-Identifier: Apache-2.0
#include "cli/process_state.hpp"

#include <charconv>
#include <clocale>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "boundary/loading/private_copy.hpp"

namespace dlrgw::host {
namespace {

namespace fs = std::filesystem;

const std::map<int, std::string_view> kLimits = {
    {RLIMIT_AS, "address space"}, {RLIMIT_CORE, "core file size"},     {RLIMIT_CPU, "processor time"},
    {RLIMIT_DATA, "data size"},   {RLIMIT_FSIZE, "file size"},         {RLIMIT_MEMLOCK, "locked memory"},
    {RLIMIT_NPROC, "processes"},  {RLIMIT_NOFILE, "open descriptors"}, {RLIMIT_STACK, "stack size"},
};

int number(std::string_view text) {
  int out = -1;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::set<int> numbers_in(const fs::path& folder) {
  std::set<int> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.insert(number(entry.path().filename().string()));
  return out;
}

// Without the copy of the plugin, which the host keeps open.
std::map<int, std::string> open_descriptors() {
  std::map<int, std::string> out;
  for (const int fd : numbers_in("/proc/self/fd")) {
    std::error_code gone;  // the one that read the folder
    const fs::path what = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), gone);
    if (!gone && !what.string().starts_with(kMemoryCopy)) out.emplace(fd, what.string());
  }
  return out;
}

std::set<int> children_of(const std::set<int>& threads) {
  std::set<int> out;
  for (const int thread : threads) {
    std::ifstream in("/proc/self/task/" + std::to_string(thread) + "/children");
    for (int child = 0; in >> child;) out.insert(child);
  }
  return out;
}

unsigned current_umask() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    constexpr std::string_view kKey = "Umask:\t";
    if (line.starts_with(kKey)) return static_cast<unsigned>(std::stoul(line.substr(kKey.size()), nullptr, 8));
  }
  return 0;
}

std::map<std::string, std::string> environment_now() {
  std::map<std::string, std::string> out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view line = *at;
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

// "SIGTERM"; the real-time signals have no name.
std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

void note_signals(const ProcessState& before, const ProcessState& after, std::vector<SideEffect>& out) {
  std::string handled, masked;
  const auto add = [](std::string& to, int signal) { to += (to.empty() ? "" : ", ") + signal_name(signal); };
  for (const auto& [signal, handler] : after.handlers) {
    const auto was = before.handlers.find(signal);
    if (was != before.handlers.end() && was->second != handler) add(handled, signal);
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    if (before.blocked.contains(signal) != after.blocked.contains(signal)) add(masked, signal);
  }
  // Notes, not warnings: the runtimes of some languages cannot do without.
  if (!handled.empty()) {
    out.push_back({Severity::kNote, "took the handler of " + handled +
                                        "; a gateway stops at SIGTERM, reloads at SIGHUP, and names who crashed by "
                                        "handlers of its own; call the one that was there"});
  }
  if (!masked.empty()) {
    out.push_back({Severity::kNote, "changed whether the calling thread takes " + masked +
                                        "; the thread is one of the gateway's, and keeps that mask"});
  }
}

void note_environment(const ProcessState& before, const ProcessState& after, std::vector<SideEffect>& out) {
  std::set<std::string> names;
  for (const auto& [name, value] : after.environment) {
    const auto was = before.environment.find(name);
    if (was == before.environment.end() || was->second != value) names.insert(name);
  }
  for (const auto& [name, value] : before.environment) {
    if (!after.environment.contains(name)) names.insert(name);
  }
  if (names.erase("TZ") != 0) {
    out.push_back(
        {Severity::kWarning, "changed TZ; every local time of the gateway and of other plugins moves with it"});
  }
  std::string listed;
  for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + name;
  if (!listed.empty()) {
    out.push_back({Severity::kWarning, "changed the environment (" + listed +
                                           "); threads of the gateway read it meanwhile and may crash on it"});
  }
}

}  // namespace

ProcessState ProcessState::now() {
  ProcessState out;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0) out.handlers.emplace(signal, action.sa_handler);
  }
  sigset_t mask;
  sigemptyset(&mask);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  for (int signal = 1; signal < NSIG; ++signal) {
    if (sigismember(&mask, signal) == 1) out.blocked.insert(signal);
  }
  out.at_terminate = std::get_terminate();
  out.locale = std::setlocale(LC_ALL, nullptr);
  out.environment = environment_now();
  out.umask = current_umask();
  for (const auto& [resource, name] : kLimits) {
    rlimit limit{};
    if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) == 0) out.limits.emplace(resource, limit);
  }
  std::error_code removed;  // a directory that is gone has no name
  out.directory = fs::current_path(removed).string();
  out.descriptors = open_descriptors();
  out.threads = numbers_in("/proc/self/task");
  out.children = children_of(out.threads);
  return out;
}

std::vector<SideEffect> changed(const ProcessState& before, const ProcessState& after) {
  std::vector<SideEffect> out;
  note_signals(before, after, out);
  if (before.at_terminate != after.at_terminate) {
    out.push_back({Severity::kNote,
                   "changed what std::terminate() does (std::set_terminate); it is called for an exception of the "
                   "gateway and of every other plugin too; call the handler that was there"});
  }
  if (before.locale != after.locale) {
    out.push_back({Severity::kWarning, "changed the locale to \"" + after.locale +
                                           "\"; the whole gateway reads and writes numbers by it; use newlocale() and "
                                           "the functions that take one"});
  }
  note_environment(before, after, out);
  if (before.umask != after.umask) {
    out.push_back({Severity::kWarning, "changed the umask; every file of the gateway is made with it"});
  }
  for (const auto& [resource, limit] : after.limits) {
    const auto was = before.limits.find(resource);
    if (was == before.limits.end() || was->second.rlim_cur == limit.rlim_cur) continue;
    out.push_back({Severity::kWarning,
                   "changed the limit of " + std::string(kLimits.at(resource)) + "; it holds for the whole gateway"});
  }
  if (before.directory != after.directory) {
    out.push_back({Severity::kWarning,
                   "changed the working directory; relative paths of the gateway lead somewhere else from then on"});
  }
  for (const auto& [fd, what] : before.descriptors) {
    const auto is = after.descriptors.find(fd);
    if (is != after.descriptors.end() && is->second == what) continue;
    out.push_back(
        {Severity::kError, "closed descriptor " + std::to_string(fd) + " (" + what +
                               "), which is not its own; in a gateway that may be a connection to PostgreSQL"});
  }
  return out;
}

std::vector<SideEffect> left_behind(const ProcessState& before, const ProcessState& after) {
  std::vector<SideEffect> out;
  std::string open;
  for (const auto& [fd, what] : after.descriptors) {
    if (!before.descriptors.contains(fd)) open += (open.empty() ? "" : ", ") + what;
  }
  if (!open.empty()) {
    out.push_back({Severity::kWarning, "left descriptors open (" + open + "); each reload of it loses as many"});
  }
  const auto more = [](const std::set<int>& was, const std::set<int>& is) {
    std::size_t count = 0;
    for (const int id : is) count += was.contains(id) ? 0 : 1;
    return count;
  };
  if (const std::size_t threads = more(before.threads, after.threads); threads > 0) {
    out.push_back(
        {Severity::kWarning, "left threads running (" + std::to_string(threads) +
                                 "); after a reload they go on beside the new version, on state that is gone"});
  }
  if (const std::size_t children = more(before.children, after.children); children > 0) {
    out.push_back({Severity::kWarning, "left child processes (" + std::to_string(children) +
                                           "); nobody waits for them, and they outlive each reload"});
  }
  return out;
}

}  // namespace dlrgw::host
