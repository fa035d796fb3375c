// SPDX-License-Identifier: Apache-2.0
#include "cli/try_receipts.hpp"

#include <algorithm>
#include <sstream>

#include <boost/json.hpp>

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"
#include "cli/scratch_dir.hpp"
#include "control/build_pipeline.hpp"
#include "control/shared_parts.hpp"
#include "pipeline/invalid_rows.hpp"
#include "pipeline/run_batch.hpp"
#include "receipt/describe_receipt.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDeadlineUs = 60'000'000;

// Puts the plugin into the configuration. It takes the place of a configured version of the same plugin, with that
// one's grants and options; otherwise it gets every grant.
void add_plugin(Config& config, const std::string& file, PluginImages& images, std::vector<std::string>& errors) {
  const std::string path = std::filesystem::absolute(file).string();
  Config alone = config;
  alone.file = "try";  // this plugin is not in the configuration file, so findings name no place in it
  alone.positions.clear();
  alone.plugins = {PluginConfig{path, {kGrants.begin(), kGrants.end()}, true, {}, {}}};
  const std::vector<LoadedPlugin> tried = load_plugins(alone, images, errors);
  if (tried.empty()) return;
  std::vector<std::string> ignored;  // findings about the other plugins are reported when all are built
  for (PluginConfig& plugin : config.plugins) {
    Config one = config;
    one.plugins = {plugin};
    const std::vector<LoadedPlugin> loaded = load_plugins(one, images, ignored);
    if (loaded.empty() || loaded.front().info.id != tried.front().info.id) continue;
    plugin.file = path;
    plugin.enabled = true;
    return;
  }
  config.plugins.push_back(alone.plugins.front());
}

bool offline(const StageSlot& stage) { return (stage.table.flags & DLRGW_STAGE_OFFLINE) != 0; }

// The verdict as people call it.
std::string verdict_text(const Verdict& verdict) {
  const std::string reason(verdict.reason);
  switch (verdict.action) {
    case Verdict::Action::kPutAway:
      break;  // the lanes' own; no stage gives it
    case Verdict::Action::kContinue:
      return "continue";
    case Verdict::Action::kDrop:
      return "drop: " + reason + ", counted as " + std::string(verdict.outcome);
    case Verdict::Action::kRetry:
      return "retry after " + std::to_string(verdict.retry_after_ms) + " ms: " + reason;
    case Verdict::Action::kReject:
      return "reject: " + reason;
  }
  return {};
}

json::object parsed(const Receipt& receipt) { return json::parse(describe_receipt(receipt)).as_object(); }

// Member → [before, after] of what differs.
json::object differences(const json::object& before, const json::object& after) {
  json::object out;
  for (const auto& [name, value] : after) {
    const json::value* old = before.if_contains(name);
    if (old == nullptr || *old != value) out[name] = json::array{old == nullptr ? json::value() : *old, value};
  }
  return out;
}

class Trial {
 public:
  Trial(const Pipeline& pipeline, SharedParts& shared)
      : pipeline_(pipeline), shared_(shared), deps_{shared.clock,        shared.logger,
                                                    shared.host_metrics, shared.metrics,
                                                    shared.pool("svc"),  invalid_rows_,
                                                    ingest_stats_,       waiting_} {}

  // {"steps": [...], "receipt": {...}, "ok": …}, or {"invalid": …, "ok": false}.
  json::object run(const std::string& event) {
    json::object out;
    json::array steps;
    const std::unique_ptr<Batch> batch = batch_of(event);
    if (batch->receipts.empty()) {
      const DecodeFailure& failure = batch->invalid.front().failure;
      out["invalid"] = std::string(to_string(failure.reason)) + ": " + failure.detail;
      out["ok"] = false;
      return out;
    }
    bool ok = run_quirk(event, steps);
    const Snapshot& snapshot = *pipeline_.snapshot;
    Receipt& receipt = batch->receipts.front();
    for (std::size_t i = 0; i < snapshot.stages.size() && receipt.verdict.action == Verdict::Action::kContinue; ++i) {
      const json::object before = parsed(receipt);
      const auto failure = run_dry_stage(*batch, snapshot, snapshot.lanes.front(), i, deps_);
      json::object step{{"step", snapshot.stages[i].name}, {"plugin", snapshot.stages[i].plugin->id}};
      step["result"] = failure ? "failed: " + failure->text : verdict_text(receipt.verdict);
      step["edits"] = differences(before, parsed(receipt));
      steps.push_back(std::move(step));
      if (failure) ok = false;
      if (failure) break;
    }
    out["steps"] = std::move(steps);
    out["receipt"] = parsed(receipt);
    out["ok"] = ok;
    return out;
  }

