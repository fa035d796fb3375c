// SPDX-License-Identifier: Apache-2.0
#include <dlrgw/abi/config.h>

#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

template <class T, class Out>
std::int32_t give(const Result<T>& value, Out* out) {
  if (out == nullptr) return DLRGW_E_INVALID;
  if (!value) return static_cast<std::int32_t>(value.error().code);
  *out = static_cast<Out>(*value);
  return DLRGW_OK;
}

std::int32_t get_string(void* self, dlrgw_str operator_id, dlrgw_str key, dlrgw_str* out) {
  const Result<std::string_view> value = context_of(self).options.get_string(view(operator_id), view(key));
  if (out == nullptr) return DLRGW_E_INVALID;
  if (!value) return static_cast<std::int32_t>(value.error().code);
  *out = str(*value);
  return DLRGW_OK;
}

std::int32_t get_int(void* self, dlrgw_str operator_id, dlrgw_str key, std::int64_t* out) {
  return give(context_of(self).options.get_int(view(operator_id), view(key)), out);
}

std::int32_t get_float(void* self, dlrgw_str operator_id, dlrgw_str key, double* out) {
  return give(context_of(self).options.get_float(view(operator_id), view(key)), out);
}

std::int32_t get_bool(void* self, dlrgw_str operator_id, dlrgw_str key, std::int32_t* out) {
  return give(context_of(self).options.get_bool(view(operator_id), view(key)), out);
}

std::int32_t get_duration_us(void* self, dlrgw_str operator_id, dlrgw_str key, std::int64_t* out) {
  return give(context_of(self).options.get_duration_us(view(operator_id), view(key)), out);
}

std::int32_t get_size(void* self, dlrgw_str operator_id, dlrgw_str key, std::uint32_t* out) {
  return give(context_of(self).options.get_size(view(operator_id), view(key)), out);
}

std::int32_t get_entry(void* self, dlrgw_str operator_id, dlrgw_str key, std::uint32_t index, dlrgw_str* name,
                       dlrgw_str* value) {
  if (name == nullptr || value == nullptr) return DLRGW_E_INVALID;
  const auto entry = context_of(self).options.get_entry(view(operator_id), view(key), index);
  if (!entry) return static_cast<std::int32_t>(entry.error().code);
  *name = str(entry->name);
  *value = str(entry->value);
  return DLRGW_OK;
}

std::uint32_t operator_count(void* self) {
  return static_cast<std::uint32_t>(context_of(self).options.operators().size());
}

std::int32_t operator_at(void* self, std::uint32_t index, dlrgw_str* operator_id) {
  const std::vector<std::string>& operators = context_of(self).options.operators();
  if (operator_id == nullptr) return DLRGW_E_INVALID;
  if (index >= operators.size()) return DLRGW_E_NOT_FOUND;
  *operator_id = str(operators[index]);
  return DLRGW_OK;
}

std::uint32_t connector_count(void* self, dlrgw_str operator_id) {
  return static_cast<std::uint32_t>(context_of(self).options.connectors(view(operator_id)).size());
}

std::int32_t connector_at(void* self, dlrgw_str operator_id, std::uint32_t index, dlrgw_str* connector_id) {
  const std::span<const std::string> connectors = context_of(self).options.connectors(view(operator_id));
  if (connector_id == nullptr) return DLRGW_E_INVALID;
  if (index >= connectors.size()) return DLRGW_E_NOT_FOUND;
  *connector_id = str(connectors[index]);
  return DLRGW_OK;
}

std::int32_t refuse(void* self, dlrgw_str operator_id, dlrgw_str key, dlrgw_str entry, dlrgw_str text) {
  PluginContext& context = context_of(self);
  if (!context.creating) return DLRGW_E_DENIED;
  context.refused.push_back(context.options.refusal(view(operator_id), view(key), view(entry), view(text)));
  return DLRGW_OK;
}

}  // namespace

dlrgw_config make_config_service(PluginContext& context) {
  return {sizeof(dlrgw_config), 2,        &context,  get_string,     get_int,     get_float, get_bool,
          get_duration_us,      get_size, get_entry, operator_count, operator_at, refuse,    connector_count,
          connector_at};
}

}  // namespace dlrgw::host
