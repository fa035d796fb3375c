// SPDX-License-Identifier: Apache-2.0
// Counters, gauges and histograms. A value given a receipt's handle is recorded once, after commit.
#pragma once
#include <initializer_list>
#include <vector>

#include <dlrgw/abi/metrics.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

// One metric family of the host's registry; defining it again with the same shape is the same family.
class Metric {
 public:
  enum class Type : std::uint32_t {
    kCounter = DLRGW_METRIC_COUNTER,
    kGauge = DLRGW_METRIC_GAUGE,
    kHistogram = DLRGW_METRIC_HISTOGRAM,
  };

  Metric(Host host, Type type, std::string_view name, std::string_view help,
         std::initializer_list<std::string_view> label_keys = {}, std::initializer_list<double> buckets = {})
      : metrics_(host.require<dlrgw_metrics>(DLRGW_SERVICE_METRICS)) {
    std::vector<dlrgw_str> keys;
    for (const std::string_view key : label_keys) keys.push_back(str(key));
    dlrgw_metric_def def{};
    def.struct_size = sizeof def;
    def.type = static_cast<std::uint32_t>(type);
    def.name = str(name);
    def.help = str(help);
    def.label_keys = keys.data();
    def.label_count = static_cast<std::uint32_t>(keys.size());
    def.label_stride = sizeof(dlrgw_str);
    def.buckets = buckets.begin();
    def.bucket_count = static_cast<std::uint32_t>(buckets.size());
    dlrgw_error error = make_error();
    check(metrics_->define(metrics_->self, &def, &family_, &error), error);
  }

  // counter: adds; gauge: sets; histogram: observes. receipt 0 = now.
  void record(std::uint64_t receipt, std::initializer_list<std::string_view> labels, double value = 1) const {
    dlrgw_str values[kMaxLabels] = {};
    const std::uint32_t count = pack(labels, values);
    metrics_->record(metrics_->self, receipt, family_, values, count, sizeof(dlrgw_str), value);
  }
  void remove(std::initializer_list<std::string_view> labels) const {
    dlrgw_str values[kMaxLabels] = {};
    const std::uint32_t count = pack(labels, values);
    metrics_->remove(metrics_->self, family_, values, count, sizeof(dlrgw_str));
  }

 private:
  static constexpr std::size_t kMaxLabels = 8;
  static std::uint32_t pack(std::initializer_list<std::string_view> labels, dlrgw_str (&out)[kMaxLabels]) {
    if (labels.size() > kMaxLabels) throw Error(DLRGW_E_LIMIT, "a metric has at most 8 labels");
    std::uint32_t count = 0;
    for (const std::string_view label : labels) out[count++] = str(label);
    return count;
  }
  const dlrgw_metrics* metrics_;
  std::uint64_t family_ = 0;
};

}  // namespace dlrgw
