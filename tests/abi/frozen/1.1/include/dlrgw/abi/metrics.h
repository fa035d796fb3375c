// SPDX-License-Identifier: Apache-2.0
/* dlrgw.metrics/1: counters, gauges and histograms of the host's Prometheus registry. */
#ifndef DLRGW_ABI_METRICS_H
#define DLRGW_ABI_METRICS_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_SERVICE_METRICS "dlrgw.metrics/1"

#define DLRGW_METRIC_COUNTER 1u
#define DLRGW_METRIC_GAUGE 2u
#define DLRGW_METRIC_HISTOGRAM 3u

/* The value of a label with the key "operatorId" is replaced by "other" unless the operator is configured. */
typedef struct dlrgw_metric_def {
  uint32_t struct_size;
  uint32_t type;
  dlrgw_str name; /* Prometheus name; counters end in _total */
  dlrgw_str help;
  const dlrgw_str* label_keys;
  uint32_t label_count, label_stride;
  const double* buckets; /* histograms: ascending upper bounds, without +Inf */
  uint32_t bucket_count, reserved;
} dlrgw_metric_def;

typedef struct dlrgw_metrics {
  uint32_t struct_size;
  uint32_t revision;
  void* self;
  /* [any] The same name and shape again is the same family; another shape is DLRGW_E_INVALID. */
  int32_t (*define)(void* self, const dlrgw_metric_def* def, uint64_t* family, dlrgw_error* error);
  /* [any] COUNTER: adds value >= 0; GAUGE: sets; HISTOGRAM: observes. labels: one value per key, in order. With a
   * receipt's handle it happens once, after commit, and vanishes on rollback; 0 = now. */
  void (*record)(void* self, uint64_t receipt, uint64_t family, const dlrgw_str* labels, uint32_t count,
                 uint32_t stride, double value);
  /* [any] removes one series of a gauge, such as one that only a leader exports. */
  void (*remove)(void* self, uint64_t family, const dlrgw_str* labels, uint32_t count, uint32_t stride);
} dlrgw_metrics;

#ifdef __cplusplus
}
#endif
#endif
