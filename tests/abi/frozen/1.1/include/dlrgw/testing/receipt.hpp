// SPDX-License-Identifier: Apache-2.0
// A receipt for an author's tests: what came in, what the plugin edited. The edits follow the rules of
// dlrgw/abi/edit.h, as in the gateway. Used by one thread.
#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dlrgw/abi/attributes.h>
#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/receipt.h>
#include <dlrgw/cpp/edit.hpp>

namespace dlrgw::testing {

// Fields as in the inbound event; what is left out is absent.
struct Received {
  std::string operator_id = "mno-test";
  std::string operator_message_id{}, raw_status{}, error_code{}, network_error_code{}, submit_date{}, done_date{};
  std::optional<std::uint32_t> message_state{};
  std::optional<std::int64_t> dlr_timestamp_us{};
  std::int64_t received_at_us = 1'764'000'000'000'000;
  std::uint32_t segment_index = 0, segment_total = 0;
  std::string source_addr{}, dest_addr{}, raw_receipt{}, payload{};  // behind the grant "pii"
  std::map<std::uint32_t, std::string> tlvs{};                       // tag → hex text; likewise
  DlrStatus status = DlrStatus::kNone;                               // for stages behind `normalise`
  std::string message_id{}, account_id{};                            // for stages behind `correlate`
  std::optional<std::uint32_t> esm_class{};
  std::string connector_id{};
  std::string receipt_as_received{};  // behind the grant "pii"; empty = as raw_receipt
  std::string event_id{};             // empty: one of its own
};

class TestReceipt {
 public:
  TestReceipt(Received received, std::uint64_t handle) : received_(identified(std::move(received), handle)) {
    texts_ = {{DLRGW_EDIT_RAW_STATUS, received_.raw_status},
              {DLRGW_EDIT_ERROR_CODE, received_.error_code},
              {DLRGW_EDIT_NETWORK_ERROR_CODE, received_.network_error_code},
              {DLRGW_EDIT_OPERATOR_MESSAGE_ID, received_.operator_message_id},
              {DLRGW_EDIT_MESSAGE_ID, received_.message_id},
              {DLRGW_EDIT_ACCOUNT_ID, received_.account_id},
              {DLRGW_EDIT_SUBMIT_DATE, received_.submit_date},
              {DLRGW_EDIT_DONE_DATE, received_.done_date}};
    integers_ = {{DLRGW_EDIT_STATUS, static_cast<std::int64_t>(received_.status)},
                 {DLRGW_EDIT_DLR_TIMESTAMP, received_.dlr_timestamp_us.value_or(DLRGW_NO_TIME)},
                 {DLRGW_EDIT_SEGMENT_INDEX, received_.segment_index},
                 {DLRGW_EDIT_SEGMENT_TOTAL, received_.segment_total},
                 {DLRGW_EDIT_MESSAGE_STATE, std::int64_t{received_.message_state.value_or(DLRGW_NO_MESSAGE_STATE)}},
                 {DLRGW_EDIT_FINALITY, DLRGW_FINALITY_BY_ESM_CLASS},
                 {DLRGW_EDIT_NO_ID, 0}};
    fill_view(handle);
  }
  TestReceipt(const TestReceipt&) = delete;
  TestReceipt& operator=(const TestReceipt&) = delete;

  [[nodiscard]] const Received& received() const { return received_; }
  [[nodiscard]] const dlrgw_receipt& view() const { return view_; }

