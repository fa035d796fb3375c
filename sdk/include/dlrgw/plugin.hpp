// SPDX-License-Identifier: Apache-2.0
// The C++ layer of the SDK in one include. A plugin is a class with a description and a constructor that registers:
//
//   class Acme {
//    public:
//     static dlrgw::PluginInfo info() { return {.id = "com.acme.quirk", .version = "1.0.0"}; }
//     Acme(dlrgw::Host host, dlrgw::Registrar& registrar) {
//       registrar.quirk({"acme", {"mno-acme"}}, [](std::uint32_t) { return std::make_unique<AcmeQuirk>(); });
//     }
//   };
//   DLRGW_PLUGIN(Acme)
//
// A plugin that is one quirk is shorter: DLRGW_QUIRK_PLUGIN(AcmeQuirk, "com.acme.quirk", "1.0.0", "mno-acme")
#pragma once
#include <memory>
#include <span>
#include <vector>

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/config.hpp>
#include <dlrgw/cpp/control.hpp>
#include <dlrgw/cpp/edit.hpp>
#include <dlrgw/cpp/events.hpp>
#include <dlrgw/cpp/host.hpp>
#include <dlrgw/cpp/job.hpp>
#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/log.hpp>
#include <dlrgw/cpp/metrics.hpp>
#include <dlrgw/cpp/pipeline.hpp>
#include <dlrgw/cpp/probes.hpp>
#include <dlrgw/cpp/quirk.hpp>
#include <dlrgw/cpp/route.hpp>
#include <dlrgw/cpp/sql.hpp>
#include <dlrgw/cpp/stage.hpp>

namespace dlrgw {

// One key of the plugin's table, or with DLRGW_OPTION_OPERATOR of every operator's profile.
constexpr dlrgw_option option(std::string_view key, std::uint32_t type, std::string_view default_value,
                              std::string_view help, std::uint32_t flags = 0, std::string_view allowed = {}) {
  return {sizeof(dlrgw_option), type, flags, 0, str(key), str(default_value), str(allowed), str(help)};
}

// outcome: one of DLRGW_OUTCOME_ when the reason drops receipts, else empty.
constexpr dlrgw_reason reason(std::string_view name, std::string_view outcome = {}) {
  return {sizeof(dlrgw_reason), 0, str(name), str(outcome)};
}

// A table or view of the plugin's own scripts: what roles dlr_svc and dlr_maint may do with it, DLRGW_TABLE_ bits.
constexpr dlrgw_table table(std::string_view name, std::uint32_t svc, std::uint32_t maint = 0) {
  return {sizeof(dlrgw_table), svc, maint, 0, str(name)};
}

struct PluginInfo {
  std::string_view id;
  std::string_view version;
  std::string_view vendor = {};
  std::string_view description = {};
  std::span<const dlrgw_option> options = {};
  std::span<const dlrgw_reason> reasons = {};
  std::span<const dlrgw_migration> migrations = {};
  std::span<const dlrgw_str> services = {};  // ids without which it cannot run
  std::uint32_t abi_minor_needed = 0;
  std::span<const dlrgw_table> tables = {};  // all of the migrations' tables, or none: then the default rights hold
};

// Keeps what was registered until the plugin is destroyed.
class Registrar {
 public:
  Registrar(Host host, dlrgw_registrar* raw) : host_(host), raw_(raw) {}

  void stage(const StageSpec& spec, detail::StageRegistration::Factory factory) {
    auto& entry = stages_.emplace_back(std::make_unique<detail::StageRegistration>(spec, std::move(factory)));
    add(raw_->add_stage, &entry->table, entry.get());
  }
  void quirk(const QuirkSpec& spec, detail::QuirkRegistration::Factory factory) {
    auto& entry = quirks_.emplace_back(std::make_unique<detail::QuirkRegistration>(host_, spec, std::move(factory)));
    add(raw_->add_quirk, &entry->table, entry.get());
  }
  void job(const JobSpec& spec, detail::JobRegistration::Run run) {
    auto& entry = jobs_.emplace_back(std::make_unique<detail::JobRegistration>(spec, std::move(run)));
    add(raw_->add_job, &entry->table, entry.get());
  }
  // handle is called by several threads at the same time.
  void route(const RouteSpec& spec, detail::RouteRegistration::Handle handle) {
    auto& entry = routes_.emplace_back(std::make_unique<detail::RouteRegistration>(spec, std::move(handle)));
    add(raw_->add_route, &entry->table, entry.get());
  }
  // sink must outlive the registration: a member of the plugin.
  void sink(std::string_view name, Sink& sink) {
    auto& entry = sinks_.emplace_back(std::make_unique<detail::SinkRegistration>(name, sink));
    add(raw_->add_sink, &entry->table, entry.get());
  }

