// SPDX-License-Identifier: Apache-2.0
#include "control/pipeline_manager.hpp"

#include "boundary/crash_line.hpp"
#include "boundary/loading/library.hpp"
#include "config/restart_needed.hpp"
#include "control/needed_migrations.hpp"
#include "control/statement_check.hpp"
#include "storage/schema_check.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kJobPatience{30};  // as sdk/include/dlrgw/abi/job.h says

std::string joined(const std::vector<std::string>& errors) {
  std::string out;
  for (const std::string& error : errors) out += (out.empty() ? "" : "\n") + error;
  return out;
}

std::string in_one_line(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::size_t max_operator_labels(const Config& config) {
  return static_cast<std::size_t>(config.gateway.max_operator_labels);
}

}  // namespace

PipelineManager::PipelineManager(const Config& config, ConfigReader reader, RouterMaker router_maker,
                                 SharedParts& shared, SnapshotHolder& snapshots, RouteTable& routes,
                                 std::uint32_t lane_count)
    : started_with_(config),
      reader_(std::move(reader)),
      router_maker_(std::move(router_maker)),
      shared_(shared),
      snapshots_(snapshots),
      routes_(routes),
      lane_count_(lane_count),
      config_(config),
      retired_snapshots_(change_mutex_),
      retired_jobs_(shared.logger, shared.host_metrics, kJobPatience) {}

// Waits for as long as a job runs. A caller that cannot wait ends the process instead.
PipelineManager::~PipelineManager() { (void)stop_jobs(std::chrono::milliseconds(0)); }

bool PipelineManager::build(std::vector<std::string>& errors) {
  const MutexLock lock(change_mutex_);
  Result<Toggles> toggles = read_toggles(config_.gateway.state_dir);
  if (!toggles) {
    errors.push_back(toggles.error().text);
    return false;
  }
  toggles_ = std::move(*toggles);
  Result<Made> made = make(config_, toggles_, PluginFiles::kReadAgain);
  if (!made) {
    errors.push_back(made.error().text);
    return false;
  }
  swap_in(std::move(*made));
  return true;
}

Result<PipelineManager::Made> PipelineManager::make(const Config& config, const Toggles& toggles, PluginFiles files) {
  std::vector<std::string> errors;
  std::optional<Pipeline> built =
      build_pipeline({config, toggles, images_, shared_.services, shared_.plugin_errors, files}, errors);
  shared_.host_metrics.plugin_images(
      plugin_image_count());  // also counts images that are refused below: they stay mapped
  if (!built) return Error{ErrorCode::kInvalid, joined(errors)};
  // A database that cannot be asked now is asked before the first batch: the supervisor calls check_schema() before it
  // lets the intake go on.
  const Status fits = check_database(*built);
  if (!fits && fits.error().code == ErrorCode::kInvalid) return fits.error();
  if (Status started = start_lanes(*built->snapshot, lane_count_); !started) {
    return Error{ErrorCode::kInvalid, started.error().text};  // whatever code the plugin used, the change is refused
  }
  built->snapshot = retired_snapshots_.take_in_at_end(std::move(built->snapshot));
  Result<std::shared_ptr<const Router>> router = router_maker_(config, *built);
  if (!router) return router.error();
  return Made{std::make_unique<Pipeline>(std::move(*built)), std::move(*router)};
}

void PipelineManager::tell_plugins(const Pipeline* before, const Pipeline& now) {
  const std::vector<PluginInfo> none;
  const std::vector<PluginInfo>& old = before == nullptr ? none : before->plugins;
  const auto in = [](const std::vector<PluginInfo>& list, const PluginInfo& plugin) {
    return std::any_of(list.begin(), list.end(), [&](const PluginInfo& p) {
      return p.id == plugin.id && p.version == plugin.version && p.sha256 == plugin.sha256;
    });
  };
  for (const PluginInfo& plugin : old) {
    if (!in(now.plugins, plugin)) shared_.host_metrics.plugin_unloaded(plugin.id, plugin.version);
  }
  for (const PluginInfo& plugin : now.plugins) {
    shared_.host_metrics.plugin_loaded(plugin.id, plugin.version);
    if (in(old, plugin)) continue;
    shared_.logger.emit(
        Level::kInfo, "dlr.plugin.loaded",
        {{"plugin", plugin.id}, {"version", plugin.version}, {"file", plugin.path}, {"sha256", plugin.sha256}});
  }
}

