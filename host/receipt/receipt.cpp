// SPDX-License-Identifier: Apache-2.0
#include "receipt/receipt.hpp"

#include <algorithm>

#include <dlrgw/abi/attributes.h>
#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::host {
namespace {

// What a candidate of SDK 1.0 holds: sizeof would refuse plugins that are older than this host.
constexpr std::size_t kCandidateBytes = offsetof(dlrgw_candidate, id) + sizeof(dlrgw_str);
constexpr std::uint32_t kCandidates = 0;
constexpr std::uint32_t kFlag = 0xFFFFFFFF;

dlrgw_str str(std::string_view text) { return {text.data(), text.size()}; }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_flag_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

Receipt::Receipt(Delivery delivery, Inbound inbound, std::uint64_t handle)
    : delivery_(std::move(delivery)), inbound_(std::move(inbound)), trace_(begin_span(delivery_.traceparent)) {
  if (inbound_.segment) {
    segment_index_ = inbound_.segment->index;
    segment_total_ = inbound_.segment->total;
  }
  for (const std::string& flag : inbound_.flags) flags_ += (flags_.empty() ? "" : ",") + flag;
  view_.handle = handle;
  rebuild_view();
}

bool Receipt::is_identity(std::uint32_t field) {
  return field == kCandidates || field == DLRGW_EDIT_OPERATOR_MESSAGE_ID || field == DLRGW_EDIT_MESSAGE_ID ||
         field == DLRGW_EDIT_ACCOUNT_ID;
}

const std::string* Receipt::text_of(std::uint32_t field) const {
  switch (field) {
    case DLRGW_EDIT_RAW_STATUS:
      return &inbound_.raw_stat;
    case DLRGW_EDIT_ERROR_CODE:
      return &inbound_.error_code;
    case DLRGW_EDIT_NETWORK_ERROR_CODE:
      return &inbound_.network_error_code;
    case DLRGW_EDIT_OPERATOR_MESSAGE_ID:
      return &inbound_.operator_message_id;
    case DLRGW_EDIT_MESSAGE_ID:
      return &message_id_;
    case DLRGW_EDIT_ACCOUNT_ID:
      return &account_id_;
    case DLRGW_EDIT_SUBMIT_DATE:
      return &inbound_.submit_date;
    case DLRGW_EDIT_DONE_DATE:
      return &inbound_.done_date;
    default:
      return nullptr;
  }
}

std::string* Receipt::text_of(std::uint32_t field) {
  return const_cast<std::string*>(std::as_const(*this).text_of(field));
}

std::int32_t Receipt::set_text(std::uint32_t field, std::string_view value) {
  if (text_of(field) == nullptr || has_control(value)) return DLRGW_E_INVALID;
  if (value.size() > DLRGW_MAX_TEXT) return DLRGW_E_LIMIT;
  if (is_identity(field) && !message_id_.empty()) return DLRGW_E_DENIED;
  edits_.push_back({field, 0, std::string(value), {}});
  return DLRGW_OK;
}

std::int32_t Receipt::set_int(std::uint32_t field, std::int64_t value) {
  switch (field) {
    case DLRGW_EDIT_STATUS:
      if (status_name(value).empty()) return DLRGW_E_INVALID;
      break;
    case DLRGW_EDIT_SEGMENT_INDEX:
    case DLRGW_EDIT_SEGMENT_TOTAL:
      if (value < 0 || value > 255) return DLRGW_E_INVALID;
      break;
    case DLRGW_EDIT_MESSAGE_STATE:
      if ((value < 0 || value > 255) && value != std::int64_t{DLRGW_NO_MESSAGE_STATE}) return DLRGW_E_INVALID;
      break;
    case DLRGW_EDIT_FINALITY:
      if (value < DLRGW_FINALITY_BY_ESM_CLASS || value > DLRGW_FINALITY_INTERMEDIATE) return DLRGW_E_INVALID;
      break;
    case DLRGW_EDIT_NO_ID:
      if (value < 0 || value > 1) return DLRGW_E_INVALID;
      break;
    case DLRGW_EDIT_DLR_TIMESTAMP:
      break;
    default:
      return DLRGW_E_INVALID;
  }
  edits_.push_back({field, value, {}, {}});
  return DLRGW_OK;
}

std::int32_t Receipt::set_candidates(const dlrgw_candidate* items, std::uint32_t count, std::uint32_t stride) {
  if (count > DLRGW_MAX_CANDIDATES) return DLRGW_E_LIMIT;
  if (count != 0 && (items == nullptr || stride < kCandidateBytes)) return DLRGW_E_INVALID;
  if (!message_id_.empty()) return DLRGW_E_DENIED;
  PendingEdit edit{kCandidates, 0, {}, {}};
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto* bytes = reinterpret_cast<const char*>(items) + std::size_t{i} * stride;
    const auto* item = reinterpret_cast<const dlrgw_candidate*>(bytes);
    const std::string_view id(item->id.len == 0 ? "" : item->id.ptr, item->id.len);
    if (id.empty() || has_control(id)) return DLRGW_E_INVALID;
    if (id.size() > DLRGW_MAX_TEXT) return DLRGW_E_LIMIT;
    edit.candidates.push_back({std::string(id), item->rank});
  }
  edits_.push_back(std::move(edit));
  return DLRGW_OK;
}

