// SPDX-License-Identifier: Apache-2.0
// Holds the manifest against what was observed: one line per expectation. Pure.
#pragma once
#include <string>
#include <vector>

#include "demo/manifest.hpp"
#include "demo/observe.hpp"

namespace dlrgw::demo {

struct Line {
  std::string name;
  std::int64_t sent = -1;  // -1: has no number of its own
  std::string outcome;
  Range expected;
  std::int64_t found = 0;
  [[nodiscard]] bool ok() const { return expected.holds(found); }
};

struct Section {
  std::string title;
  std::vector<Line> lines;
};

struct Comparison {
  std::vector<Section> sections;
  std::vector<std::string> discrepancies;  // single receipts and messages, at most a few
  [[nodiscard]] bool agrees() const;
};

[[nodiscard]] Comparison compare(const Manifest& manifest, const Observation& seen);

}  // namespace dlrgw::demo
