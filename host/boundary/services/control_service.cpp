// SPDX-License-Identifier: Apache-2.0
#include <dlrgw/abi/control.h>

#include "boundary/call_watch.hpp"
#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

std::int32_t read(void* self, std::uint32_t what, void (*take)(void*, dlrgw_str), void* context) {
  if (take == nullptr || what < DLRGW_CONTROL_PIPELINE || what > DLRGW_CONTROL_JOBS) return DLRGW_E_INVALID;
  ControlPlane* control = context_of(self).host.control;
  if (control == nullptr) return DLRGW_E_UNAVAILABLE;
  const std::string json = control->read(static_cast<ControlPlane::Document>(what));
  take(context, str(json));
  return DLRGW_OK;
}

// f(ControlPlane&) -> Status. The plane is absent while plugins are only being checked.
template <class F>
std::int32_t with_control(void* self, dlrgw_error* error, F&& f) {
  ControlPlane* control = context_of(self).host.control;
  if (control == nullptr) return answer(error, ErrorCode::kUnavailable, "the gateway is not running yet");
  if (CallScope::current() != nullptr) return answer(error, ErrorCode::kDenied, "a stage cannot change the pipeline");
  const HostTime service;
  return answer(error, f(*control));
}

std::int32_t set_stage(void* self, dlrgw_str stage, std::int32_t enabled, dlrgw_error* error) {
  return with_control(self, error,
                      [&](ControlPlane& c) { return c.set_stage(std::string(view(stage)), enabled != 0); });
}

std::int32_t set_plugin(void* self, dlrgw_str plugin, std::int32_t enabled, dlrgw_error* error) {
  return with_control(self, error,
                      [&](ControlPlane& c) { return c.set_plugin(std::string(view(plugin)), enabled != 0); });
}

std::int32_t reload(void* self, dlrgw_error* error) {
  return with_control(self, error, [](ControlPlane& c) { return c.reload(); });
}

std::int32_t run_job(void* self, dlrgw_str job, dlrgw_error* error) {
  return with_control(self, error, [&](ControlPlane& c) { return c.run_job(view(job)); });
}

std::int32_t reset_quirk(void* self, dlrgw_str quirk, dlrgw_error* error) {
  return with_control(self, error, [&](ControlPlane& c) { return c.reset_quirk(view(quirk)); });
}

std::int32_t reset_stage(void* self, dlrgw_str stage, dlrgw_error* error) {
  return with_control(self, error, [&](ControlPlane& c) { return c.reset_stage(view(stage)); });
}

}  // namespace

dlrgw_control make_control_service(PluginContext& context) {
  return {sizeof(dlrgw_control), 2, &context, read, set_stage, set_plugin, reload, run_job, reset_quirk, reset_stage};
}

}  // namespace dlrgw::host
