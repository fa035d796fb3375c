// SPDX-License-Identifier: Apache-2.0
#include <dlrgw/abi/tools.h>

#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

constexpr std::size_t kToolBytes = offsetof(dlrgw_tool, run) + sizeof(dlrgw_tool::run);

std::int32_t add(void* self, const dlrgw_tool* tool, void* user, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  if (!context.creating) return answer(error, ErrorCode::kDenied, "tools are added during create() only");
  if (tool == nullptr || tool->struct_size < kToolBytes || tool->run == nullptr)
    return answer(error, ErrorCode::kInvalid, "a tool is missing, too short or does nothing");
  const std::string_view name = view(tool->name);
  if (!is_short_name(name)) return answer(error, ErrorCode::kInvalid, "a tool needs a short name of [a-z0-9._-]");
  context.tools.push_back({std::string(name), tool->run, user});
  return DLRGW_OK;
}

}  // namespace

dlrgw_tools make_tools_service(PluginContext& context) { return {sizeof(dlrgw_tools), 1, &context, add}; }

}  // namespace dlrgw::host
