// SPDX-License-Identifier: Apache-2.0
#include "control/build_pipeline.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "boundary/loading/file_trust.hpp"
#include "boundary/plugin_instance.hpp"
#include "config/check_limits.hpp"
#include "config/option_values.hpp"
#include "control/upkeep.hpp"
#include "pipeline/chain_check.hpp"

namespace dlrgw::host {
namespace {

using Instances = std::vector<std::shared_ptr<PluginInstance>>;

HostOffer offer_for(const PluginConfig& plugin) {
  HostOffer offer;
  for (const ServiceOffer& service : offered_services()) {
    offer.services.push_back({std::string(service.id), std::string(service.grant)});
  }
  offer.grants = plugin.grants;
  return offer;
}

struct Loaded {
  LoadedPlugin plugin;
  const PluginConfig* config;
};

std::vector<Loaded> load_all(const Config& config, PluginFiles files, PluginImages& images,
                             std::vector<std::string>& errors) {
  const ImageSpace space{config.gateway.state_dir, static_cast<std::size_t>(config.gateway.max_plugin_images)};
  std::vector<Loaded> out;
  std::map<std::string, std::string> path_of_id;
  for (const PluginConfig& entry : config.plugins) {
    if (!entry.enabled || entry.file.empty()) continue;  // a file that is not named was refused before
    const std::string key = "plugins[" + std::to_string(&entry - config.plugins.data()) + "].file";
    const auto tell = [&](std::string text) { errors.push_back(to_string(config.error(key, std::move(text)))); };
    const auto path = find_plugin_file(entry.file, config.gateway.plugin_dirs);
    if (!path) {
      tell(path.error().text);
      continue;
    }
    auto loaded = images.load(*path, files, space, offer_for(entry));
    if (!loaded) {
      tell(loaded.error().text);
      continue;
    }
    const auto [other, fresh] = path_of_id.emplace(loaded->info.id, loaded->info.path);
    if (!fresh) {
      tell("plugin " + loaded->info.id + " (" + loaded->info.path + "): " + other->second +
           " has the same id; load one of them");
      continue;
    }
    out.push_back({std::move(*loaded), &entry});
  }
  return out;
}

struct CheckedOptions {
  OptionValues values;
  bool good = true;
};

std::vector<CheckedOptions> check_options(const Config& config, const std::vector<Loaded>& loaded,
                                          std::vector<std::string>& errors) {
  std::vector<ConfigError> findings;
  std::vector<CheckedOptions> checked;
  std::vector<std::vector<OptionDecl>> declared;
  for (const Loaded& entry : loaded) {
    const PluginInfo& info = entry.plugin.info;
    const std::size_t before = findings.size();
    OptionValues values = OptionValues::build(
        {config.file, info.id, entry.config->at, &entry.config->options, config.operators}, info.options, findings);
    if (findings.size() == before)
      for (ConfigError& finding : check_retries(config, values)) findings.push_back(std::move(finding));
    checked.push_back({std::move(values), findings.size() == before});
    declared.push_back(info.options);
  }
  // Keys of a plugin that could not be loaded would look unknown.
  const auto wanted =
      std::count_if(config.plugins.begin(), config.plugins.end(), [](const PluginConfig& p) { return p.enabled; });
  if (static_cast<std::size_t>(wanted) == loaded.size()) {
    for (ConfigError& finding : check_operator_keys(config, declared)) findings.push_back(std::move(finding));
  }
  for (const ConfigError& finding : findings) errors.push_back(to_string(finding));
  return checked;
}

// Names that must be unique among all plugins: stages, jobs, and the operator of a quirk.
class UniqueNames {
 public:
  explicit UniqueNames(std::string kind, std::vector<std::string>& errors) : kind_(std::move(kind)), errors_(errors) {}
  void add(const std::string& name, const std::string& plugin) {
    const auto [other, fresh] = owner_.emplace(name, plugin);
    if (!fresh) {
      errors_.push_back(kind_ + " \"" + name + "\" is contributed by both plugin " + other->second + " and plugin " +
                        plugin + "; disable one of them");
    }
  }