  // What the plugin edited; absent when it did not.
  [[nodiscard]] std::optional<std::string> edited(TextField field) const {
    const auto found = new_texts_.find(static_cast<std::uint32_t>(field));
    return found == new_texts_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::optional<std::int64_t> edited(IntField field) const {
    const auto found = new_integers_.find(static_cast<std::uint32_t>(field));
    return found == new_integers_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] DlrStatus status() const { return static_cast<DlrStatus>(integer(DLRGW_EDIT_STATUS)); }
  [[nodiscard]] std::vector<std::string> candidate_ids() const {
    std::vector<std::string> out;
    for (const auto& [id, rank] : candidates_) out.push_back(id);
    return out;
  }
  [[nodiscard]] const std::vector<std::string>& flags() const { return flags_; }
  [[nodiscard]] const std::map<std::string, std::string>& attributes() const { return attributes_; }

  // The services of the fake host; codes as in dlrgw/abi/edit.h and attributes.h.
  std::int32_t set_text(std::uint32_t field, std::string_view value) {
    if (!texts_.contains(field) || has_control(value)) return DLRGW_E_INVALID;
    if (value.size() > DLRGW_MAX_TEXT) return DLRGW_E_LIMIT;
    const bool identity =
        field == DLRGW_EDIT_OPERATOR_MESSAGE_ID || field == DLRGW_EDIT_MESSAGE_ID || field == DLRGW_EDIT_ACCOUNT_ID;
    if (identity && !received_.message_id.empty()) return DLRGW_E_DENIED;
    new_texts_[field] = value;
    return DLRGW_OK;
  }
  std::int32_t set_int(std::uint32_t field, std::int64_t value) {
    const bool wrong =
        (field == DLRGW_EDIT_STATUS && (value < DLRGW_STATUS_DELIVERED || value > DLRGW_STATUS_UNKNOWN)) ||
        ((field == DLRGW_EDIT_SEGMENT_INDEX || field == DLRGW_EDIT_SEGMENT_TOTAL) && (value < 0 || value > 255)) ||
        (field == DLRGW_EDIT_MESSAGE_STATE && (value < 0 || value > 255) &&
         value != std::int64_t{DLRGW_NO_MESSAGE_STATE}) ||
        (field == DLRGW_EDIT_FINALITY && (value < 0 || value > DLRGW_FINALITY_INTERMEDIATE)) ||
        (field == DLRGW_EDIT_NO_ID && (value < 0 || value > 1));
    if (!integers_.contains(field) || wrong) return DLRGW_E_INVALID;
    new_integers_[field] = value;
    return DLRGW_OK;
  }
  std::int32_t set_candidates(const dlrgw_candidate* items, std::uint32_t count, std::uint32_t stride) {
    if (count > DLRGW_MAX_CANDIDATES) return DLRGW_E_LIMIT;
    if (count != 0 && (items == nullptr || stride < sizeof(dlrgw_candidate))) return DLRGW_E_INVALID;
    if (!received_.message_id.empty()) return DLRGW_E_DENIED;
    std::vector<std::pair<std::string, std::uint32_t>> fresh;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* bytes = reinterpret_cast<const char*>(items) + std::size_t{i} * stride;
      const auto* item = reinterpret_cast<const dlrgw_candidate*>(bytes);
      const std::string_view id = dlrgw::view(item->id);
      if (id.empty() || has_control(id)) return DLRGW_E_INVALID;
      if (id.size() > DLRGW_MAX_TEXT) return DLRGW_E_LIMIT;
      fresh.emplace_back(id, item->rank);
    }
    candidates_ = std::move(fresh);
    return DLRGW_OK;
  }
  std::int32_t add_flag(std::string_view flag) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (flag.empty() || flag.size() > 32 || !std::all_of(flag.begin(), flag.end(), good)) return DLRGW_E_INVALID;
    if (flag_calls_ >= DLRGW_MAX_FLAGS) return DLRGW_E_LIMIT;
    ++flag_calls_;
    if (std::find(flags_.begin(), flags_.end(), flag) == flags_.end()) flags_.emplace_back(flag);
    return DLRGW_OK;
  }
  std::int32_t get_text(std::uint32_t field, dlrgw_str* out) const {
    const auto old = texts_.find(field);
    if (old == texts_.end()) return DLRGW_E_INVALID;
    const auto fresh = new_texts_.find(field);
    *out = str(fresh == new_texts_.end() ? old->second : fresh->second);
    return DLRGW_OK;
  }
  std::int32_t get_int(std::uint32_t field, std::int64_t* out) const {
    if (!integers_.contains(field)) return DLRGW_E_INVALID;
    *out = integer(field);
    return DLRGW_OK;
  }
  std::int32_t get_candidate(std::uint32_t index, dlrgw_candidate* out) const {
    if (!DLRGW_HAS(out, dlrgw_candidate, id)) return DLRGW_E_INVALID;
    if (index >= candidates_.size()) return DLRGW_E_NOT_FOUND;
    out->rank = candidates_[index].second;
    out->id = str(candidates_[index].first);
    return DLRGW_OK;
  }
  std::int32_t set_attribute(std::string_view name, std::string_view value) {
    if (name.empty() || name.size() > DLRGW_MAX_ATTRIBUTE_NAME) return DLRGW_E_INVALID;
    if (value.size() > DLRGW_MAX_ATTRIBUTE_BYTES) return DLRGW_E_LIMIT;
    const bool known = attributes_.contains(std::string(name));
    if (!known && attributes_.size() >= DLRGW_MAX_ATTRIBUTES) return DLRGW_E_LIMIT;
    attributes_[std::string(name)] = value;
    return DLRGW_OK;
  }
  std::int32_t get_attribute(std::string_view name, dlrgw_str* out) const {
    const auto found = attributes_.find(std::string(name));
    if (found == attributes_.end()) return DLRGW_E_NOT_FOUND;
    *out = str(found->second);
    return DLRGW_OK;
  }
  // As the gateway does when a quirk fails or says "not mine".
  void undo_edits() {
    new_texts_.clear();
    new_integers_.clear();
    candidates_.clear();
    flags_.clear();
    flag_calls_ = 0;
  }

