// SPDX-License-Identifier: Apache-2.0
// edit, attributes, pii and quirks: the services that work on one receipt of the running batch.
#include <algorithm>

#include <dlrgw/abi/attributes.h>
#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/pii.h>
#include <dlrgw/abi/quirks.h>

#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

std::int32_t set_text(void*, std::uint64_t handle, std::uint32_t field, dlrgw_str value) {
  Receipt* receipt = CallScope::receipt(handle);
  return receipt == nullptr ? DLRGW_E_INVALID : receipt->set_text(field, view(value));
}

std::int32_t set_int(void*, std::uint64_t handle, std::uint32_t field, std::int64_t value) {
  Receipt* receipt = CallScope::receipt(handle);
  return receipt == nullptr ? DLRGW_E_INVALID : receipt->set_int(field, value);
}

std::int32_t set_candidates(void*, std::uint64_t handle, const dlrgw_candidate* items, std::uint32_t count,
                            std::uint32_t stride) {
  Receipt* receipt = CallScope::receipt(handle);
  return receipt == nullptr ? DLRGW_E_INVALID : receipt->set_candidates(items, count, stride);
}

std::int32_t add_flag(void*, std::uint64_t handle, dlrgw_str flag) {
  Receipt* receipt = CallScope::receipt(handle);
  return receipt == nullptr ? DLRGW_E_INVALID : receipt->add_flag(view(flag));
}

std::int32_t get_text(void*, std::uint64_t handle, std::uint32_t field, dlrgw_str* out) {
  const Receipt* receipt = CallScope::receipt(handle);
  if (receipt == nullptr || out == nullptr) return DLRGW_E_INVALID;
  std::string_view text;
  const std::int32_t code = receipt->get_text(field, text);
  if (code == DLRGW_OK) *out = str(text);
  return code;
}

std::int32_t get_int(void*, std::uint64_t handle, std::uint32_t field, std::int64_t* out) {
  const Receipt* receipt = CallScope::receipt(handle);
  return receipt == nullptr || out == nullptr ? DLRGW_E_INVALID : receipt->get_int(field, *out);
}

std::int32_t get_candidate(void*, std::uint64_t handle, std::uint32_t index, dlrgw_candidate* out) {
  const Receipt* receipt = CallScope::receipt(handle);
  if (receipt == nullptr || out == nullptr || !DLRGW_HAS(out, dlrgw_candidate, id)) return DLRGW_E_INVALID;
  return receipt->get_candidate(index, *out);
}

std::int32_t set_attribute(void*, std::uint64_t handle, dlrgw_str name, dlrgw_str value) {
  Receipt* receipt = CallScope::receipt(handle);
  return receipt == nullptr ? DLRGW_E_INVALID : receipt->set_attribute(view(name), view(value));
}

std::int32_t get_attribute(void*, std::uint64_t handle, dlrgw_str name, dlrgw_str* value) {
  const Receipt* receipt = CallScope::receipt(handle);
  if (receipt == nullptr || value == nullptr) return DLRGW_E_INVALID;
  std::string_view text;
  const std::int32_t code = receipt->get_attribute(view(name), text);
  if (code == DLRGW_OK) *value = str(text);
  return code;
}

std::int32_t get_pii(void*, std::uint64_t handle, std::uint32_t field, dlrgw_str* out) {
  const Receipt* receipt = CallScope::receipt(handle);
  if (receipt == nullptr || out == nullptr) return DLRGW_E_INVALID;
  std::string_view text;
  switch (field) {
    case DLRGW_PII_SOURCE_ADDR:
      text = receipt->inbound().source_addr;
      break;
    case DLRGW_PII_DEST_ADDR:
      text = receipt->inbound().dest_addr;
      break;
    case DLRGW_PII_RAW_RECEIPT:
      text = receipt->inbound().raw_receipt;
      break;
    case DLRGW_PII_PAYLOAD:
      text = receipt->delivery().payload;
      break;
    case DLRGW_PII_RECEIPT_AS_RECEIVED:
      text = receipt->inbound().receipt_as_received.empty() ? receipt->inbound().raw_receipt
                                                            : receipt->inbound().receipt_as_received;
      break;
    default:
      return DLRGW_E_INVALID;
  }
  if (text.empty()) return DLRGW_E_NOT_FOUND;
  *out = str(text);
  return DLRGW_OK;
}

std::int32_t get_tlv(void*, std::uint64_t handle, std::uint32_t tag, dlrgw_str* hex) {
  const Receipt* receipt = CallScope::receipt(handle);
  if (receipt == nullptr || hex == nullptr) return DLRGW_E_INVALID;
  const std::vector<Tlv>& tlvs = receipt->inbound().tlvs;
  const auto found = std::find_if(tlvs.begin(), tlvs.end(), [&](const Tlv& t) { return t.tag == tag; });
  if (found == tlvs.end()) return DLRGW_E_NOT_FOUND;
  *hex = str(found->hex);
  return DLRGW_OK;
}

std::uint8_t octet_at(std::string_view hex, std::size_t index) {
  const auto digit = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);  // decoding let hex digits pass only
  };
  return static_cast<std::uint8_t>(digit(hex[2 * index]) << 4U | digit(hex[2 * index + 1]));
}

