// SPDX-License-Identifier: Apache-2.0
// Log lines and metric values that a stage ties to a receipt. They happen once, after commit, and vanish on rollback: a
// replayed batch must not count or log anything twice. Owned by the receipt, on its lane's thread.
#pragma once
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace dlrgw::host {

// A Field that owns its texts.
struct HeldField {
  struct MaskedNumber {
    std::string digits;
  };
  std::string name;
  std::variant<std::string, std::int64_t, double, bool, TimeUs, MaskedNumber> value;

  [[nodiscard]] Field borrow() const;
};

struct HeldLog {
  Level level = Level::kInfo;
  std::string event;
  std::vector<HeldField> fields;
};

struct HeldMetric {
  MetricId family = 0;
  std::vector<std::string> labels;
  double value = 0;
};

class HeldBack {
 public:
  void add(HeldLog line) { logs_.push_back(std::move(line)); }
  void add(HeldMetric value) { metrics_.push_back(std::move(value)); }
  // Writes and records everything, in order, then forgets it.
  void release(Logger& logger, Metrics& metrics, TraceIds trace);

 private:
  std::vector<HeldLog> logs_;
  std::vector<HeldMetric> metrics_;
};

}  // namespace dlrgw::host
