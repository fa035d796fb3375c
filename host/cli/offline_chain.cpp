// SPDX-License-Identifier: Apache-2.0
#include "cli/offline_chain.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"
#include "cli/trial_batch.hpp"

namespace dlrgw::host {
namespace {

bool offline(const StageSlot& stage) { return (stage.table.flags & DLRGW_STAGE_OFFLINE) != 0; }

std::string_view view(dlrgw_str text) {
  return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}

// What one run of a tool is given, behind dlrgw_tool_call.
class ToolRun {
 public:
  ToolRun(OfflineChain& chain, const std::vector<std::pair<std::string, std::string>>& inputs,
          const std::vector<Capture>& captures)
      : chain_(chain), inputs_(inputs), captures_(captures) {}

  [[nodiscard]] dlrgw_tool_call call() { return {sizeof(dlrgw_tool_call), 0, this, input, next, write}; }
  [[nodiscard]] std::string take_answer() { return std::move(answer_); }

 private:
  static dlrgw_str input(void* self, dlrgw_str name) {
    const auto& inputs = static_cast<ToolRun*>(self)->inputs_;
    const auto found = std::ranges::find(inputs, view(name), &std::pair<std::string, std::string>::first);
    return found == inputs.end() ? dlrgw_str{} : dlrgw_str{found->second.data(), found->second.size()};
  }
  static std::int32_t next(void* self, const dlrgw_receipt** receipt, dlrgw_error*) {
    auto& run = *static_cast<ToolRun*>(self);
    run.scope_.reset();
    while (run.at_ < run.captures_.size()) {
      run.batch_ = run.chain_.batch_of(run.captures_[run.at_++]);
      if (run.batch_->receipts.empty()) continue;
      run.scope_.emplace(*run.batch_, run.chain_.snapshot(), *run.chain_.snapshot().lanes.front());
      *receipt = &run.batch_->receipts.front().view();
      return DLRGW_OK;
    }
    return DLRGW_E_NOT_FOUND;
  }
  static void write(void* self, dlrgw_str text) { static_cast<ToolRun*>(self)->answer_ += view(text); }

  OfflineChain& chain_;
  const std::vector<std::pair<std::string, std::string>>& inputs_;
  const std::vector<Capture>& captures_;
  std::size_t at_ = 0;
  std::unique_ptr<Batch> batch_;
  std::optional<CallScope> scope_;  // of the receipt that was given last
  std::string answer_;
};

}  // namespace

OfflineChain::OfflineChain(Config config)
    : config_(std::move(config)), logger_(config_.gateway.instance, Level::kError), shared_(config_, logger_) {}

std::unique_ptr<OfflineChain> OfflineChain::build(Config config, const std::string& plugin_file,
                                                  std::vector<std::string>& errors) {
  std::unique_ptr<OfflineChain> chain(new OfflineChain(std::move(config)));
  if (!plugin_file.empty()) chain->add_plugin(plugin_file, errors);
  if (!errors.empty() || !chain->build_chain(plugin_file, errors)) return nullptr;
  return chain;
}

void OfflineChain::add_plugin(const std::string& file, std::vector<std::string>& errors) {
  const std::string path = std::filesystem::absolute(file).string();
  Config alone = config_;
  alone.file = "try";  // what is wrong with this plugin stands nowhere in the file
  alone.positions.clear();
  alone.plugins = {PluginConfig{path, {kGrants.begin(), kGrants.end()}, true, {}, {}}};
  const std::vector<LoadedPlugin> tried = load_plugins(alone, images_, errors);
  if (tried.empty()) return;
  std::vector<std::string> ignored;  // what is wrong with others is said when all are built
  for (PluginConfig& plugin : config_.plugins) {
    Config one = config_;
    one.plugins = {plugin};
    const std::vector<LoadedPlugin> loaded = load_plugins(one, images_, ignored);
    if (loaded.empty() || loaded.front().info.id != tried.front().info.id) continue;
    plugin.file = path;
    plugin.enabled = true;
    return;
  }
  config_.plugins.push_back(alone.plugins.front());
}

// The offline stages, those of the plugin that the chain does not name behind them.
bool OfflineChain::build_chain(const std::string& plugin_file, std::vector<std::string>& errors) {
  const auto built = [&] {
    return build_pipeline({config_, {}, images_, shared_.services, shared_.plugin_errors}, errors);
  };
  std::optional<Pipeline> pipeline = built();
  if (!pipeline) return false;
  const std::string tried_path = plugin_file.empty() ? std::string() : std::filesystem::absolute(plugin_file).string();
  std::string tried_id;
  for (const PluginInfo& plugin : pipeline->plugins) {
    if (plugin.path == tried_path) tried_id = plugin.id;
  }
  std::vector<std::string> missing;
  auto& order = config_.pipeline.stages;
  for (const StageDeclaration& stage : pipeline->stages) {
    if (stage.plugin == tried_id && std::find(order.begin(), order.end(), stage.name) == order.end())
      missing.push_back(stage.name);
  }
  if (!missing.empty()) {
    const auto& stages = pipeline->snapshot->stages;
    const auto first = std::find_if(stages.begin(), stages.end(), [](const StageSlot& s) { return !offline(s); });
    const auto at = first == stages.end() ? order.end() : std::find(order.begin(), order.end(), first->name);
    order.insert(at, missing.begin(), missing.end());
    pipeline = built();
    if (!pipeline) return false;
  }
  for (const StageSlot& stage : pipeline->snapshot->stages) {
    if (!offline(stage)) not_run_.push_back(stage.name);
  }
  std::erase_if(pipeline->snapshot->stages, [](const StageSlot& stage) { return !offline(stage); });
  if (Status started = start_lanes(*pipeline->snapshot, 1); !started) {
    errors.push_back(started.error().text);
    return false;
  }
  pipeline_ = std::move(*pipeline);
  return true;
}

std::unique_ptr<Batch> OfflineChain::batch_of(const Capture& capture) {
  const std::int64_t now_us = shared_.clock.now_us();
  const DecodeResult decoded = decode_receipt(capture.payload, {{}, capture.line, now_us, true});
  const auto* inbound = std::get_if<Inbound>(&decoded);
  std::vector<Delivery> deliveries(1);
  deliveries.front().payload = capture.payload;
  deliveries.front().stream_seq = capture.line;
  deliveries.front().stream_time_us = inbound == nullptr ? now_us : inbound->received_at_us;
  return trial_batch(shared_, ++batches_, std::move(deliveries));
}

Result<std::string> OfflineChain::run_tool(std::string_view name,
                                           const std::vector<std::pair<std::string, std::string>>& inputs,
                                           const std::vector<Capture>& captures, std::string_view plugin_id) {
  for (const auto& plugin : pipeline_.instances) {
    if (!plugin_id.empty() && plugin->identity().id != plugin_id) continue;
    const auto tool = std::ranges::find(plugin->tools(), name, &Tool::name);
    if (tool == plugin->tools().end()) continue;
    ToolRun run(*this, inputs, captures);
    const dlrgw_tool_call call = run.call();
    const std::string where = "plugin " + plugin->identity().id + ": tool " + tool->name;
    if (Status done = call_guarded(where, [&](dlrgw_error* e) { return tool->run(tool->user, &call, e); }); !done)
      return done.error();
    return run.take_answer();
  }
  return Error{ErrorCode::kNotFound, "no enabled plugin has the tool " + std::string(name) +
                                         "; enable the standard plugins in the configuration"};
}

}  // namespace dlrgw::host