std::int32_t get_tlv_octets(void* self, std::uint64_t handle, std::uint32_t tag, std::uint8_t* octets,
                            std::uint32_t capacity, std::uint32_t* length) {
  dlrgw_str hex{};
  if (length == nullptr || (octets == nullptr && capacity != 0)) return DLRGW_E_INVALID;
  if (const std::int32_t code = get_tlv(self, handle, tag, &hex); code != DLRGW_OK) return code;
  *length = static_cast<std::uint32_t>(hex.len / 2);
  for (std::uint32_t i = 0; i < std::min(*length, capacity); ++i) octets[i] = octet_at(view(hex), i);
  return DLRGW_OK;
}

std::int32_t get_tlv_integer(void* self, std::uint64_t handle, std::uint32_t tag, std::uint64_t* value) {
  dlrgw_str hex{};
  if (value == nullptr) return DLRGW_E_INVALID;
  if (const std::int32_t code = get_tlv(self, handle, tag, &hex); code != DLRGW_OK) return code;
  if (hex.len == 0 || hex.len > 2 * sizeof *value) return DLRGW_E_INVALID;
  *value = 0;
  for (std::size_t i = 0; i < hex.len / 2; ++i) *value = *value << 8U | octet_at(view(hex), i);
  return DLRGW_OK;
}

std::int32_t apply_quirk(void* self, std::uint64_t handle, std::uint32_t* result, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  const CallScope* scope = CallScope::current();
  Receipt* receipt = CallScope::receipt(handle);
  if (receipt == nullptr || result == nullptr) return answer(error, ErrorCode::kInvalid, "no receipt of this batch");
  *result = DLRGW_QUIRKS_NONE;
  const auto found = scope->snapshot().quirk_of_operator.find(receipt->inbound().operator_id);
  if (found == scope->snapshot().quirk_of_operator.end()) return DLRGW_OK;
  const QuirkSlot& slot = scope->snapshot().quirks[found->second];
  void* instance = scope->lane().quirks[found->second];
  Breaker& breaker = *slot.breaker;
  if (!breaker.admit(context.host.clock.monotonic_us())) {
    receipt->turned_away_by = &breaker;
    *result = DLRGW_QUIRKS_FAILED;
    (void)answer(error, ErrorCode::kInternal, "quirk " + slot.name + " is not called for now, because it kept failing");
    return DLRGW_OK;
  }
  const std::size_t mark = receipt->edit_mark();
  std::uint32_t handled = DLRGW_QUIRK_NOT_MINE;
  const std::string what = "quirk " + slot.name + ": apply";
  const Status done = [&] {
    const PluginCall in_plugin(
        {CallKind::kQuirk, slot.plugin->id, slot.plugin->version, what, scope->lane().lane, scope->batch().id});
    return call_guarded("plugin " + slot.plugin->id + ": quirk " + slot.name,
                        [&](dlrgw_error* e) { return slot.table.apply(instance, &receipt->view(), &handled, e); });
  }();
  if (!done || handled > DLRGW_QUIRK_HANDLED) {
    receipt->undo_edits_since(mark);
    *result = DLRGW_QUIRKS_FAILED;
    const std::string text =
        done ? "plugin " + slot.plugin->id + ": quirk " + slot.name + " gave an unknown result" : done.error().text;
    // Held back with the receipt, as every failure that is tied to one: a replayed batch must not count it twice.
    receipt->held_back.add(
        HeldLog{Level::kError, "dlr.plugin.failed", {{"plugin", slot.plugin->id}, {"reason", text}}});
    receipt->held_back.add(HeldMetric{context.plugin_errors, {slot.plugin->id, "quirk"}, 1});
    (void)answer(error, ErrorCode::kInternal, text);
    breaker.failed(context.host.clock.monotonic_us(), text);
    return DLRGW_OK;
  }
  breaker.worked();
  breaker.release(receipt->delivery().stream_seq);
  if (handled == DLRGW_QUIRK_NOT_MINE) {
    receipt->undo_edits_since(mark);
    return DLRGW_OK;
  }
  receipt->handled_by(slot.plugin->id, slot.plugin->version);
  *result = DLRGW_QUIRKS_HANDLED;
  return DLRGW_OK;
}

}  // namespace

dlrgw_edit make_edit_service(PluginContext& context) {
  return {sizeof(dlrgw_edit), 1,        &context, set_text, set_int,
          set_candidates,     add_flag, get_text, get_int,  get_candidate};
}
dlrgw_attributes make_attributes_service(PluginContext& context) {
  return {sizeof(dlrgw_attributes), 1, &context, set_attribute, get_attribute};
}
dlrgw_pii make_pii_service(PluginContext& context) {
  return {sizeof(dlrgw_pii), 2, &context, get_pii, get_tlv, get_tlv_octets, get_tlv_integer};
}
dlrgw_quirks make_quirks_service(PluginContext& context) { return {sizeof(dlrgw_quirks), 1, &context, apply_quirk}; }

}  // namespace dlrgw::host
