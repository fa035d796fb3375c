// SPDX-License-Identifier: Apache-2.0
// What the host does for its own tables, written as a plugin so that it is built, run, shown and reloaded like one.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "boundary/plugin_instance.hpp"
#include "config/config.hpp"

namespace dlrgw::host {

inline constexpr std::string_view kHostPlugin = "host";
// The job that runs held receipts again, which the gateway itself has.
inline constexpr std::string_view kHeldJob = "host.held";

// Contributes the job host.retention, which deletes rows older than storage.retention_days. Null when that failed:
// errors then holds a sentence for each finding.
std::shared_ptr<PluginInstance> make_upkeep(const Config& config, const HostServices& host, MetricId plugin_errors,
                                            std::vector<std::string>& errors);

}  // namespace dlrgw::host