 private:
  std::string kind_;
  std::vector<std::string>& errors_;
  std::map<std::string, std::string> owner_;
};

void check_names(const Instances& plugins, std::vector<std::string>& errors) {
  UniqueNames stages("stage", errors);
  UniqueNames jobs("job", errors);
  UniqueNames operators("the quirk of operator", errors);
  jobs.add(std::string(kHeldJob), std::string(kHostPlugin));
  for (const auto& plugin : plugins) {
    for (const auto& stage : plugin->stages()) stages.add(stage.contribution.name, plugin->identity().id);
    for (const auto& job : plugin->jobs()) jobs.add(job.contribution.name, plugin->identity().id);
    for (const auto& quirk : plugin->quirks()) {
      for (const std::string& id : quirk.contribution.operators) operators.add(id, plugin->identity().id);
    }
  }
}

std::vector<StageDeclaration> declarations(const Instances& plugins) {
  std::vector<StageDeclaration> out;
  for (const auto& plugin : plugins) {
    for (const auto& stage : plugin->stages()) {
      out.push_back({stage.contribution.name, plugin->identity().id,
                     (stage.contribution.table.flags & DLRGW_STAGE_ESSENTIAL) != 0, stage.contribution.needs,
                     stage.contribution.provides});
    }
  }
  return out;
}

// Removes plugins that are switched off, with everything they contributed. Their stages count as disabled, so that
// switching off an essential one is refused with the usual error.
void apply_toggles(const Toggles& toggles, PipelineConfig& pipeline, Instances& plugins) {
  toggles.apply_to(pipeline);
  for (const auto& plugin : plugins) {
    if (!toggles.plugin_disabled(plugin->identity().id)) continue;
    for (const auto& stage : plugin->stages()) pipeline.disabled.push_back(stage.contribution.name);
  }
  std::erase_if(plugins, [&](const auto& plugin) { return toggles.plugin_disabled(plugin->identity().id); });
}

void check_stages(const Config& config, const PipelineConfig& pipeline, std::span<const StageDeclaration> declared,
                  const Instances& active, std::vector<std::string>& errors) {
  ChainRequest request{pipeline.stages, pipeline.disabled, {}};
  for (const auto& plugin : active) {
    for (std::size_t i = 0; i < plugin->sinks().size(); ++i) request.sinks.push_back(plugin->identity().id);
  }
  for (std::string& problem : check_chain(request, declared)) {
    errors.push_back(to_string(config.error("pipeline.stages", std::move(problem))));
  }
}

Result<JobSlot> job_slot(const PluginInstance& plugin, const PluginInstance::Registered<JobClass>& job) {
  Result<Schedule> schedule = Schedule::parse(job.contribution.schedule);
  if (!schedule) {
    return Error{ErrorCode::kInvalid,
                 "plugin " + plugin.identity().id + ": job " + job.contribution.name + ": " + schedule.error().text};
  }
  return JobSlot{job.contribution.name,
                 plugin.identity().id,
                 *schedule,
                 job.contribution.schedule,
                 (job.contribution.table.flags & DLRGW_JOB_SINGLETON) != 0,
                 job.contribution.table,
                 job.user,
                 plugin.identity().version};
}

// Fills the snapshot's slots; the chain was checked before.
void assemble(const PipelineConfig& chain, const Instances& plugins, const HostServices& host, Pipeline& out,
              std::vector<std::string>& errors) {
  Snapshot& snapshot = *out.snapshot;
  const auto held_by_all = std::make_shared<std::atomic<std::size_t>>(0);
  const auto breaker = [&](BreakerKind kind, const std::string& name, const PluginIdentity& plugin) {
    return std::make_shared<Breaker>(BreakerSubject{kind, name, plugin.id, plugin.version, host.health, host.logger},
                                     held_by_all);
  };
  std::map<std::string, std::uint64_t> order_of_plugin;
  for (const std::string& name : chain.stages) {
    const auto& off = chain.disabled;
    if (std::find(off.begin(), off.end(), name) != off.end()) continue;
    for (const auto& plugin : plugins) {
      for (const auto& stage : plugin->stages()) {
        if (stage.contribution.name != name) continue;
        order_of_plugin.emplace(plugin->identity().id, snapshot.stages.size());
        snapshot.stages.push_back({name, &plugin->identity(), stage.contribution.table, stage.user,
                                   stage.contribution.needs, stage.contribution.provides,
                                   breaker(BreakerKind::kStage, name, plugin->identity())});
      }
    }
  }
  for (const auto& plugin : plugins) {
    snapshot.plugins.push_back(plugin);
    for (const auto& quirk : plugin->quirks()) {
      for (const std::string& id : quirk.contribution.operators)
        snapshot.quirk_of_operator.emplace(id, snapshot.quirks.size());
      snapshot.quirks.push_back({quirk.contribution.name, &plugin->identity(), quirk.contribution.table, quirk.user,
                                 quirk.contribution.operators,
                                 breaker(BreakerKind::kQuirk, quirk.contribution.name, plugin->identity())});
    }
    for (const auto& sink : plugin->sinks()) {
      snapshot.sink = {sink.contribution.name, &plugin->identity(), sink.contribution.table, sink.user};
    }
    for (const auto& route : plugin->routes()) {
      out.routes.push_back({plugin->identity().id, route.contribution, route.user, plugin->identity().version});
    }
    for (const auto& job : plugin->jobs()) {
      Result<JobSlot> slot = job_slot(*plugin, job);
      if (slot) {
        out.jobs.push_back(std::move(*slot));
      } else {
        errors.push_back(slot.error().text);
      }
    }
  }
  for (const auto& plugin : plugins) {
    const auto order = order_of_plugin.find(plugin->identity().id);
    // A plugin without a stage in the chain flushes last: its rows come from sinks and jobs.
    const std::uint64_t place = order == order_of_plugin.end() ? snapshot.stages.size() : order->second;
    if (Status sealed = plugin->seal(place, &snapshot.sink); !sealed) errors.push_back(sealed.error().text);
  }
}

// At the place of the plugin that a finding begins with.
std::string at_plugin(const Config& config, const Pipeline& pipeline, std::string finding) {
  for (const PluginInfo& plugin : pipeline.plugins) {
    if (!finding.starts_with("plugin " + plugin.id + ": ")) continue;
    for (std::size_t i = 0; i < config.plugins.size(); ++i) {
      const auto path = find_plugin_file(config.plugins[i].file, config.gateway.plugin_dirs);
      if (config.plugins[i].enabled && path && *path == plugin.path)
        return to_string(config.error("plugins[" + std::to_string(i) + "].file", std::move(finding)));
    }
  }
  return finding;
}

}  // namespace

std::vector<LoadedPlugin> load_plugins(const Config& config, PluginImages& images, std::vector<std::string>& errors) {
  std::vector<LoadedPlugin> out;
  for (Loaded& entry : load_all(config, PluginFiles::kReadAgain, images, errors))
    out.push_back(std::move(entry.plugin));
  return out;
}

std::optional<Pipeline> build_pipeline(const BuildRequest& request, std::vector<std::string>& errors) {
  const Config& config = request.config;
  std::vector<Loaded> loaded = load_all(config, request.files, request.images, errors);
  std::vector<CheckedOptions> options = check_options(config, loaded, errors);

  // Goes on after findings, so that the host's and the plugins' are all reported at once.
  Instances instances;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    auto created = PluginInstance::create(loaded[i].plugin, std::move(options[i].values), loaded[i].config->grants,
                                          request.host, request.plugin_errors, errors, !options[i].good);
    if (created != nullptr) instances.push_back(std::move(created));
  }
  auto upkeep = make_upkeep(config, request.host, request.plugin_errors, errors);
  if (upkeep != nullptr) instances.push_back(std::move(upkeep));
  if (!errors.empty()) return std::nullopt;

  Pipeline out;
  out.snapshot = std::make_shared<Snapshot>();
  out.stages = declarations(instances);
  PipelineConfig chain = config.pipeline;
  apply_toggles(request.toggles, chain, instances);
  check_names(instances, errors);
  check_stages(config, chain, out.stages, instances, errors);
  if (!errors.empty()) return std::nullopt;

  for (const auto& plugin : instances) out.active_plugins.push_back(plugin->identity().id);
  out.instances.assign(instances.begin(), instances.end());
  out.order = chain.stages;
  out.disabled = chain.disabled;
  for (Loaded& entry : loaded) {
    out.options_by_file.emplace(entry.config->file, entry.plugin.info.options);
    out.plugins.push_back(std::move(entry.plugin.info));
  }
  assemble(chain, instances, request.host, out, errors);
  for (std::string& refused : refused_routes(out.routes)) errors.push_back(at_plugin(config, out, std::move(refused)));
  if (!errors.empty()) return std::nullopt;
  return out;
}

}  // namespace dlrgw::host
