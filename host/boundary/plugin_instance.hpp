// SPDX-License-Identifier: Apache-2.0
// One created plugin: its host struct, its services, and what it registered. The image stays mapped for good; this
// instance is shared by its snapshot and ends with it. Created and destroyed on the [control] thread.
#pragma once
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "boundary/contributions.hpp"
#include "boundary/loading/load_plugin.hpp"
#include "boundary/plugin_context.hpp"

namespace dlrgw::host {

class PluginInstance {
 public:
  // Calls the plugin's create(). Null when that failed or the plugin refused a value: errors then holds a sentence for
  // each finding, with the plugin's name or the place in the configuration. doubtful: some values were found wrong
  // before and defaults stand in their place; a failure of create() may be caused by that, so it is not reported.
  static std::shared_ptr<PluginInstance> create(const LoadedPlugin& loaded, OptionValues options,
                                                std::vector<std::string> grants, const HostServices& host,
                                                MetricId plugin_errors, std::vector<std::string>& errors,
                                                bool doubtful = false);
  ~PluginInstance();  // end(), and a failure is logged
  // Calls the plugin's destroy(), once. It must not be used any more.
  Status end();
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  template <class Class>
  struct Registered {
    Class contribution;
    void* user = nullptr;
  };
  [[nodiscard]] const PluginIdentity& identity() const { return context_.identity; }
  [[nodiscard]] const std::vector<Registered<StageClass>>& stages() const { return stages_; }
  [[nodiscard]] const std::vector<Registered<QuirkClass>>& quirks() const { return quirks_; }
  [[nodiscard]] const std::vector<Registered<SinkClass>>& sinks() const { return sinks_; }
  [[nodiscard]] const std::vector<Registered<JobClass>>& jobs() const { return jobs_; }
  [[nodiscard]] const std::vector<Registered<RouteClass>>& routes() const { return routes_; }
  [[nodiscard]] const std::vector<Probe>& probes() const { return context_.probes; }
  [[nodiscard]] const std::vector<Tool>& tools() const { return context_.tools; }
  [[nodiscard]] const std::vector<Statement>& statements() const { return context_.statements; }  // after seal()
  [[nodiscard]] std::set<std::string> services_asked_for() const { return services_.asked(); }
  Status seal(std::uint64_t order, const SinkSlot* sink) { return context_.seal(order, sink); }

 private:
  PluginInstance(const LoadedPlugin& loaded, OptionValues options, std::vector<std::string> grants,
                 const HostServices& host, MetricId plugin_errors);
  template <class Class, class Table>
  std::int32_t add(std::vector<Registered<Class>>& list, Result<Class> (*read)(const Table*), const Table* table,
                   void* user, dlrgw_error* error);

  PluginContext context_;
  ServiceTable services_;
  dlrgw_host host_{};
  const dlrgw_plugin* plugin_;
  void* self_ = nullptr;
  bool registering_ = false;
  std::vector<Registered<StageClass>> stages_;
  std::vector<Registered<QuirkClass>> quirks_;
  std::vector<Registered<SinkClass>> sinks_;
  std::vector<Registered<JobClass>> jobs_;
  std::vector<Registered<RouteClass>> routes_;
};

}  // namespace dlrgw::host
