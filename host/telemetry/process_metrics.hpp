// SPDX-License-Identifier: Apache-2.0
// What Prometheus' own clients say of their process, under the same names: process_cpu_seconds_total,
// process_resident_memory_bytes, process_virtual_memory_bytes, process_start_time_seconds (epoch), process_open_fds,
// process_max_fds, process_threads. Read from /proc at each call; what cannot be read is left out. Thread-safe.
#pragma once
#include <vector>

#include <prometheus/metric_family.h>

namespace dlrgw::host {

std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace dlrgw::host
