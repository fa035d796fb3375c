// SPDX-License-Identifier: Apache-2.0
#include <dlrgw/abi/log.h>

#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

bool known(std::int32_t level) { return level >= DLRGW_LOG_DEBUG && level <= DLRGW_LOG_ERROR; }

HeldField held_field(const dlrgw_log_field& f) {
  HeldField out{std::string(view(f.name)), std::int64_t{0}};
  switch (f.type) {
    case DLRGW_FIELD_TYPE_TEXT:
      out.value = std::string(view(f.text));
      break;
    case DLRGW_FIELD_TYPE_INT:
      out.value = f.integer;
      break;
    case DLRGW_FIELD_TYPE_FLOAT:
      out.value = f.number;
      break;
    case DLRGW_FIELD_TYPE_BOOL:
      out.value = f.integer != 0;
      break;
    case DLRGW_FIELD_TYPE_MSISDN:
      out.value = HeldField::MaskedNumber{std::string(view(f.text))};
      break;
    case DLRGW_FIELD_TYPE_TIME:
      out.value = TimeUs{f.integer};
      break;
    default:
      out.value = std::string("(field type of a newer SDK)");
      break;
  }
  return out;
}

void emit(void* self, std::uint64_t handle, std::int32_t level, dlrgw_str event, const dlrgw_log_field* fields,
          std::uint32_t count, std::uint32_t stride) {
  PluginContext& context = context_of(self);
  const Level checked = known(level) ? static_cast<Level>(level) : Level::kError;
  if (!context.host.logger.enabled(checked)) return;
  HeldLog line{checked, std::string(view(event)), {}};
  line.fields.reserve(count + 1);
  for (std::uint32_t i = 0; i < count; ++i) line.fields.push_back(held_field(at(fields, stride, i)));
  line.fields.push_back({"plugin", context.identity.id});
  if (Receipt* receipt = CallScope::receipt(handle)) {
    receipt->held_back.add(std::move(line));
    return;
  }
  std::vector<Field> borrowed;
  borrowed.reserve(line.fields.size());
  for (const HeldField& field : line.fields) borrowed.push_back(field.borrow());
  context.host.logger.emit(line.level, line.event, borrowed);
}

std::int32_t enabled(void* self, std::int32_t level) {
  return known(level) && context_of(self).host.logger.enabled(static_cast<Level>(level)) ? 1 : 0;
}

}  // namespace

dlrgw_log make_log_service(PluginContext& context) { return {sizeof(dlrgw_log), 1, &context, emit, enabled}; }

}  // namespace dlrgw::host
