// SPDX-License-Identifier: Apache-2.0
// One immutable pipeline generation: the stages in order, one instance of each per lane, the operators' quirks, the
// sink. Built whole by control/build_pipeline, swapped in by pointer between batches, and ended by
// pipeline/retired_snapshots once the last lane, job and handler has let go of it. Constant but for its instances, each
// of which belongs to one lane.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <dlrgw/abi/quirk.h>
#include <dlrgw/abi/sink.h>
#include <dlrgw/abi/stage.h>
#include <dlrgw/cpp/mutex.hpp>

#include "boundary/breaker.hpp"
#include "telemetry/metrics.hpp"

namespace dlrgw::host {

// A verdict's reason as its plugin declared it.
struct Reason {
  std::string name;
  std::string outcome;
};

// What the pipeline needs to know of a plugin. Owned by the plugin instance that the snapshot keeps alive.
struct PluginIdentity {
  std::string id;
  std::string version;
  std::vector<Reason> reasons;
  std::string path;  // of the file, for sentences to the operator
};

struct StageSlot {
  std::string name;
  const PluginIdentity* plugin = nullptr;
  dlrgw_stage_class table{};
  void* user = nullptr;
  std::vector<std::string> needs, provides;
  std::shared_ptr<Breaker> breaker{};
  [[nodiscard]] bool essential() const { return (table.flags & DLRGW_STAGE_ESSENTIAL) != 0; }
};

struct QuirkSlot {
  std::string name;
  const PluginIdentity* plugin = nullptr;
  dlrgw_quirk_class table{};
  void* user = nullptr;
  std::vector<std::string> operators;
  std::shared_ptr<Breaker> breaker{};
};

struct SinkSlot {
  std::string name;
  const PluginIdentity* plugin = nullptr;
  dlrgw_sink_class table{};
  void* user = nullptr;
};

// The instances of one lane; stages and quirks in the order of the snapshot's slots.
struct LaneInstances {
  std::uint32_t lane = 0;
  std::vector<void*> stages;
  std::vector<void*> quirks;
};

struct Snapshot {
  Snapshot() = default;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

  std::uint64_t generation = 0;
  std::vector<std::shared_ptr<void>> plugins;  // keeps every plugin instance alive; destroyed last
  std::vector<StageSlot> stages;               // enabled ones, in order
  std::vector<QuirkSlot> quirks;
  std::map<std::string, std::size_t, std::less<>> quirk_of_operator;
  SinkSlot sink;
  std::vector<std::unique_ptr<LaneInstances>> lanes;
  // Those in which a thread hangs: never touched again, and never ended.
  std::vector<std::unique_ptr<LaneInstances>> lost;
};

// The current snapshot; swapped whole, read once per batch.
class SnapshotHolder {
 public:
  std::shared_ptr<Snapshot> get() const {
    const MutexLock lock(mutex_);
    return snapshot_;
  }
  std::shared_ptr<Snapshot> swap(std::shared_ptr<Snapshot> next) {
    const MutexLock lock(mutex_);
    snapshot_.swap(next);
    return next;
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<Snapshot> snapshot_ DLRGW_GUARDED_BY(mutex_);
};

// Creates and activates all instances of all lanes; on failure everything made so far is destroyed again and the error
// names plugin, stage and lane. [control]
Status start_lanes(Snapshot& snapshot, std::uint32_t lane_count);
// Gives the lane, in whose instances a thread hangs, others. Only while nobody else uses this lane. [control]
Status renew_lane(Snapshot& snapshot, std::uint32_t lane);

}  // namespace dlrgw::host
