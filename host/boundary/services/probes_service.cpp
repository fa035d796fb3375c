// SPDX-License-Identifier: Apache-2.0
#include <dlrgw/abi/probes.h>

#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kProbeBytes = offsetof(dlrgw_probe, ask) + sizeof(dlrgw_probe::ask);

std::int32_t add(void* self, const dlrgw_probe* probe, void* user, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  if (!context.creating) return answer(error, ErrorCode::kDenied, "probes are added during create() only");
  if (probe == nullptr || probe->struct_size < kProbeBytes || probe->ask == nullptr) {
    return answer(error, ErrorCode::kInvalid, "a probe is missing, too short or asks nothing");
  }
  const std::string_view name = view(probe->dependency);
  if (!is_short_name(name)) return answer(error, ErrorCode::kInvalid, "a probe needs a short name of [a-z0-9._-]");
  context.probes.push_back({std::string(name), probe->ask, user});
  return DLRGW_OK;
}

}  // namespace

dlrgw_probes make_probes_service(PluginContext& context) { return {sizeof(dlrgw_probes), 1, &context, add}; }

}  // namespace dlrgw::host