void PipelineManager::swap_in(Made made) {
  std::unique_ptr<Pipeline> pipeline = std::move(made.pipeline);
  const std::shared_ptr<Snapshot> snapshot = pipeline->snapshot;
  for (const JobSlot& job : shared_.host_jobs) pipeline->jobs.push_back(job);
  const auto scheduler = std::make_shared<Scheduler>(
      JobDeps{shared_.clock, shared_.logger, shared_.host_metrics, shared_.locks}, std::move(pipeline->jobs), snapshot);
  std::shared_ptr<Scheduler> old_scheduler;
  std::shared_ptr<const Pipeline> now, old;
  bool start = false;
  {
    const MutexLock lock(state_mutex_);
    snapshot->generation = ++generation_;
    start = jobs_started_;
    old_scheduler = std::exchange(scheduler_, scheduler);
    old = std::exchange(current_, std::move(pipeline));
    now = current_;
  }
  images_.in_use();
  tell_plugins(old.get(), *now);
  snapshots_.swap(snapshot);
  routes_.swap(std::move(made.router));
  if (start) scheduler->start(old_scheduler.get());
  if (old_scheduler) retired_jobs_.take(std::move(old_scheduler));
}

Status PipelineManager::change(const Config& config, const Toggles& toggles, PluginFiles files) {
  // Before the new plugins begin their series, and without losing an operator of the pipeline that still runs.
  std::vector<std::string> operators = config.operator_ids();
  for (std::string& id : config_.operator_ids()) operators.push_back(std::move(id));
  shared_.metrics.set_operators(std::move(operators), max_operator_labels(config));
  Result<Made> made = make(config, toggles, files);
  Status kept = made ? write_toggles(config.gateway.state_dir, toggles) : Status(made.error());
  const Config& in_force = kept ? config : config_;
  shared_.metrics.set_operators(in_force.operator_ids(), max_operator_labels(in_force));
  if (!kept) return kept;
  shared_.host_metrics.expect_operators(config.operator_ids());
  shared_.logger.set_level(parse_level(config.gateway.log_level).value_or(Level::kInfo));
  swap_in(std::move(*made));
  config_ = config;
  toggles_ = toggles;
  return {};
}

void PipelineManager::note(const Status& result, const Config& config, std::vector<std::string> renewed) {
  LastReload last{
      shared_.clock.now_us(), static_cast<bool>(result), {}, restart_needed(started_with_, config), std::move(renewed)};
  if (!result) last.error = result.error().text;
  const std::string sections = in_one_line(last.needs_restart);
  const std::string files = in_one_line(last.renewed);
  shared_.host_metrics.config_reload(result ? "ok" : "failed");
  shared_.logger.emit(result ? Level::kInfo : Level::kError, "dlr.config.reloaded",
                      {{"result", result ? std::string_view("ok") : std::string_view("failed")},
                       {"reason", last.error},
                       {"needsRestart", sections},
                       {"renewed", files}});
  const MutexLock lock(state_mutex_);
  last_reload_ = std::move(last);
}

Status PipelineManager::change_with(const std::function<void(Toggles&)>& edit) {
  const MutexLock lock(change_mutex_);
  Toggles toggles = toggles_;
  edit(toggles);
  Status result = change(config_, toggles, PluginFiles::kAsTheyRun);
  note(result, config_, {});
  return result;
}

Status PipelineManager::set_stage(const std::string& stage, bool enabled) {
  {
    const MutexLock lock(state_mutex_);
    const auto& order = current_->order;
    if (std::find(order.begin(), order.end(), stage) == order.end()) {
      return Error{ErrorCode::kNotFound, "stage \"" + stage + "\" is not part of pipeline.stages"};
    }
  }
  return change_with([&](Toggles& t) { t.stages[stage] = enabled; });
}

Status PipelineManager::set_plugin(const std::string& plugin, bool enabled) {
  {
    const MutexLock lock(state_mutex_);
    const auto& known = current_->plugins;
    if (std::none_of(known.begin(), known.end(), [&](const PluginInfo& p) { return p.id == plugin; })) {
      return Error{ErrorCode::kNotFound, "plugin \"" + plugin + "\" is not loaded; add it to the configuration first"};
    }
  }
  return change_with([&](Toggles& t) { t.plugins[plugin] = enabled; });
}

Status PipelineManager::reload() {
  const MutexLock lock(change_mutex_);
  std::vector<std::string> errors;
  const std::optional<Config> config = reader_(errors);
  if (!config) {
    Status refused = Error{ErrorCode::kInvalid, joined(errors)};
    note(refused, config_, {});
    return refused;
  }
  Result<std::vector<std::string>> renewed = shared_.rotation.look_now();
  Status result = renewed ? change(*config, toggles_, PluginFiles::kReadAgain) : Status(renewed.error());
  note(result, config_, renewed ? std::move(*renewed) : std::vector<std::string>());
  return result;
}

