// SPDX-License-Identifier: Apache-2.0
// Safe copies of the class structs that a plugin registers. Reads no byte past the sizes that the plugin states; hooks
// that a newer SDK appended are null here. Pure; any thread. The function pointers stay valid for ever, since images
// are never unmapped; what they are called with follows the headers of the SDK.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <dlrgw/abi/plugin.h>

#include "support/result.hpp"

namespace dlrgw::host {

// In each of these structs, `table` is zero beyond what the plugin gave. Its name and arrays still point into the
// plugin, and its mandatory hooks are not null.
struct StageClass {
  std::string name;
  std::vector<std::string> needs;
  std::vector<std::string> provides;
  dlrgw_stage_class table{};
};

struct QuirkClass {
  std::string name;
  std::vector<std::string> operators;
  dlrgw_quirk_class table{};
};

struct SinkClass {
  std::string name;
  dlrgw_sink_class table{};
};

struct JobClass {
  std::string name;
  std::string schedule;  // as written; parsed by the scheduler
  dlrgw_job_class table{};
};

struct RouteClass {
  std::string method;   // upper case
  std::string pattern;  // as written; parsed by the router
  std::string scope;
  dlrgw_route_class table{};
};

// Errors are kInvalid and continue a plugin label: `stage "acme.check": its hook process is NULL; every stage needs
// one`.
Result<StageClass> read_stage_class(const dlrgw_stage_class* stage);
Result<QuirkClass> read_quirk_class(const dlrgw_quirk_class* quirk);
Result<SinkClass> read_sink_class(const dlrgw_sink_class* sink);
Result<JobClass> read_job_class(const dlrgw_job_class* job);
Result<RouteClass> read_route_class(const dlrgw_route_class* route);

}  // namespace dlrgw::host