 private:
  std::unique_ptr<Batch> batch_of(const std::string& event) {
    auto batch = std::make_unique<Batch>();
    batch->id = ++batches_;
    batch->dry_run = true;
    batch->started_mono_us = shared_.clock.monotonic_us();
    batch->deadline_us = shared_.clock.now_us() + kDeadlineUs;
    batch->work =
        std::make_unique<dlrgw_uow>(shared_.pool("svc"), shared_.clock, batch->started_mono_us + kDeadlineUs, true);
    std::vector<Delivery> deliveries(1);
    deliveries.front().payload = event;
    deliveries.front().stream_seq = batches_;
    deliveries.front().stream_time_us = arrived_us(event);
    fill_batch(*batch, std::move(deliveries));
    return batch;
  }

  // As if the receipt arrived when it says it was received: one of last month is checked against the clock of that day.
  [[nodiscard]] std::int64_t arrived_us(const std::string& event) const {
    const std::int64_t now_us = shared_.clock.now_us();
    const DecodeResult decoded = decode_receipt(event, {{}, batches_, now_us, true});
    const auto* inbound = std::get_if<Inbound>(&decoded);
    return inbound == nullptr ? now_us : inbound->received_at_us;
  }

  // The quirk alone, on a receipt of its own: what it sets, before the profile adds to it.
  bool run_quirk(const std::string& event, json::array& steps) {
    const std::unique_ptr<Batch> batch = batch_of(event);
    const Snapshot& snapshot = *pipeline_.snapshot;
    Receipt& receipt = batch->receipts.front();
    const auto found = snapshot.quirk_of_operator.find(receipt.inbound().operator_id);
    if (found == snapshot.quirk_of_operator.end()) return true;
    const QuirkSlot& slot = snapshot.quirks[found->second];
    const CallScope scope(*batch, snapshot, snapshot.lanes.front());
    const json::object before = parsed(receipt);
    std::uint32_t result = DLRGW_QUIRK_NOT_MINE;
    const Status done = call_guarded("quirk " + slot.name, [&](dlrgw_error* e) {
      return slot.table.apply(snapshot.lanes.front().quirks[found->second], &receipt.view(), &result, e);
    });
    json::object step{{"step", "quirk " + slot.name}, {"plugin", slot.plugin->id}};
    const bool handled = done && result == DLRGW_QUIRK_HANDLED;
    const bool known = handled || result == DLRGW_QUIRK_NOT_MINE;
    if (!handled) receipt.undo_edits_since(0);
    receipt.apply_edits();
    step["result"] = !done     ? "failed: " + done.error().text
                     : handled ? "handled"
                     : known   ? "not mine"
                               : "failed: gave an unknown result";
    step["edits"] = differences(before, parsed(receipt));
    steps.push_back(std::move(step));
    return done && known;
  }

  const Pipeline& pipeline_;
  SharedParts& shared_;
  const Statement invalid_rows_ = invalid_rows_statement();
  IngestStats ingest_stats_;  // of nothing that is stored
  WaitingRoom waiting_{{}};   // nobody waits in a dry run
  const RunDeps deps_;
  std::uint64_t batches_ = 0;
};

void print(const json::object& result, std::size_t number, const std::string& not_run, std::ostream& out) {
  out << "event " << number << ": ";
  if (const json::value* invalid = result.if_contains("invalid")) {
    out << "invalid, " << std::string_view(invalid->as_string()) << "\n";
    return;
  }
  const json::object& receipt = result.at("receipt").as_object();
  out << std::string_view(receipt.at("operatorId").as_string()) << "\n";
  for (const json::value& value : result.at("steps").as_array()) {
    const json::object& step = value.as_object();
    out << "  " << std::string_view(step.at("step").as_string()) << " ("
        << std::string_view(step.at("plugin").as_string()) << "): " << std::string_view(step.at("result").as_string())
        << "\n";
    for (const auto& [name, edit] : step.at("edits").as_object()) {
      out << "      " << std::string_view(name) << ": " << json::serialize(edit.as_array()[0]) << " -> "
          << json::serialize(edit.as_array()[1]) << "\n";
    }
  }
  if (!not_run.empty()) out << "  not run, they need servers: " << not_run << "\n";
}

