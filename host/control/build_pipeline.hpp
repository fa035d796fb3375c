// SPDX-License-Identifier: Apache-2.0
// From a configuration to a pipeline that is ready to run: loads the plugins, checks options, creates them, checks the
// chain. Reports all that is wrong at once and starts nothing. Used by `run`, `check` and reloads. [control]
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boundary/loading/load_plugin.hpp"
#include "boundary/plugin_context.hpp"
#include "boundary/plugin_instance.hpp"
#include "boundary/snapshot.hpp"
#include "config/config.hpp"
#include "control/plugin_routes.hpp"
#include "control/toggles.hpp"
#include "jobs/scheduler.hpp"
#include "pipeline/chain_check.hpp"

namespace dlrgw::host {

struct Pipeline {
  std::shared_ptr<Snapshot> snapshot;  // without lanes yet
  std::vector<JobSlot> jobs;
  std::vector<RouteSlot> routes;
  std::vector<PluginInfo> plugins;                                 // all that are enabled in the configuration
  std::vector<std::string> active_plugins;                         // of these, without those that are switched off
  std::vector<std::shared_ptr<const PluginInstance>> instances;    // of the active ones, the host's own among them
  std::vector<StageDeclaration> stages;                            // contributed, switched off ones too
  std::vector<std::string> order;                                  // [pipeline] stages
  std::vector<std::string> disabled;                               // of these, by configuration or switch
  std::map<std::string, std::vector<OptionDecl>> options_by_file;  // key: plugins[].file
};

struct BuildRequest {
  const Config& config;
  const Toggles& toggles;
  PluginImages& images;
  const HostServices& host;
  MetricId plugin_errors = 0;
  PluginFiles files = PluginFiles::kReadAgain;
};

// nullopt: errors has at least one sentence.
std::optional<Pipeline> build_pipeline(const BuildRequest& request, std::vector<std::string>& errors);

// Only the files and handshakes, for `plugins` and `migrate`.
std::vector<LoadedPlugin> load_plugins(const Config& config, PluginImages& images, std::vector<std::string>& errors);

}  // namespace dlrgw::host
