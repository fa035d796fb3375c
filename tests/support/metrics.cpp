// SPDX-License-Identifier: Apache-2.0
#include "support/metrics.hpp"

#include <algorithm>
#include <cstdlib>

namespace dlrgw::test {
namespace {

// name{a="x",b="y"} 1.5
bool parse_line(std::string_view line, Sample& sample) {
  const auto name_end = line.find_first_of("{ ");
  if (line.empty() || line.front() == '#' || name_end == std::string_view::npos) return false;
  sample.name = line.substr(0, name_end);
  std::size_t at = name_end;
  if (line[at] == '{') {
    ++at;
    while (at < line.size() && line[at] != '}') {
      const auto equals = line.find('=', at);
      if (equals == std::string_view::npos) return false;
      const std::string label(line.substr(at, equals - at));
      std::string value;
      at = equals + 2;  // behind ="
      for (; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\' && at + 1 < line.size()) ++at;
        value += line[at];
      }
      sample.labels[label] = value;
      ++at;
      if (at < line.size() && line[at] == ',') ++at;
    }
    ++at;
  }
  sample.value = std::strtod(std::string(line.substr(std::min(at, line.size()))).c_str(), nullptr);
  return true;
}

bool includes(const Labels& all, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = all.find(label.first);
    return found != all.end() && found->second == label.second;
  });
}

}  // namespace

Metrics Metrics::parse(std::string_view exposition) {
  Metrics metrics;
  while (!exposition.empty()) {
    const auto end = std::min(exposition.find('\n'), exposition.size());
    Sample sample;
    if (parse_line(exposition.substr(0, end), sample)) metrics.samples_.push_back(std::move(sample));
    exposition.remove_prefix(std::min(end + 1, exposition.size()));
  }
  return metrics;
}

double Metrics::sum(std::string_view name, const Labels& labels) const {
  double total = 0;
  for (const auto& sample : samples_)
    if (sample.name == name && includes(sample.labels, labels)) total += sample.value;
  return total;
}

bool Metrics::has(std::string_view name, const Labels& labels) const {
  return std::any_of(samples_.begin(), samples_.end(),
                     [&](const Sample& sample) { return sample.name == name && includes(sample.labels, labels); });
}

}  // namespace dlrgw::test
