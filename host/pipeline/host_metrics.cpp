// SPDX-License-Identifier: Apache-2.0
#include "pipeline/host_metrics.hpp"

#include <array>
#include <stdexcept>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/receipt.hpp>

#include "pipeline/replay_plan.hpp"
#include "receipt/decode_receipt.hpp"
#include "support/version.hpp"

namespace dlrgw::host {
namespace {

// 5 ms to 1 s, exactly: dashboards and alerts rely on these bounds.
const std::vector<double> kProcessingBuckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0};
const std::vector<double> kEndToEndBuckets = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600};
const std::vector<double> kStageBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.025,   0.05,   0.1,   0.25,   1.0};

const std::vector<double> kJobBuckets = {0.01, 0.1, 1, 10, 60, 300, 3600};

MetricId define(Metrics& metrics, const MetricDef& def) {
  const Result<MetricId> id = metrics.define(def);
  if (!id) throw std::logic_error(id.error().text);  // our own families contradict each other
  return *id;
}

MetricId define(Metrics& metrics, MetricType type, const char* name, const char* help,
                std::vector<std::string> labels = {}, std::vector<double> buckets = {}) {
  return define(metrics, MetricDef{type, name, help, std::move(labels), std::move(buckets)});
}

template <class... Labels>
void record(Metrics& metrics, MetricId id, double value, Labels... labels) {
  const std::array<std::string_view, sizeof...(Labels)> values{std::string_view(labels)...};
  metrics.record(id, values, value);
}

}  // namespace

HostMetrics::HostMetrics(Metrics& metrics)
    : metrics_(metrics),
      received_(define(metrics, MetricType::kCounter, "dlr_received_total",
                       "Receipts, not deliveries; counted once with their outcome.", {"operatorId"})),
      processed_(define(metrics, MetricType::kCounter, "dlr_processed_total", "Receipts by status and outcome.",
                        {"operatorId", "status", "outcome"})),
      processing_seconds_(define(metrics, MetricType::kHistogram, "dlr_processing_duration_seconds",
                                 "Working time of a receipt; waiting for a retry is left out.", {},
                                 kProcessingBuckets)),
      end_to_end_seconds_(define(metrics, MetricType::kHistogram, "dlr_end_to_end_seconds",
                                 "From receivedAt to commit.", {}, kEndToEndBuckets)),
      invalid_(define(metrics, MetricType::kCounter, "dlr_invalid_total", "Payloads that are no receipt.", {"reason"})),
      batches_(define(metrics, MetricType::kCounter, "dlr_batches_total", "Committed batches.")),
      stage_seconds_(define(metrics, MetricType::kHistogram, "dlr_stage_duration_seconds",
                            "Time of one stage on one batch.", {"stage"}, kStageBuckets)),
      stage_receipts_(define(metrics, MetricType::kCounter, "dlr_stage_receipts_total",
                             "Verdicts of committed batches.", {"stage", "verdict"})),
      plugin_errors_(define(metrics, plugin_errors_def())),
      dependency_errors_(define(metrics, MetricType::kCounter, "dlr_dependency_errors_total",
                                "Failed uses of a dependency.", {"dependency"})),
      dependency_up_(define(metrics, MetricType::kGauge, "dlr_dependency_up",
                            "1 while the dependency serves, 0 while it is degraded or down.", {"dependency"})),
      lanes_busy_(define(metrics, MetricType::kGauge, "dlr_lanes_busy", "Lanes that carry a batch.")),
      lanes_lost_(define(metrics, MetricType::kGauge, "dlr_lanes_lost",
                         "Threads of lanes that hang in a plugin and were given up; each is replaced up to a bound.")),
      consumer_status_(
          define(metrics, MetricType::kGauge, "dlr_nats_consumer_status", "1 while receipts are asked for.")),
      consumer_pending_(define(metrics, MetricType::kGauge, "dlr_consumer_pending", "Receipts not yet delivered.")),
      consumer_ack_pending_(define(metrics, MetricType::kGauge, "dlr_consumer_ack_pending",
                                   "Receipts delivered and not yet acknowledged.")),
      parked_(define(metrics, MetricType::kGauge, "dlr_receipts_parked", "Receipts that wait in memory for a retry.")),
      plugin_info_(define(metrics, MetricType::kGauge, "dlr_plugin_info", "Loaded plugins.", {"plugin", "version"})),
      plugin_images_(define(metrics, MetricType::kGauge, "dlr_plugin_images", "Plugin images mapped since start.")),
      config_reloads_(
          define(metrics, MetricType::kCounter, "dlr_config_reloads_total", "Reloads by result.", {"result"})),
      held_receipts_(define(metrics, MetricType::kGauge, "dlr_held_receipts",
                            "Receipts that wait, or are put away, for a reason that is not theirs.", {"reason"})),
      certificate_expires_(define(metrics, MetricType::kGauge, "dlr_certificate_expires_timestamp_seconds",
                                  "When the first certificate of the file expires, seconds since the epoch.",
                                  {"certificate"})),
      job_runs_(
          define(metrics, MetricType::kCounter, "dlr_job_runs_total", "Runs of jobs by result.", {"job", "result"})),
      job_seconds_(define(metrics, MetricType::kHistogram, "dlr_job_duration_seconds", "Duration of the runs of jobs.",
                          {"job"}, kJobBuckets)),
      job_overruns_(define(metrics, MetricType::kCounter, "dlr_job_overruns_total",
                           "Runs that lasted longer than the period of their job.", {"job"})) {
  const MetricId build =
      define(metrics, MetricType::kGauge, "dlr_build_info", "The version that runs; always 1.", {"version"});
  record(metrics_, build, 1, kVersion);
  lanes_busy(0);
  lanes_lost(0);
  consumer(false, 0, 0, 0);
  expect_operators({});
  for (std::size_t i = 0; i < kDecodeReasonCount; ++i)
    record(metrics_, invalid_, 0, to_string(static_cast<DecodeReason>(i)));
  held_receipts(to_string(FailureKind::kEnvironment), 0);
  for (const std::string_view dependency : {"nats", "postgresql"}) record(metrics_, dependency_errors_, 0, dependency);
  for (const std::string_view result : {"ok", "failed"}) record(metrics_, config_reloads_, 0, result);
}