std::int32_t Receipt::add_flag(std::string_view flag) {
  if (!is_flag_name(flag)) return DLRGW_E_INVALID;
  const auto pending =
      std::count_if(edits_.begin(), edits_.end(), [](const PendingEdit& e) { return e.field == kFlag; });
  if (view_.flag_count + static_cast<std::uint32_t>(pending) >= DLRGW_MAX_FLAGS) return DLRGW_E_LIMIT;
  edits_.push_back({kFlag, 0, std::string(flag), {}});
  return DLRGW_OK;
}

void Receipt::handled_by(std::string_view plugin, std::string_view version) {
  quirk_plugin_ = plugin;
  quirk_version_ = version;
}

std::int32_t Receipt::get_text(std::uint32_t field, std::string_view& out) const {
  const std::string* committed = text_of(field);
  if (committed == nullptr) return DLRGW_E_INVALID;
  const auto last =
      std::find_if(edits_.rbegin(), edits_.rend(), [&](const PendingEdit& e) { return e.field == field; });
  out = last == edits_.rend() ? *committed : last->text;
  return DLRGW_OK;
}

std::int32_t Receipt::get_int(std::uint32_t field, std::int64_t& out) const {
  switch (field) {
    case DLRGW_EDIT_STATUS:
      out = status_;
      break;
    case DLRGW_EDIT_DLR_TIMESTAMP:
      out = view_.dlr_timestamp_us;
      break;
    case DLRGW_EDIT_SEGMENT_INDEX:
      out = segment_index_;
      break;
    case DLRGW_EDIT_SEGMENT_TOTAL:
      out = segment_total_;
      break;
    case DLRGW_EDIT_MESSAGE_STATE:
      out = view_.message_state;
      break;
    case DLRGW_EDIT_FINALITY:
      out = finality_;
      break;
    case DLRGW_EDIT_NO_ID:
      out = no_id_;
      break;
    default:
      return DLRGW_E_INVALID;
  }
  const auto last =
      std::find_if(edits_.rbegin(), edits_.rend(), [&](const PendingEdit& e) { return e.field == field; });
  if (last != edits_.rend()) out = last->integer;
  return DLRGW_OK;
}

std::int32_t Receipt::get_candidate(std::uint32_t index, dlrgw_candidate& out) const {
  const auto last =
      std::find_if(edits_.rbegin(), edits_.rend(), [](const PendingEdit& e) { return e.field == kCandidates; });
  const std::vector<OwnedCandidate>& items = last == edits_.rend() ? candidates_ : last->candidates;
  if (index >= items.size()) return DLRGW_E_NOT_FOUND;
  out.rank = items[index].rank;
  out.id = str(items[index].id);
  return DLRGW_OK;
}

