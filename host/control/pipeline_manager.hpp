// SPDX-License-Identifier: Apache-2.0
// Builds pipelines and swaps them: at start, on a switch of a stage or plugin, on a reload. The new one is built and
// started whole beside the old; one pointer is swapped between batches; on any error the old one runs on. Owns the
// jobs: those of the old pipeline end in the background, each before its successor begins. The old instances end once
// the last lane, job and handler has let go of them. Owned by the gateway. Thread-safe; changes take turns.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "control/build_pipeline.hpp"
#include "control/shared_parts.hpp"
#include "http/router.hpp"
#include "jobs/retired_jobs.hpp"
#include "pipeline/lane.hpp"
#include "pipeline/retired_snapshots.hpp"

namespace dlrgw::host {

struct LastReload {
  std::int64_t at_us = 0;  // 0 = none since start
  bool ok = false;
  std::string error;
  std::vector<std::string> needs_restart;  // sections with changes that this process cannot take over
  std::vector<std::string> renewed = {};   // keys whose files were read again, by it or since the one before
};

class PipelineManager final : public ControlPlane {
 public:
  // Reads the configuration again; nullopt with sentences when it is wrong.
  using ConfigReader = std::function<std::optional<Config>(std::vector<std::string>& errors)>;
  // The HTTP routes of a configuration and its pipeline: the host's own and those of its plugins.
  using RouterMaker = std::function<Result<std::shared_ptr<const Router>>(const Config&, const Pipeline&)>;

  // lane_count: instances made of each stage, those of submissions included.
  PipelineManager(const Config& config, ConfigReader reader, RouterMaker router_maker, SharedParts& shared,
                  SnapshotHolder& snapshots, RouteTable& routes, std::uint32_t lane_count);
  ~PipelineManager() override;

  // Builds and starts the first pipeline's lanes; its jobs wait for start_jobs().
  bool build(std::vector<std::string>& errors);
  void start_jobs();
  // Tells all jobs to stop; the names of those that have not returned in time.
  std::vector<std::string> stop_jobs(std::chrono::milliseconds patience);
  void wake_job(std::string_view job);
  // A thread hangs in the instances of this lane: others are made, if that snapshot is the one that runs.
  Status renew_lane(std::uint32_t lane, const std::shared_ptr<Snapshot>& snapshot);

  std::string read(Document what) override;
  // Whether the database fits the pipeline that runs; kInvalid when it does not. [any]
  [[nodiscard]] Status check_schema() const;
  // What the last change did, in one sentence for people.
  [[nodiscard]] std::string told() const;
  Status set_stage(const std::string& stage, bool enabled) override;
  Status set_plugin(const std::string& plugin, bool enabled) override;
  Status reload() override;
  Status run_job(std::string_view job) override;
  Status reset_quirk(std::string_view quirk) override;
  Status reset_stage(std::string_view stage) override;

 private:
  Status change(const Config& config, const Toggles& toggles, PluginFiles files) DLRGW_REQUIRES(change_mutex_);
  Status change_with(const std::function<void(Toggles&)>& edit);
  struct Made {
    std::unique_ptr<Pipeline> pipeline;
    std::shared_ptr<const Router> router;
  };
  void swap_in(Made made) DLRGW_REQUIRES(change_mutex_);
  Result<Made> make(const Config& config, const Toggles& toggles, PluginFiles files) DLRGW_REQUIRES(change_mutex_);
  [[nodiscard]] Status check_database(const Pipeline& pipeline) const;
  void tell_plugins(const Pipeline* before, const Pipeline& now);
  void note(const Status& result, const Config& config, std::vector<std::string> renewed);

  const Config started_with_;
  const ConfigReader reader_;
  const RouterMaker router_maker_;
  SharedParts& shared_;
  SnapshotHolder& snapshots_;
  RouteTable& routes_;
  const std::uint32_t lane_count_;

  Mutex change_mutex_;  // one change at a time
  Config config_ DLRGW_GUARDED_BY(change_mutex_);
  Toggles toggles_ DLRGW_GUARDED_BY(change_mutex_);
  PluginImages images_ DLRGW_GUARDED_BY(change_mutex_){PluginCopies::kInStateDir};

  RetiredSnapshots retired_snapshots_;
  RetiredJobs retired_jobs_;  // holds snapshots: ends first
  mutable Mutex state_mutex_;
  std::shared_ptr<const Pipeline> current_ DLRGW_GUARDED_BY(state_mutex_);
  std::shared_ptr<Scheduler> scheduler_ DLRGW_GUARDED_BY(state_mutex_);
  bool jobs_started_ DLRGW_GUARDED_BY(state_mutex_) = false;
  std::uint64_t generation_ DLRGW_GUARDED_BY(state_mutex_) = 0;
  LastReload last_reload_ DLRGW_GUARDED_BY(state_mutex_);
};

// The documents of ControlPlane::read(), as JSON objects.
std::string pipeline_document(const Pipeline& pipeline, const HostMetrics& metrics, std::uint64_t generation,
                              const LastReload& last_reload);
// last_crash: what the run before died of; empty when it did not.
std::string plugins_document(const Pipeline& pipeline, std::string_view last_crash);
std::string jobs_document(const std::vector<JobStatus>& jobs);

}  // namespace dlrgw::host
