// From a configuration to a pipeline that could run: loads the plugins, checks options, creates the plugins, checks the
// chain. Finds everything that is wrong at once and starts nothing. Used by `run`, `check` and reloads. [control]
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "jobs/scheduler.hpp"
#include "pipeline/snapshot.hpp"
#include "plugin/load_plugin.hpp"
#include "services/plugin_context.hpp"

namespace dlrgw::host {

struct Pipeline {
  std::shared_ptr<Snapshot> snapshot;  // without lanes yet
  std::vector<JobSlot> jobs;
  std::vector<PluginInfo> plugins;
  std::map<std::string, std::vector<OptionDecl>> options_by_file;  // key: plugins[].file
};

// nullopt: errors has at least one sentence.
std::optional<Pipeline> build_pipeline(const Config& config, const HostServices& host, MetricId plugin_errors,
                                       std::vector<std::string>& errors);

// Only the files and handshakes, for `plugins` and `migrate`.
std::vector<LoadedPlugin> load_plugins(const Config& config, std::vector<std::string>& errors);

}  // namespace dlrgw::host
