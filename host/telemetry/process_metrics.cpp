// SPDX-License-Identifier: Apache-2.0
#include "telemetry/process_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>

#include <sys/resource.h>

namespace dlrgw::host {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

void add(std::vector<MetricFamily>& out, const char* name, const char* help, MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  out.push_back({name, help, type, {metric}});
}

// The fields of /proc/self/stat from the third one on (proc(5)): the second one, the name, may hold blanks.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > text.size()) return {};
  std::istringstream fields(text.substr(name_end + 4));  // behind the state, one letter
  return {std::istream_iterator<double>(fields), {}};
}

// Seconds since the epoch at which the machine started; 0: unknown.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;)
    if (double seconds = 0; word == "btime" && file >> seconds) return seconds;
  return 0;
}

}  // namespace

std::vector<MetricFamily> process_metrics() {
  std::vector<MetricFamily> out;
  // Counted from field 4, the parent.
  constexpr std::size_t kUser = 10, kSystem = 11, kThreads = 16, kStart = 18, kVirtual = 19, kResident = 20;
  const std::vector<double> stat = stat_fields();
  if (stat.size() > kResident) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    add(out, "process_cpu_seconds_total", "Processor time of the process, user and system.", MetricType::Counter,
        (stat[kUser] + stat[kSystem]) / ticks);
    add(out, "process_resident_memory_bytes", "Memory in use.", MetricType::Gauge,
        stat[kResident] * static_cast<double>(sysconf(_SC_PAGESIZE)));
    add(out, "process_virtual_memory_bytes", "Memory mapped.", MetricType::Gauge, stat[kVirtual]);
    add(out, "process_threads", "Threads.", MetricType::Gauge, stat[kThreads]);
    static const double boot = boot_time();
    if (boot > 0)
      add(out, "process_start_time_seconds", "Start of the process, seconds since the epoch.", MetricType::Gauge,
          boot + stat[kStart] / ticks);
  }
  std::error_code failed;
  const std::filesystem::directory_iterator files("/proc/self/fd", failed);
  // One of them is the listing's own.
  if (!failed)
    add(out, "process_open_fds", "Open file descriptors.", MetricType::Gauge,
        static_cast<double>(std::distance(begin(files), end(files)) - 1));
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0)
    add(out, "process_max_fds", "Most file descriptors that may be open.", MetricType::Gauge,
        static_cast<double>(limit.rlim_cur));
  return out;
}

}  // namespace dlrgw::host
