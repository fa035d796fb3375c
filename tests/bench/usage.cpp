// SPDX-License-Identifier: Apache-2.0
#include "bench/usage.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace dlrgw::bench {
namespace fs = std::filesystem;
namespace {

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  std::string name;
  double own_us = 0;
  double reaped_us = 0;  // of its children that have ended
};

double ticks_to_us(double ticks) { return ticks * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK)); }

// proc(5): pid (comm) state ppid …; comm may hold spaces and brackets. Fields 14 to 17 are utime stime cutime cstime.
bool parse_stat(const std::string& line, Process& process) {
  const auto open = line.find('(');
  const auto close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return false;
  process.pid = std::stoi(line.substr(0, open));
  process.name = line.substr(open + 1, close - open - 1);
  std::istringstream rest(line.substr(close + 1));
  std::array<std::string, 15> field;  // field[0] is the third of the line
  for (auto& word : field)
    if (!(rest >> word)) return false;
  process.parent = std::stoi(field[1]);
  process.own_us = ticks_to_us(std::stod(field[11]) + std::stod(field[12]));
  process.reaped_us = ticks_to_us(std::stod(field[13]) + std::stod(field[14]));
  return true;
}

std::vector<Process> all_processes() {
  std::vector<Process> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    int pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
    std::ifstream in(entry.path() / "stat");
    std::string line;
    Process process;
    if (std::getline(in, line) && parse_stat(line, process)) found.push_back(std::move(process));  // else it has ended
  }
  return found;
}

std::string role_of(const std::string& name) {
  if (name == "dlr-gateway") return kGateway;
  if (name == "dlr-bench-loop") return kLoop;
  if (name == "postgres") return kPostgres;
  if (name == "nats-server") return kNats;
  if (name == "redis-server") return kRedis;
  return {};
}

double machine_busy_us() {
  std::ifstream in("/proc/stat");
  std::string word;
  in >> word;  // "cpu", then user nice system idle iowait irq softirq steal
  double busy = 0;
  double ticks = 0;
  for (int column = 0; column < 7 && in >> ticks; ++column)
    if (column != 3 && column != 4) busy += ticks;
  return ticks_to_us(busy);
}

}  // namespace

CpuTimes cpu_times() {
  CpuTimes times;
  const auto processes = all_processes();
  pid_t postmaster = 0;
  for (const auto& process : processes) {
    if (process.pid == getpid()) times[kBench] = process.own_us;
    if (process.parent != getpid()) continue;
    const std::string role = role_of(process.name);
    if (role.empty()) continue;
    times[role] += process.own_us + process.reaped_us;
    if (role == kPostgres) postmaster = process.pid;
  }
  for (const auto& process : processes)
    if (postmaster != 0 && process.parent == postmaster) times[kPostgres] += process.own_us + process.reaped_us;
  times[kMachine] = machine_busy_us();
  return times;
}

CpuTimes operator-(const CpuTimes& later, const CpuTimes& earlier) {
  CpuTimes used;
  for (const auto& [name, time] : later) {
    const auto before = earlier.find(name);
    used[name] = time - (before == earlier.end() ? 0 : before->second);
  }
  return used;
}

double of_all(const CpuTimes& used, const std::string& contender) {
  double sum = 0;
  for (const auto& [name, time] : used)
    if (name == contender || name == kPostgres || name == kNats || name == kRedis) sum += time;
  return sum;
}

double share_of_others(const CpuTimes& used) {
  double ours = 0;
  double machine = 0;
  for (const auto& [name, time] : used) (name == kMachine ? machine : ours) += time;
  return machine <= ours ? 0 : (machine - ours) / machine;
}

CpuTimes thread_times(pid_t pid) {
  CpuTimes times;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::ifstream names(entry.path() / "comm");
    std::ifstream statistics(entry.path() / "schedstat");  // its first number: ns on a processor
    std::string name;
    double ns = 0;
    if (!std::getline(names, name) || !(statistics >> ns)) continue;  // it has ended
    if (const auto last = name.find_last_not_of("0123456789 "); last != std::string::npos) name.resize(last + 1);
    times[name] += ns / 1e3;
  }
  return times;
}

double peak_mib(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

}  // namespace dlrgw::bench
