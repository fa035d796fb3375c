// SPDX-License-Identifier: Apache-2.0
// What stands behind the services of one plugin: its identity, options and grants, and the host's shared parts. Every
// service struct carries a pointer to it as `self`. Owned by the plugin instance; any thread after seal().
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <dlrgw/abi/publish.h>
#include <dlrgw/abi/tools.h>
#include <dlrgw/cpp/mutex.hpp>

#include "boundary/health_registry.hpp"
#include "boundary/snapshot.hpp"
#include "boundary/submission.hpp"
#include "config/option_values.hpp"
#include "storage/pool.hpp"
#include "storage/statement.hpp"
#include "support/clock.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace dlrgw::host {

// What may be read and changed at run time; implemented by control/pipeline_manager. Thread-safe.
class ControlPlane {
 public:
  enum class Document : std::uint32_t { kPipeline = 1, kPlugins = 2, kJobs = 3 };
  virtual ~ControlPlane() = default;
  virtual std::string read(Document what) = 0;
  // Each builds a new snapshot beside the running one; on an error nothing has changed.
  virtual Status set_stage(const std::string& stage, bool enabled) = 0;
  virtual Status set_plugin(const std::string& plugin, bool enabled) = 0;
  virtual Status reload() = 0;
  virtual Status run_job(std::string_view job) = 0;
  virtual Status reset_quirk(std::string_view quirk) = 0;
  virtual Status reset_stage(std::string_view stage) = 0;
};

// Shared by all plugins; owned by the gateway and outliving every snapshot.
struct HostServices {
  const Clock& clock;
  Logger& logger;
  Metrics& metrics;
  HealthRegistry& health;
  std::string instance;  // as in every log line
  std::map<std::string, Pool*, std::less<>> pools;
  std::function<void(std::string_view job)> wake_job;
  std::function<void(std::span<dlrgw_publish_item*> items, std::uint32_t timeout_ms)> publish;
  std::function<Result<SubmissionResult>(const Submission&)> submit;
  ControlPlane* control = nullptr;  // null while plugins are only checked
};

// How a plugin asks something that it depends on whether it can be used; `check --connect` runs these.
struct Probe {
  std::string dependency;
  std::int32_t (*ask)(void* user, dlrgw_error* error) = nullptr;
  void* user = nullptr;
};

// What a plugin does for a person at the command line.
struct Tool {
  std::string name;
  std::int32_t (*run)(void* user, const dlrgw_tool_call* call, dlrgw_error* error) = nullptr;
  void* user = nullptr;
};

struct PluginContext {
  explicit PluginContext(const HostServices& shared) : host(shared) {}

  const HostServices& host;
  PluginIdentity identity;
  std::vector<std::string> grants;
  OptionValues options;
  bool creating = true;                   // statements may be defined
  std::vector<StatementDef> definitions;  // during create()
  std::vector<ConfigError> refused;       // likewise: what the plugin found in its values
  std::vector<Probe> probes;              // likewise
  std::vector<Tool> tools;                // likewise
  std::vector<Statement> statements;      // after seal(); index = statement id
  const SinkSlot* sink = nullptr;         // of the snapshot, after seal()
  MetricId plugin_errors = 0;             // dlr_plugin_errors_total

  [[nodiscard]] bool granted(std::string_view grant) const;
  // Compiles the statements; order: the plugin's place in the chain.
  Status seal(std::uint64_t order, const SinkSlot* active_sink);
};

// Every host service of one plugin, as it crosses the boundary. get() answers what is offered and granted.
class ServiceTable {
 public:
  explicit ServiceTable(PluginContext& context);
  ~ServiceTable();
  ServiceTable(const ServiceTable&) = delete;
  ServiceTable& operator=(const ServiceTable&) = delete;

  [[nodiscard]] const void* get(std::string_view id) const;
  // The ids that the plugin asked for so far.
  [[nodiscard]] std::set<std::string> asked() const;

 private:
  struct Structs;
  PluginContext& context_;
  std::unique_ptr<Structs> structs_;
  mutable Mutex mutex_;
  mutable std::set<std::string> asked_ DLRGW_GUARDED_BY(mutex_);
};

// {"dlrgw.sql/1", "sql"}, …: what this host offers and the grant it takes, for the handshake.
struct ServiceOffer {
  std::string_view id;
  std::string_view grant;  // empty: everyone
};
std::span<const ServiceOffer> offered_services();

}  // namespace dlrgw::host
