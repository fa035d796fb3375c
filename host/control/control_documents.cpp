// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

#include "boundary/loading/library.hpp"
#include "control/pipeline_manager.hpp"
#include "http/router.hpp"

namespace dlrgw::host {
namespace {

const StageDeclaration* find(const std::vector<StageDeclaration>& stages, std::string_view name) {
  const auto it = std::find_if(stages.begin(), stages.end(), [&](const StageDeclaration& s) { return s.name == name; });
  return it == stages.end() ? nullptr : &*it;
}

void time_or_null(JsonWriter& json, std::string_view key, std::int64_t us) {
  json.member_or_null(key, us == 0 ? std::string() : rfc3339_ms(us));
}

void breaker_members(JsonWriter& json, const Breaker::State& state) {
  json.member("breaker", state.open ? "open" : "closed");
  json.member("failures", std::int64_t{state.failures});
  json.member("held", static_cast<std::int64_t>(state.held));
  json.member_or_null("lastError", state.last_error);
}

void quirk_object(JsonWriter& json, const QuirkSlot& quirk) {
  json.begin_object();
  json.member("name", quirk.name);
  json.key("operators").begin_array();
  for (const std::string& id : quirk.operators) json.value(id);
  json.end_array();
  breaker_members(json, quirk.breaker->state());
  json.end_object();
}

// Closed: one that is switched off.
Breaker::State state_of_breaker(const Snapshot& snapshot, std::string_view stage) {
  for (const StageSlot& slot : snapshot.stages)
    if (slot.name == stage) return slot.breaker ? slot.breaker->state() : Breaker::State();
  return {};
}

// Since the start. A bucket counts the receipts up to its bound; the last has none.
void processing_member(JsonWriter& json, const Metrics::Observed& time) {
  json.key("processing").begin_object();
  json.member("receipts", static_cast<std::int64_t>(time.count));
  json.key("buckets").begin_array();
  for (const Metrics::Observed::Bucket& bucket : time.buckets) {
    json.begin_object().key("upToMs");
    std::isinf(bucket.upper_bound) ? json.null()
                                   : json.value(static_cast<std::int64_t>(bucket.upper_bound * 1e3 + 0.5));
    json.member("receipts", static_cast<std::int64_t>(bucket.count)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

std::string pipeline_document(const Pipeline& pipeline, const HostMetrics& metrics, std::uint64_t generation,
                              const LastReload& last_reload) {
  JsonWriter json;
  json.begin_object();
  json.member("generation", static_cast<std::int64_t>(generation));
  json.key("stages").begin_array();
  for (const std::string& name : pipeline.order) {
    const StageDeclaration* stage = find(pipeline.stages, name);
    const auto& off = pipeline.disabled;
    json.begin_object();
    json.member("name", name);
    json.member("plugin", stage == nullptr ? std::string() : stage->plugin);
    json.member("essential", stage != nullptr && stage->essential);
    json.member("enabled", std::find(off.begin(), off.end(), name) == off.end());
    json.key("verdicts").begin_object();
    for (const std::string_view verdict : {"continue", "drop", "retry", "reject"}) {
      json.member(verdict, static_cast<std::int64_t>(metrics.verdict_count(name, verdict)));
    }
    json.end_object();
    const Metrics::Observed time = metrics.stage_time(name);
    json.member("batches", static_cast<std::int64_t>(time.count));
    json.member("busyMs", static_cast<std::int64_t>(time.sum * 1e3));
    breaker_members(json, state_of_breaker(*pipeline.snapshot, name));
    json.end_object();
  }
  json.end_array();
  const std::size_t instances = pipeline.snapshot->lanes.size();
  json.member("lanes", static_cast<std::int64_t>(instances == 0 ? 0 : instances - 1));  // one set is the submissions'
  json.member("lanesBusy", static_cast<std::int64_t>(metrics.lanes_busy_now()));
  const HostMetrics::Backlog backlog = metrics.backlog();
  json.key("backlog").begin_object();
  json.member("pending", static_cast<std::int64_t>(backlog.pending));
  json.member("unacknowledged", static_cast<std::int64_t>(backlog.ack_pending));
  json.member("parked", static_cast<std::int64_t>(backlog.parked));
  json.end_object();
  processing_member(json, metrics.processing_time());
  json.key("lastReload");
  if (last_reload.at_us == 0) {
    json.null();
  } else {
    json.begin_object();
    time_or_null(json, "at", last_reload.at_us);
    json.member("ok", last_reload.ok);
    json.member_or_null("error", last_reload.error);
    json.key("needsRestart").begin_array();
    for (const std::string& section : last_reload.needs_restart) json.value(section);
    json.end_array();
    json.key("renewed").begin_array();
    for (const std::string& key : last_reload.renewed) json.value(key);
    json.end_array();
    json.end_object();
  }
  json.end_object();
  return json.take();
}

namespace {

// Null: it declares none, and what its scripts and the defaults grant holds.
void tables_array(JsonWriter& json, const PluginInfo& plugin) {
  json.key("tables");
  if (plugin.tables.empty()) {
    json.null();
    return;
  }
  json.begin_array();
  for (const TableRights& table : plugin.tables) {
    json.begin_object();
    json.member("name", "dlr." + table.table);
    json.member("dlr_svc", rights_text(table.svc));
    json.member("dlr_maint", rights_text(table.maint));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string plugins_document(const Pipeline& pipeline, std::string_view last_crash) {
  JsonWriter json;
  json.begin_object();
  json.member_or_null("lastCrash", std::string(last_crash));
  json.member("images", static_cast<std::int64_t>(plugin_image_count()));
  json.key("plugins").begin_array();
  for (const PluginInfo& plugin : pipeline.plugins) {
    const auto& active = pipeline.active_plugins;
    json.begin_object();
    json.member("id", plugin.id);
    json.member("version", plugin.version);
    json.member_or_null("description", plugin.description);
    json.member("file", plugin.path);
    json.member("sha256", plugin.sha256);
    json.member("enabled", std::find(active.begin(), active.end(), plugin.id) != active.end());
    tables_array(json, plugin);
    json.key("quirks").begin_array();
    for (const QuirkSlot& quirk : pipeline.snapshot->quirks) {
      if (quirk.plugin->id == plugin.id) quirk_object(json, quirk);
    }
    json.end_array();
    json.key("routes").begin_array();
    for (const RouteSlot& route : pipeline.routes) {
      if (route.plugin == plugin.id) json.value(route.contribution.method + " " + path_of(route.contribution.pattern));
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

std::string jobs_document(const std::vector<JobStatus>& jobs) {
  JsonWriter json;
  json.begin_object();
  json.key("jobs").begin_array();
  for (const JobStatus& job : jobs) {
    json.begin_object();
    json.member("name", job.name);
    json.member("plugin", job.plugin);
    json.member("schedule", job.schedule);
    json.member("singleton", job.singleton);
    json.member("leads", job.leads);
    json.member("running", job.running);
    json.member("waitsForEarlierRun", job.waiting);
    json.member("runs", static_cast<std::int64_t>(job.runs));
    time_or_null(json, "lastStartedAt", job.last_started_us);
    time_or_null(json, "lastEndedAt", job.last_ended_us);
    time_or_null(json, "nextAt", job.next_us);
    json.member_or_null("lastError", job.last_error);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace dlrgw::host
