// SPDX-License-Identifier: Apache-2.0
#include "boundary/plugin_instance.hpp"

#include <utility>

#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "boundary/services/abi_values.hpp"
#include "support/version.hpp"

namespace dlrgw::host {

PluginInstance::PluginInstance(const LoadedPlugin& loaded, OptionValues options, std::vector<std::string> grants,
                               const HostServices& host, MetricId plugin_errors)
    : context_(host), services_(context_), plugin_(loaded.plugin) {
  context_.identity.id = loaded.info.id;
  context_.identity.version = loaded.info.version;
  context_.identity.path = loaded.info.path;
  for (const ReasonDecl& reason : loaded.info.reasons)
    context_.identity.reasons.push_back({reason.name, reason.outcome});
  context_.grants = std::move(grants);
  context_.options = std::move(options);
  context_.plugin_errors = plugin_errors;
  host_.struct_size = sizeof host_;
  host_.abi_major = DLRGW_ABI_MAJOR;
  host_.abi_minor = DLRGW_ABI_MINOR;
  host_.self = &services_;
  host_.name = str("dlr-gateway");
  host_.version = str(kVersion);
  host_.get_service = [](void* self, dlrgw_str id) { return static_cast<ServiceTable*>(self)->get(view(id)); };
  host_.instance = str(host.instance);
}

PluginInstance::~PluginInstance() {
  if (const Status ended = end(); !ended) {
    context_.host.logger.emit(Level::kError, "dlr.plugin.failed",
                              {{"plugin", identity().id}, {"reason", ended.error().text}});
  }
  context_.host.health.forget(&context_);
}

Status PluginInstance::end() {
  void* const self = std::exchange(self_, nullptr);
  if (self == nullptr) return {};
  const PluginCall mark({CallKind::kControl, identity().id, identity().version, "destroy"});
  return call_guarded(identity().id, "destroy", [&] { plugin_->destroy(self); });
}

template <class Class, class Table>
std::int32_t PluginInstance::add(std::vector<Registered<Class>>& list, Result<Class> (*read)(const Table*),
                                 const Table* table, void* user, dlrgw_error* error) {
  if (!registering_) return answer(error, ErrorCode::kDenied, "contributions are registered in create(), not later");
  Result<Class> contribution = read(table);
  if (!contribution) return answer(error, contribution.error().code, contribution.error().text);
  list.push_back({std::move(*contribution), user});
  return DLRGW_OK;
}

std::shared_ptr<PluginInstance> PluginInstance::create(const LoadedPlugin& loaded, OptionValues options,
                                                       std::vector<std::string> grants, const HostServices& host,
                                                       MetricId plugin_errors, std::vector<std::string>& errors,
                                                       bool doubtful) {
  std::shared_ptr<PluginInstance> instance(
      new PluginInstance(loaded, std::move(options), std::move(grants), host, plugin_errors));
  dlrgw_registrar registrar{};
  registrar.struct_size = sizeof registrar;
  registrar.self = instance.get();
  registrar.add_stage = [](void* self, const dlrgw_stage_class* table, void* user, dlrgw_error* error) {
    auto* p = static_cast<PluginInstance*>(self);
    return p->add(p->stages_, read_stage_class, table, user, error);
  };
  registrar.add_quirk = [](void* self, const dlrgw_quirk_class* table, void* user, dlrgw_error* error) {
    auto* p = static_cast<PluginInstance*>(self);
    return p->add(p->quirks_, read_quirk_class, table, user, error);
  };
  registrar.add_sink = [](void* self, const dlrgw_sink_class* table, void* user, dlrgw_error* error) {
    auto* p = static_cast<PluginInstance*>(self);
    return p->add(p->sinks_, read_sink_class, table, user, error);
  };
  registrar.add_job = [](void* self, const dlrgw_job_class* table, void* user, dlrgw_error* error) {
    auto* p = static_cast<PluginInstance*>(self);
    return p->add(p->jobs_, read_job_class, table, user, error);
  };
  registrar.add_route = [](void* self, const dlrgw_route_class* table, void* user, dlrgw_error* error) {
    auto* p = static_cast<PluginInstance*>(self);
    return p->add(p->routes_, read_route_class, table, user, error);
  };
  instance->registering_ = true;
  const Status created = [&] {
    const PluginCall mark({CallKind::kControl, loaded.info.id, loaded.info.version, "create"});
    return call_guarded(plugin_label(loaded.info.id, loaded.info.path) + "create", [&](dlrgw_error* error) {
      return loaded.plugin->create(&instance->host_, &registrar, &instance->self_, error);
    });
  }();
  instance->registering_ = false;
  instance->context_.creating = false;
  if (!created) instance->self_ = nullptr;  // a failed create has nothing to destroy
  auto& refused = instance->context_.refused;
  sort_errors(refused);
  for (const ConfigError& finding : refused) errors.push_back(to_string(finding));
  if (!created && refused.empty() && !doubtful) {
    errors.push_back(to_string(instance->context_.options.finding(created.error().text)));
  }
  return created && refused.empty() ? instance : nullptr;
}

}  // namespace dlrgw::host