void Receipt::apply(PendingEdit& edit) {
  switch (edit.field) {
    case kCandidates:
      candidates_ = std::move(edit.candidates);
      break;
    case kFlag:
      if (("," + flags_ + ",").find("," + edit.text + ",") == std::string::npos) {
        flags_ += (flags_.empty() ? "" : ",") + edit.text;
      }
      break;
    case DLRGW_EDIT_STATUS:
      status_ = edit.integer;
      break;
    case DLRGW_EDIT_SEGMENT_INDEX:
      segment_index_ = static_cast<std::uint32_t>(edit.integer);
      break;
    case DLRGW_EDIT_SEGMENT_TOTAL:
      segment_total_ = static_cast<std::uint32_t>(edit.integer);
      break;
    case DLRGW_EDIT_FINALITY:
      finality_ = edit.integer;
      break;
    case DLRGW_EDIT_NO_ID:
      no_id_ = edit.integer;
      break;
    case DLRGW_EDIT_MESSAGE_STATE:
      if (edit.integer == std::int64_t{DLRGW_NO_MESSAGE_STATE}) {
        inbound_.message_state.reset();
      } else {
        inbound_.message_state = static_cast<std::uint8_t>(edit.integer);
      }
      break;
    case DLRGW_EDIT_DLR_TIMESTAMP:
      if (edit.integer == DLRGW_NO_TIME) {
        inbound_.dlr_timestamp_us.reset();
      } else {
        inbound_.dlr_timestamp_us = edit.integer;
      }
      break;
    default:
      *text_of(edit.field) = std::move(edit.text);
      break;
  }
}

bool Receipt::apply_edits() {
  if (edits_.empty() && view_.quirk_plugin.len == quirk_plugin_.size()) return false;
  for (PendingEdit& edit : edits_) apply(edit);
  edits_.clear();
  rebuild_view();
  return true;
}

void Receipt::rebuild_view() {
  candidate_views_.clear();
  for (const OwnedCandidate& c : candidates_) candidate_views_.push_back({sizeof(dlrgw_candidate), c.rank, str(c.id)});
  dlrgw_receipt& v = view_;
  v.struct_size = sizeof v;
  v.delivery_count = delivery_.delivery_count;
  v.stream_seq = delivery_.stream_seq;
  v.status = static_cast<std::int32_t>(status_);
  v.message_state = inbound_.message_state ? *inbound_.message_state : DLRGW_NO_MESSAGE_STATE;
  v.segment_index = segment_index_;
  v.segment_total = segment_total_;
  v.candidates = candidate_views_.data();
  v.candidate_count = static_cast<std::uint32_t>(candidate_views_.size());
  v.candidate_stride = sizeof(dlrgw_candidate);
  v.flag_count = flags_.empty() ? 0U : 1U + static_cast<std::uint32_t>(std::count(flags_.begin(), flags_.end(), ','));
  v.received_at_us = inbound_.received_at_us;
  v.dlr_timestamp_us = inbound_.dlr_timestamp_us.value_or(DLRGW_NO_TIME);
  v.stream_time_us = delivery_.stream_time_us;
  v.event_id = str(inbound_.event_id);
  v.operator_id = str(inbound_.operator_id);
  v.operator_message_id = str(inbound_.operator_message_id);
  v.raw_status = str(inbound_.raw_stat);
  v.error_code = str(inbound_.error_code);
  v.network_error_code = str(inbound_.network_error_code);
  v.submit_date = str(inbound_.submit_date);
  v.done_date = str(inbound_.done_date);
  v.message_id = str(message_id_);
  v.account_id = str(account_id_);
  v.flags = str(flags_);
  v.trace_id = str(trace_.trace_id);
  v.span_id = str(trace_.span_id);
  v.quirk_plugin = str(quirk_plugin_);
  v.quirk_version = str(quirk_version_);
  v.esm_class = inbound_.esm_class ? *inbound_.esm_class : DLRGW_NO_ESM_CLASS;
  v.connector_id = str(inbound_.connector_id);
}

std::int32_t Receipt::set_attribute(std::string_view name, std::string_view value) {
  if (name.empty() || name.size() > DLRGW_MAX_ATTRIBUTE_NAME) return DLRGW_E_INVALID;
  if (value.size() > DLRGW_MAX_ATTRIBUTE_BYTES) return DLRGW_E_LIMIT;
  for (Attribute& a : attributes_) {
    if (a.name == name) {
      a.value = value;
      return DLRGW_OK;
    }
  }
  if (attributes_.size() >= DLRGW_MAX_ATTRIBUTES) return DLRGW_E_LIMIT;
  attributes_.push_back({std::string(name), std::string(value)});
  return DLRGW_OK;
}

std::int32_t Receipt::get_attribute(std::string_view name, std::string_view& out) const {
  for (const Attribute& a : attributes_) {
    if (a.name == name) {
      out = a.value;
      return DLRGW_OK;
    }
  }
  return DLRGW_E_NOT_FOUND;
}

}  // namespace dlrgw::host