// Builds the part of the chain that can be tried: the offline stages and, behind them, those stages of the plugin that
// the chain does not name.
std::optional<Pipeline> build(Config& config, PluginImages& images, SharedParts& shared, const std::string& plugin_file,
                              std::vector<std::string>& not_run, std::vector<std::string>& errors) {
  std::optional<Pipeline> pipeline =
      build_pipeline({config, {}, images, shared.services, shared.plugin_errors}, errors);
  if (!pipeline) return std::nullopt;
  const std::string tried_path = plugin_file.empty() ? std::string() : std::filesystem::absolute(plugin_file).string();
  std::string tried_id;
  for (const PluginInfo& plugin : pipeline->plugins) {
    if (plugin.path == tried_path) tried_id = plugin.id;
  }
  std::vector<std::string> missing;
  auto& order = config.pipeline.stages;
  for (const StageDeclaration& stage : pipeline->stages) {
    if (stage.plugin == tried_id && std::find(order.begin(), order.end(), stage.name) == order.end())
      missing.push_back(stage.name);
  }
  if (!missing.empty()) {
    const auto& stages = pipeline->snapshot->stages;
    const auto first = std::find_if(stages.begin(), stages.end(), [](const StageSlot& s) { return !offline(s); });
    const auto at = first == stages.end() ? order.end() : std::find(order.begin(), order.end(), first->name);
    order.insert(at, missing.begin(), missing.end());
    pipeline = build_pipeline({config, {}, images, shared.services, shared.plugin_errors}, errors);
    if (!pipeline) return std::nullopt;
  }
  for (const StageSlot& stage : pipeline->snapshot->stages) {
    if (!offline(stage)) not_run.push_back(stage.name);
  }
  std::erase_if(pipeline->snapshot->stages, [](const StageSlot& stage) { return !offline(stage); });
  if (Status started = start_lanes(*pipeline->snapshot, 1); !started) {
    errors.push_back(started.error().text);
    return std::nullopt;
  }
  return pipeline;
}

}  // namespace

std::vector<std::string> events_in(const std::string& text) {
  boost::system::error_code wrong;
  const json::value whole = json::parse(text, wrong);
  std::vector<std::string> out;
  if (!wrong && whole.is_array()) {
    for (const json::value& event : whole.as_array()) out.push_back(json::serialize(event));
    return out;
  }
  if (!wrong) return {text};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) out.push_back(line);
  }
  return out;
}

bool try_receipts(TryRequest request, const std::vector<std::string>& events, std::ostream& out,
                  std::vector<std::string>& errors) {
  const ScratchDir scratch;
  request.config.gateway.state_dir = scratch.path();
  Logger logger(request.config.gateway.instance, Level::kError);
  SharedParts shared(request.config, logger);
  PluginImages images;
  if (!request.plugin_file.empty()) add_plugin(request.config, request.plugin_file, images, errors);
  if (!errors.empty()) return false;
  std::vector<std::string> not_run;
  const auto pipeline = build(request.config, images, shared, request.plugin_file, not_run, errors);
  if (!pipeline) return false;
  std::string names;
  for (const std::string& name : not_run) names += (names.empty() ? "" : ", ") + name;
  Trial trial(*pipeline, shared);
  bool ok = true;
  std::size_t number = 0;
  for (const std::string& event : events) {
    json::object result = trial.run(event);
    ok = ok && result.at("ok").as_bool();
    ++number;
    if (!request.json) {
      print(result, number, names, out);
      continue;
    }
    result["event"] = number;
    result["notRun"] = json::array(not_run.begin(), not_run.end());
    out << json::serialize(result) << "\n";
  }
  return ok;
}

}  // namespace dlrgw::host