 private:
  static Received identified(Received received, std::uint64_t handle) {
    const std::string number = std::to_string(handle);
    if (received.event_id.empty())
      received.event_id = "00000000-0000-5000-8000-" + std::string(12 - number.size(), '0') + number;
    return received;
  }
  static bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  }
  [[nodiscard]] std::int64_t integer(std::uint32_t field) const {
    const auto fresh = new_integers_.find(field);
    return fresh == new_integers_.end() ? integers_.at(field) : fresh->second;
  }
  void fill_view(std::uint64_t handle) {
    dlrgw_receipt& v = view_;
    v.struct_size = sizeof v;
    v.delivery_count = 1;
    v.handle = handle;
    v.stream_seq = handle;
    v.status = static_cast<std::int32_t>(received_.status);
    v.message_state = received_.message_state.value_or(DLRGW_NO_MESSAGE_STATE);
    v.segment_index = received_.segment_index;
    v.segment_total = received_.segment_total;
    v.candidate_stride = sizeof(dlrgw_candidate);
    v.received_at_us = received_.received_at_us;
    v.stream_time_us = received_.received_at_us;
    v.dlr_timestamp_us = received_.dlr_timestamp_us.value_or(DLRGW_NO_TIME);
    v.event_id = str(received_.event_id);
    v.operator_id = str(received_.operator_id);
    v.operator_message_id = str(received_.operator_message_id);
    v.raw_status = str(received_.raw_status);
    v.error_code = str(received_.error_code);
    v.network_error_code = str(received_.network_error_code);
    v.submit_date = str(received_.submit_date);
    v.done_date = str(received_.done_date);
    v.message_id = str(received_.message_id);
    v.account_id = str(received_.account_id);
    v.esm_class = received_.esm_class.value_or(DLRGW_NO_ESM_CLASS);
    v.connector_id = str(received_.connector_id);
  }

  const Received received_;
  dlrgw_receipt view_{};
  std::map<std::uint32_t, std::string> texts_, new_texts_;
  std::map<std::uint32_t, std::int64_t> integers_, new_integers_;
  std::vector<std::pair<std::string, std::uint32_t>> candidates_;
  std::vector<std::string> flags_;
  std::uint32_t flag_calls_ = 0;
  std::map<std::string, std::string> attributes_;
};

}  // namespace dlrgw::testing
