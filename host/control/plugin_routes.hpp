// SPDX-License-Identifier: Apache-2.0
// The HTTP routes that plugins contribute → routes of the host's router: requests, answers and claims cross the plugin
// boundary here. A route holds the snapshot of its plugin until its last request is done. [control]; the handlers run
// on handler threads.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "boundary/contributions.hpp"
#include "http/router.hpp"
#include "pipeline/host_metrics.hpp"
#include "telemetry/log.hpp"

namespace dlrgw::host {

struct RouteSlot {
  std::string plugin;
  RouteClass contribution;
  void* user = nullptr;
  std::string version{};  // of the plugin
};

// Outlive every router.
struct RouteDeps {
  HostMetrics& metrics;
  Logger& logger;
};

// What a router would refuse, one sentence for each route, beside the host's own: without a handler, for a check.
std::vector<std::string> refused_routes(const std::vector<RouteSlot>& routes);

// The error names plugin and route. keep: what the plugin's code and data live in.
Status add_plugin_routes(Router& router, const std::vector<RouteSlot>& routes, const std::shared_ptr<const void>& keep,
                         const RouteDeps& deps);

}  // namespace dlrgw::host
