// SPDX-License-Identifier: Apache-2.0
#include "bench/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dlrgw::bench {
namespace {

struct Want {
  const char* key;
  bool more_is_better;
  double floor;
  double goal;  // 0: none
};

// For two cores that carry everything.
constexpr Want kWants[] = {
    {"drain.receipts_per_s", true, 5000, 10000},
    {"drain.ratio_to_loop", true, 0.85, 1},
    {"rate.500.ratio_to_loop.commit_p50_ms", false, 1.5, 1.2},
    {"rate.500.ratio_to_loop.commit_p99_ms", false, 1.5, 1.2},
    {"rate.500.commit_p99_ms", false, 50, 15},
    {"rate.2000.commit_p99_ms", false, 100, 0},
    {"rate.5000.commit_p99_ms", false, 150, 60},
    {"cpu_us_per_receipt.gateway", false, 60, 25},
    {"wal_bytes_per_receipt", false, 1900, 1300},
    {"rss_mib", false, 64, 40},
    {"ready_s", false, 2, 0},
};

std::string number(double value) {
  char text[48];
  const double size = std::fabs(value);
  std::snprintf(text, sizeof text, size >= 1000 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", value);
  return text;
}

std::vector<std::string> path_of(const std::string& key) {
  std::vector<std::string> path;
  std::size_t first = 0;
  for (std::size_t dot = 0; (dot = key.find('.', first)) != std::string::npos; first = dot + 1)
    path.push_back(key.substr(first, dot - first));
  path.push_back(key.substr(first));
  return path;
}

}  // namespace

double percentile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(p / 100 * static_cast<double>(values.size()));
  return values[std::min(values.size(), static_cast<std::size_t>(std::max(rank, 1.0))) - 1];
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Keys with a common beginning are neighbours in the map, so that each object is opened once. A key that also began
// another ("a" and "a.b") would break that; there is none.
std::string to_json(const Measurements& measurements) {
  std::string out = "{";
  std::vector<std::string> open;
  bool first = true;
  for (const auto& [key, values] : measurements) {
    std::vector<std::string> path = path_of(key);
    const std::string name = path.back();
    path.pop_back();
    std::size_t common = 0;
    while (common < open.size() && common < path.size() && open[common] == path[common]) ++common;
    for (; open.size() > common; open.pop_back()) {
      out += "}";
      first = false;
    }
    for (; common < path.size(); ++common) {
      out += (first ? "\"" : ", \"") + path[common] + "\": {";
      first = true;
      open.push_back(path[common]);
    }
    out += (first ? "\"" : ", \"") + name + "\": " + number(median(values));
    first = false;
  }
  return out + std::string(open.size() + 1, '}') + "\n";
}

std::string to_table(const Measurements& measurements) {
  char line[160];
  std::snprintf(line, sizeof line, "%-42s %10s %10s %10s %10s %10s\n", "", "median", "smallest", "largest", "floor",
                "goal");
  std::string out = line;
  for (const auto& [key, values] : measurements) {
    const auto* const want =
        std::find_if(std::begin(kWants), std::end(kWants), [&](const Want& w) { return w.key == key; });
    const bool wanted = want != std::end(kWants);
    const double middle = median(values);
    const bool missed = wanted && (want->more_is_better ? middle < want->floor : middle > want->floor);
    const bool reached =
        wanted && want->goal != 0 && (want->more_is_better ? middle >= want->goal : middle <= want->goal);
    std::snprintf(line, sizeof line, "%-42s %10s %10s %10s %10s %10s%s\n", key.c_str(), number(middle).c_str(),
                  number(*std::min_element(values.begin(), values.end())).c_str(),
                  number(*std::max_element(values.begin(), values.end())).c_str(),
                  wanted ? number(want->floor).c_str() : "",
                  wanted && want->goal != 0 ? number(want->goal).c_str() : "",
                  missed    ? "  BELOW THE FLOOR"
                  : reached ? "  goal reached"
                            : "");
    out += line;
  }
  return out;
}

}  // namespace dlrgw::bench
