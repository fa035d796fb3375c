// SPDX-License-Identifier: Apache-2.0
#include "config/suggest.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace dlrgw::host {
namespace {

constexpr std::size_t kFewNames = 12;
constexpr std::size_t kLongestCompared = 64;

// Edit distance in which two neighbouring letters swapped count as one slip; "-" and "_" are the same.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) { return x == y || (x == '-' && y == '_') || (x == '_' && y == '-'); };
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string suggestion(std::string_view misspelt, std::span<const std::string_view> names) {
  std::string_view nearest;
  std::size_t best = SIZE_MAX;
  if (misspelt.size() <= kLongestCompared) {
    for (const std::string_view name : names) {
      const std::size_t d = distance(misspelt, name);
      if (d < best) {
        best = d;
        nearest = name;
      }
    }
  }
  if (!nearest.empty() && best <= std::max<std::size_t>(1, std::min(misspelt.size(), nearest.size()) / 3))
    return "; did you mean \"" + std::string(nearest) + "\"?";
  if (names.empty() || names.size() > kFewNames) return {};
  std::string out = "; known here: ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  return out;
}

}  // namespace dlrgw::host
