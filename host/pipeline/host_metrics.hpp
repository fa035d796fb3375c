// SPDX-License-Identifier: Apache-2.0
// The metric families that the host feeds; plugins define their own. Owned by the shared parts; thread-safe.
#pragma once
#include <string_view>

#include "telemetry/metrics.hpp"

namespace dlrgw::host {

class HostMetrics {
 public:
  explicit HostMetrics(Metrics& metrics);
  // The family dlr_plugin_errors_total, which the plugins' services feed too.
  static MetricDef plugin_errors_def();

  // Exposes the usual series of these operators at 0: a rate needs the value before the first count.
  void expect_operators(const std::vector<std::string>& operators);

  void received(std::string_view operator_id);
  void processed(std::string_view operator_id, std::string_view status, std::string_view outcome);
  void durations(double working_s, double end_to_end_s);
  void invalid(std::string_view reason);
  void batch();
  void stage(std::string_view stage, double seconds);
  void verdict(std::string_view stage, std::string_view verdict, double count);
  void plugin_error(std::string_view plugin, std::string_view kind);
  void dependency_error(std::string_view dependency);
  void dependency_up(std::string_view dependency, bool up);
  void dependency_gone(std::string_view dependency);
  void lanes_busy(std::uint32_t count);
  void lanes_lost(std::uint32_t count);
  // Receipts that wait or are put away for this reason, known to this host.
  void held_receipts(std::string_view reason, std::size_t count);
  void consumer(bool active, std::uint64_t pending, std::uint64_t ack_pending, std::uint64_t parked);
  void plugin_loaded(std::string_view plugin, std::string_view version);
  void plugin_images(std::uint64_t images);
  void plugin_unloaded(std::string_view plugin, std::string_view version);
  void config_reload(std::string_view result);
  // Seconds since the epoch; `name` says which certificate of the configuration.
  void certificate_expires(std::string_view name, double at);
  [[nodiscard]] bool operators_overflowed() const { return metrics_.operators_overflowed(); }
  void job_run(std::string_view job, bool ok, double seconds);
  void job_overrun(std::string_view job);
  [[nodiscard]] double verdict_count(std::string_view stage, std::string_view verdict) const;
  [[nodiscard]] Metrics::Observed stage_time(std::string_view stage) const;
  [[nodiscard]] Metrics::Observed processing_time() const;  // dlr_processing_duration_seconds
  [[nodiscard]] double lanes_busy_now() const;
  struct Backlog {
    double pending, ack_pending, parked;
  };
  [[nodiscard]] Backlog backlog() const;

 private:
  Metrics& metrics_;
  MetricId received_, processed_, processing_seconds_, end_to_end_seconds_, invalid_, batches_, stage_seconds_,
      stage_receipts_, plugin_errors_, dependency_errors_, dependency_up_, lanes_busy_, lanes_lost_, consumer_status_,
      consumer_pending_, consumer_ack_pending_, parked_, plugin_info_, plugin_images_, config_reloads_, held_receipts_,
      certificate_expires_, job_runs_, job_seconds_, job_overruns_;
};

}  // namespace dlrgw::host