std::string PipelineManager::told() const {
  const MutexLock lock(state_mutex_);
  std::string out = "generation " + std::to_string(generation_) + " runs";
  for (const PluginInfo& plugin : current_->plugins) out += "\n  " + plugin.id + " " + plugin.version;
  for (const std::string& key : last_reload_.renewed) out += "\nread again: " + key;
  std::string sections;
  for (const std::string& section : last_reload_.needs_restart) sections += " [" + section + "]";
  if (!sections.empty()) out += "\nrestart the gateway to take over what changed in" + sections;
  return out;
}

void PipelineManager::start_jobs() {
  const MutexLock lock(state_mutex_);
  jobs_started_ = true;
  if (scheduler_) scheduler_->start(nullptr);
}

std::vector<std::string> PipelineManager::stop_jobs(std::chrono::milliseconds patience) {
  {
    const MutexLock lock(state_mutex_);
    jobs_started_ = false;
    if (scheduler_) retired_jobs_.take(scheduler_);
  }
  return retired_jobs_.wait_ended(patience);
}

Status PipelineManager::renew_lane(std::uint32_t lane, const std::shared_ptr<Snapshot>& snapshot) {
  const MutexLock lock(change_mutex_);
  if (snapshots_.get() != snapshot) return {};  // a later one has its own
  return host::renew_lane(*snapshot, lane);
}

void PipelineManager::wake_job(std::string_view job) {
  std::shared_ptr<Scheduler> scheduler;
  {
    const MutexLock lock(state_mutex_);
    scheduler = scheduler_;
  }
  if (scheduler) scheduler->wake(job);
}

Status PipelineManager::check_schema() const {
  std::shared_ptr<const Pipeline> pipeline;
  {
    const MutexLock lock(state_mutex_);
    pipeline = current_;
  }
  return check_database(*pipeline);
}

// Also that it takes every statement: one that it does not take stops all receipts.
Status PipelineManager::check_database(const Pipeline& pipeline) const {
  Status fits = host::check_schema(shared_.pool("svc"), needed_migrations(pipeline.plugins));
  if (!fits) return fits;
  std::vector<std::string> refused;
  for (StatementTrouble& trouble : statement_troubles(pipeline.instances, shared_))
    if (trouble.certain) refused.push_back(std::move(trouble.text));
  if (refused.empty()) return {};
  return Error{ErrorCode::kInvalid, joined(refused)};
}

Status PipelineManager::run_job(std::string_view job) {
  std::shared_ptr<Scheduler> scheduler;
  {
    const MutexLock lock(state_mutex_);
    scheduler = scheduler_;
  }
  return scheduler->run_now(job);
}

Status PipelineManager::reset_quirk(std::string_view quirk) {
  const MutexLock lock(state_mutex_);
  for (const QuirkSlot& slot : current_->snapshot->quirks) {
    if (slot.name != quirk) continue;
    slot.breaker->reset();
    return {};
  }
  return Error{ErrorCode::kNotFound, "no plugin that runs contributes a quirk called \"" + std::string(quirk) + "\""};
}

Status PipelineManager::reset_stage(std::string_view stage) {
  const MutexLock lock(state_mutex_);
  for (const StageSlot& slot : current_->snapshot->stages) {
    if (slot.name != stage) continue;
    slot.breaker->reset();
    return {};
  }
  return Error{ErrorCode::kNotFound, "no stage that runs is called \"" + std::string(stage) + "\""};
}

std::string PipelineManager::read(Document what) {
  std::shared_ptr<const Pipeline> pipeline;
  std::shared_ptr<Scheduler> scheduler;
  std::uint64_t generation = 0;
  LastReload last;
  {
    const MutexLock lock(state_mutex_);
    pipeline = current_;
    scheduler = scheduler_;
    generation = generation_;
    last = last_reload_;
  }
  switch (what) {
    case Document::kPipeline:
      return pipeline_document(*pipeline, shared_.host_metrics, generation, last);
    case Document::kPlugins:
      return plugins_document(*pipeline, crash_of_last_run(started_with_.gateway.state_dir));
    case Document::kJobs:
      return jobs_document(scheduler->status());
  }
  return "{}";
}

}  // namespace dlrgw::host