void HostMetrics::expect_operators(const std::vector<std::string>& operators) {
  const auto expect = [this](std::string_view operator_id) {
    for (const auto status : kAllDlrStatuses)
      record(metrics_, processed_, 0, operator_id, to_string(status), DLRGW_OUTCOME_APPLIED);
  };
  for (const std::string& id : operators) expect(id);
  expect("other");
}

MetricDef HostMetrics::plugin_errors_def() {
  return {MetricType::kCounter,
          "dlr_plugin_errors_total",
          "Failures and breaches of contract of a plugin.",
          {"plugin", "kind"},
          {}};
}

void HostMetrics::received(std::string_view operator_id) { record(metrics_, received_, 1, operator_id); }
void HostMetrics::processed(std::string_view operator_id, std::string_view status, std::string_view outcome) {
  record(metrics_, processed_, 1, operator_id, status, outcome);
}
void HostMetrics::durations(double working_s, double end_to_end_s) {
  record(metrics_, processing_seconds_, working_s);
  record(metrics_, end_to_end_seconds_, end_to_end_s);
}
void HostMetrics::invalid(std::string_view reason) { record(metrics_, invalid_, 1, reason); }
void HostMetrics::batch() { record(metrics_, batches_, 1); }
void HostMetrics::stage(std::string_view stage, double seconds) { record(metrics_, stage_seconds_, seconds, stage); }
void HostMetrics::verdict(std::string_view stage, std::string_view verdict, double count) {
  record(metrics_, stage_receipts_, count, stage, verdict);
}
void HostMetrics::plugin_error(std::string_view plugin, std::string_view kind) {
  record(metrics_, plugin_errors_, 1, plugin, kind);
}
void HostMetrics::dependency_error(std::string_view dependency) { record(metrics_, dependency_errors_, 1, dependency); }
void HostMetrics::dependency_up(std::string_view dependency, bool up) {
  record(metrics_, dependency_up_, up ? 1 : 0, dependency);
}
void HostMetrics::dependency_gone(std::string_view dependency) {
  const std::array labels{dependency};
  metrics_.remove(dependency_up_, labels);
}
void HostMetrics::held_receipts(std::string_view reason, std::size_t count) {
  record(metrics_, held_receipts_, static_cast<double>(count), reason);
}
void HostMetrics::lanes_lost(std::uint32_t count) { record(metrics_, lanes_lost_, count); }
void HostMetrics::lanes_busy(std::uint32_t count) { record(metrics_, lanes_busy_, count); }
void HostMetrics::consumer(bool active, std::uint64_t pending, std::uint64_t ack_pending, std::uint64_t parked) {
  record(metrics_, consumer_status_, active ? 1 : 0);
  record(metrics_, consumer_pending_, static_cast<double>(pending));
  record(metrics_, consumer_ack_pending_, static_cast<double>(ack_pending));
  record(metrics_, parked_, static_cast<double>(parked));
}
void HostMetrics::plugin_loaded(std::string_view plugin, std::string_view version) {
  record(metrics_, plugin_info_, 1, plugin, version);
  for (const std::string_view kind : {"breach", "job"}) record(metrics_, plugin_errors_, 0, plugin, kind);
}
void HostMetrics::plugin_images(std::uint64_t images) { record(metrics_, plugin_images_, static_cast<double>(images)); }
void HostMetrics::plugin_unloaded(std::string_view plugin, std::string_view version) {
  const std::array labels{plugin, version};
  metrics_.remove(plugin_info_, labels);
}
double HostMetrics::verdict_count(std::string_view stage, std::string_view verdict) const {
  const std::array labels{stage, verdict};
  return metrics_.value(stage_receipts_, labels);
}
Metrics::Observed HostMetrics::processing_time() const { return metrics_.observed(processing_seconds_, {}); }

Metrics::Observed HostMetrics::stage_time(std::string_view stage) const {
  const std::array labels{stage};
  return metrics_.observed(stage_seconds_, labels);
}
HostMetrics::Backlog HostMetrics::backlog() const {
  return {metrics_.value(consumer_pending_, {}), metrics_.value(consumer_ack_pending_, {}),
          metrics_.value(parked_, {})};
}
double HostMetrics::lanes_busy_now() const { return metrics_.value(lanes_busy_, {}); }
void HostMetrics::config_reload(std::string_view result) { record(metrics_, config_reloads_, 1, result); }
void HostMetrics::certificate_expires(std::string_view name, double at) {
  record(metrics_, certificate_expires_, at, name);
}
void HostMetrics::job_run(std::string_view job, bool ok, double seconds) {
  record(metrics_, job_runs_, 1, job, ok ? "ok" : "failed");
  record(metrics_, job_seconds_, seconds, job);
}
void HostMetrics::job_overrun(std::string_view job) { record(metrics_, job_overruns_, 1, job); }

}  // namespace dlrgw::host
