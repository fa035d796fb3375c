// SPDX-License-Identifier: Apache-2.0
#include <dlrgw/abi/metrics.h>

#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

std::int32_t define(void* self, const dlrgw_metric_def* def, std::uint64_t* family, dlrgw_error* error) {
  if (def == nullptr || family == nullptr || !DLRGW_HAS(def, dlrgw_metric_def, bucket_count)) {
    return answer(error, ErrorCode::kInvalid, "metric definition is missing or too short");
  }
  if (def->type < DLRGW_METRIC_COUNTER || def->type > DLRGW_METRIC_HISTOGRAM) {
    return answer(error, ErrorCode::kInvalid, "metric type is none of DLRGW_METRIC_");
  }
  MetricDef wanted{
      static_cast<MetricType>(def->type), std::string(view(def->name)), std::string(view(def->help)), {}, {}};
  for (const std::string_view key : views(def->label_keys, def->label_count, def->label_stride)) {
    wanted.label_keys.emplace_back(key);
  }
  wanted.owner = "plugin " + context_of(self).identity.id;
  if (def->bucket_count != 0) wanted.buckets.assign(def->buckets, def->buckets + def->bucket_count);
  const Result<MetricId> id = context_of(self).host.metrics.define(wanted);
  if (!id) return answer(error, id.error().code, id.error().text);
  *family = *id;
  return DLRGW_OK;
}

void record(void* self, std::uint64_t handle, std::uint64_t family, const dlrgw_str* labels, std::uint32_t count,
            std::uint32_t stride, double value) {
  if (Receipt* receipt = CallScope::receipt(handle)) {
    HeldMetric held{family, {}, value};
    held.labels.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) held.labels.emplace_back(view(at(labels, stride, i)));
    receipt->held_back.add(std::move(held));
    return;
  }
  context_of(self).host.metrics.record(family, views(labels, count, stride), value);
}

void remove(void* self, std::uint64_t family, const dlrgw_str* labels, std::uint32_t count, std::uint32_t stride) {
  context_of(self).host.metrics.remove(family, views(labels, count, stride));
}

}  // namespace

dlrgw_metrics make_metrics_service(PluginContext& context) {
  return {sizeof(dlrgw_metrics), 1, &context, define, record, remove};
}

}  // namespace dlrgw::host
