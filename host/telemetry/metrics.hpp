// SPDX-License-Identifier: Apache-2.0
// The one Prometheus registry of the process. Families are defined once, by shape; series come into being on use.
// Thread-safe. prometheus-cpp appears behind this header only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace dlrgw::host {

enum class MetricType : std::uint32_t { kCounter = 1, kGauge = 2, kHistogram = 3 };

struct MetricDef {
  MetricType type = MetricType::kCounter;
  std::string name;
  std::string help;
  std::vector<std::string> label_keys;
  std::vector<double> buckets;  // histograms only, ascending, without +Inf
  std::string owner = {};       // who defines it, for the sentence of a refusal; empty: the gateway
};

// Index of a defined family; 0 is never valid.
using MetricId = std::uint64_t;

// Per family; a label with unbounded values must not eat the memory. Room for every operator with all its outcomes.
inline constexpr std::size_t kMaxSeries = 16384;
inline constexpr std::size_t kMaxFamilies = 1024;

class Metrics {
 public:
  // A label with the key "operatorId" keeps its value if that is one of `operators`, or among the first `max_seen`
  // others that are recorded; any further one becomes "other".
  explicit Metrics(std::vector<std::string> operators, std::size_t max_seen = 0);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // For a reload of the configuration; series that exist stay. Operators must be UTF-8.
  void set_operators(std::vector<std::string> operators, std::size_t max_seen);
  // An operator became "other" because `max_seen` others came first.
  [[nodiscard]] bool operators_overflowed() const;
  // The same name and shape again answers the same id; another shape is kInvalid. Counters end in _total. Counters and
  // histograms without labels, and counters by operatorId alone, are exposed at 0 from here on; others once recorded.
  Result<MetricId> define(const MetricDef& def);
  // counter: adds (value >= 0); gauge: sets; histogram: observes. One label value per key, in order. What does not fit
  // (unknown family, number of labels, no UTF-8, negative or NaN increment, more than kMaxSeries series) is counted in
  // dlr_metric_refused_total{metric} and otherwise ignored.
  void record(MetricId family, std::span<const std::string_view> labels, double value);
  void remove(MetricId family, std::span<const std::string_view> labels);
  // Value of one counter or gauge series; 0 when it does not exist.
  [[nodiscard]] double value(MetricId family, std::span<const std::string_view> labels) const;
  // Of one histogram series; zeros when it does not exist.
  struct Observed {
    struct Bucket {
      double upper_bound;   // infinity for the last
      std::uint64_t count;  // of this bucket and all below
    };
    std::uint64_t count = 0;
    double sum = 0;
    std::vector<Bucket> buckets;
  };
  [[nodiscard]] Observed observed(MetricId family, std::span<const std::string_view> labels) const;
  // Text exposition format 0.0.4.
  [[nodiscard]] std::string expose() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