 private:
  template <class Table>
  void add(std::int32_t (*fn)(void*, const Table*, void*, dlrgw_error*), const Table* table, void* user) {
    dlrgw_error error = make_error();
    check(fn(raw_->self, table, user, &error), error);
  }
  Host host_;
  dlrgw_registrar* raw_;
  std::vector<std::unique_ptr<detail::StageRegistration>> stages_;
  std::vector<std::unique_ptr<detail::QuirkRegistration>> quirks_;
  std::vector<std::unique_ptr<detail::JobRegistration>> jobs_;
  std::vector<std::unique_ptr<detail::SinkRegistration>> sinks_;
  std::vector<std::unique_ptr<detail::RouteRegistration>> routes_;
};

namespace detail {

// The plugin object and its registrations, in this order of destruction: plugin first.
template <class P>
struct PluginInstance {
  PluginInstance(Host host, dlrgw_registrar* raw) : registrar(host, raw), plugin(host, registrar) {}
  Registrar registrar;
  P plugin;
};

template <class P>
dlrgw_plugin make_plugin() {
  static const PluginInfo info = P::info();
  dlrgw_plugin p{};
  p.struct_size = sizeof p;
  p.abi_major = DLRGW_ABI_MAJOR;
  p.abi_minor_needed = info.abi_minor_needed;
  p.id = str(info.id);
  p.version = str(info.version);
  p.vendor = str(info.vendor);
  p.description = str(info.description);
  p.options = info.options.data();
  p.option_count = static_cast<std::uint32_t>(info.options.size());
  p.option_stride = sizeof(dlrgw_option);
  p.reasons = info.reasons.data();
  p.reason_count = static_cast<std::uint32_t>(info.reasons.size());
  p.reason_stride = sizeof(dlrgw_reason);
  p.migrations = info.migrations.data();
  p.migration_count = static_cast<std::uint32_t>(info.migrations.size());
  p.migration_stride = sizeof(dlrgw_migration);
  p.services = info.services.data();
  p.service_count = static_cast<std::uint32_t>(info.services.size());
  p.service_stride = sizeof(dlrgw_str);
  p.tables = info.tables.data();
  p.table_count = static_cast<std::uint32_t>(info.tables.size());
  p.table_stride = sizeof(dlrgw_table);
  p.create = [](const dlrgw_host* host, dlrgw_registrar* registrar, void** self, dlrgw_error* error) {
    return guarded(error, [&] { *self = new PluginInstance<P>(Host(host), registrar); });
  };
  p.destroy = [](void* self) { delete static_cast<PluginInstance<P>*>(self); };
  return p;
}

}  // namespace detail
}  // namespace dlrgw

#define DLRGW_PLUGIN(Class)                                                                           \
  extern "C" __attribute__((visibility("default"))) const dlrgw_plugin* dlrgw_plugin_entry_v1(void) { \
    static const dlrgw_plugin plugin = dlrgw::detail::make_plugin<Class>();                           \
    return &plugin;                                                                                   \
  }

// Class may stand in a namespace, and plugin_id be any id of a plugin: "com.acme.quirk". The operators follow as string
// literals. What Class may say of itself: dlrgw/cpp/quirk.hpp.
#define DLRGW_QUIRK_PLUGIN(Class, plugin_id, plugin_version, ...)                                              \
  namespace {                                                                                                  \
  struct DlrgwQuirkPlugin {                                                                                    \
    static dlrgw::PluginInfo info() {                                                                          \
      return {.id = plugin_id, .version = plugin_version, .services = dlrgw::detail::quirk_services<Class>()}; \
    }                                                                                                          \
    DlrgwQuirkPlugin(dlrgw::Host host, dlrgw::Registrar& registrar) {                                          \
      registrar.quirk({plugin_id, {__VA_ARGS__}},                                                              \
                      [host](std::uint32_t) { return dlrgw::detail::make_quirk<Class>(host); });               \
    }                                                                                                          \
  };                                                                                                           \
  }                                                                                                            \
  DLRGW_PLUGIN(DlrgwQuirkPlugin)
