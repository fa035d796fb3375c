// SPDX-License-Identifier: Apache-2.0
#include "bench/batch_traces.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

#include "bench/report.hpp"
#include "support/json.hpp"

namespace dlrgw::bench {
namespace {

constexpr std::string_view kMark = R"("event":"dlr.batch")";

struct Trace {
  double all_ms = 0;
  const std::string* line = nullptr;
};

double number(const std::string& line, std::string_view name) {
  const std::string text = test::json_field(line, name);
  return text.empty() ? 0 : std::stod(text);
}

}  // namespace

std::string slowest_batches(std::span<const std::string> lines, std::size_t most) {
  std::vector<Trace> traces;
  std::vector<double> sizes, waited, took, commits;
  for (const std::string& line : lines) {
    if (line.find(kMark) == std::string::npos) continue;
    sizes.push_back(number(line, "receipts"));
    waited.push_back(number(line, "waitedMs"));
    took.push_back(number(line, "tookMs"));
    commits.push_back(number(line, "commitMs"));
    traces.push_back({waited.back() + took.back(), &line});
  }
  if (traces.empty()) return {};
  char text[400];
  std::snprintf(
      text, sizeof text,
      "%zu batches; median and 99th percentile: %.0f and %.0f receipts, waited %.1f and %.1f ms, took %.1f and "
      "%.1f ms, commit %.1f and %.1f ms. The slowest:\n",
      traces.size(), percentile(sizes, 50), percentile(sizes, 99), percentile(waited, 50), percentile(waited, 99),
      percentile(took, 50), percentile(took, 99), percentile(commits, 50), percentile(commits, 99));
  std::string out = text;
  std::stable_sort(traces.begin(), traces.end(), [](const Trace& a, const Trace& b) { return a.all_ms > b.all_ms; });
  if (traces.size() > most) traces.resize(most);
  for (const Trace& trace : traces) {
    const std::string& line = *trace.line;
    std::snprintf(
        text, sizeof text, "%s %3.0f receipts, waited %6.1f, took %6.1f: session %.1f, commit %.1f, settle %.1f",
        test::json_field(line, "ts").c_str(), number(line, "receipts"), number(line, "waitedMs"),
        number(line, "tookMs"), number(line, "sessionMs"), number(line, "commitMs"), number(line, "settleMs"));
    out.append(text).append(" | ").append(test::json_field(line, "stages"));
    out.append(" | ").append(test::json_field(line, "statements")).append("\n");
  }
  return out;
}

}  // namespace dlrgw::bench
