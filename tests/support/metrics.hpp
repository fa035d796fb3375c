// SPDX-License-Identifier: Apache-2.0
// A scrape of /metrics, parsed. A value; pure.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::test {

using Labels = std::map<std::string, std::string>;

struct Sample {
  std::string name;
  Labels labels;
  double value = 0;
};

class Metrics {
 public:
  static Metrics parse(std::string_view exposition);  // Prometheus text format

  // The sum over all series of that name whose labels include those given; 0 when there is none.
  [[nodiscard]] double sum(std::string_view name, const Labels& labels = {}) const;
  [[nodiscard]] bool has(std::string_view name, const Labels& labels = {}) const;
  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }

 private:
  std::vector<Sample> samples_;
};

}  // namespace dlrgw::test
