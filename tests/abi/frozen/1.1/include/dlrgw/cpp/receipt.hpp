// SPDX-License-Identifier: Apache-2.0
// The receipt as a C++ value view. Valid for the call in which it was handed out.
#pragma once
#include <optional>

#include <dlrgw/abi/receipt.h>
#include <dlrgw/cpp/base.hpp>

namespace dlrgw {

enum class DlrStatus : std::int32_t {
  kNone = DLRGW_STATUS_NONE,
  kDelivered = DLRGW_STATUS_DELIVERED,
  kFailed = DLRGW_STATUS_FAILED,
  kUndelivered = DLRGW_STATUS_UNDELIVERED,
  kExpired = DLRGW_STATUS_EXPIRED,
  kRejected = DLRGW_STATUS_REJECTED,
  kUnknown = DLRGW_STATUS_UNKNOWN,
};

inline constexpr DlrStatus kAllDlrStatuses[] = {DlrStatus::kDelivered, DlrStatus::kFailed,   DlrStatus::kUndelivered,
                                                DlrStatus::kExpired,   DlrStatus::kRejected, DlrStatus::kUnknown};

// The name used in tables, events and metrics; empty for kNone.
constexpr std::string_view to_string(DlrStatus status) {
  switch (status) {
    case DlrStatus::kDelivered:
      return "DELIVERED";
    case DlrStatus::kFailed:
      return "FAILED";
    case DlrStatus::kUndelivered:
      return "UNDELIVERED";
    case DlrStatus::kExpired:
      return "EXPIRED";
    case DlrStatus::kRejected:
      return "REJECTED";
    case DlrStatus::kUnknown:
      return "UNKNOWN";
    case DlrStatus::kNone:
      break;
  }
  return {};
}

// kNone for any other text.
constexpr DlrStatus dlr_status_from(std::string_view name) {
  for (const DlrStatus status : kAllDlrStatuses)
    if (to_string(status) == name) return status;
  return DlrStatus::kNone;
}

// The name of a DLRGW_STATUS_ number; empty for none and for what is no status.
constexpr std::string_view status_name(std::int64_t number) {
  for (const DlrStatus status : kAllDlrStatuses)
    if (number == static_cast<std::int64_t>(status)) return to_string(status);
  return {};
}

// What a receipt with this number counts as: one without a status is of unknown fate.
constexpr std::string_view status_label(std::int64_t number) {
  const std::string_view name = status_name(number);
  return name.empty() ? to_string(DlrStatus::kUnknown) : name;
}

constexpr bool is_terminal(DlrStatus status) { return status != DlrStatus::kNone && status != DlrStatus::kUnknown; }

struct Candidate {
  std::string_view id;
  std::uint32_t rank = 0;
};

class ReceiptView {
 public:
  explicit ReceiptView(const dlrgw_receipt* receipt) : receipt_(receipt) {}

  [[nodiscard]] std::uint64_t handle() const { return receipt_->handle; }
  [[nodiscard]] std::uint64_t stream_seq() const { return receipt_->stream_seq; }
  [[nodiscard]] std::uint32_t delivery_count() const { return receipt_->delivery_count; }
  [[nodiscard]] std::uint32_t stage_retries() const { return receipt_->stage_retries; }
  [[nodiscard]] DlrStatus status() const { return static_cast<DlrStatus>(receipt_->status); }
  [[nodiscard]] std::optional<std::uint32_t> message_state() const {
    if (receipt_->message_state == DLRGW_NO_MESSAGE_STATE) return std::nullopt;
    return receipt_->message_state;
  }
  [[nodiscard]] std::uint32_t segment_index() const { return receipt_->segment_index; }
  [[nodiscard]] std::uint32_t segment_total() const { return receipt_->segment_total; }
  [[nodiscard]] std::int64_t received_at_us() const { return receipt_->received_at_us; }
  [[nodiscard]] std::optional<std::int64_t> dlr_timestamp_us() const {
    if (receipt_->dlr_timestamp_us == DLRGW_NO_TIME) return std::nullopt;
    return receipt_->dlr_timestamp_us;
  }
  [[nodiscard]] std::int64_t stream_time_us() const { return receipt_->stream_time_us; }
  [[nodiscard]] std::uint32_t candidate_count() const { return receipt_->candidate_count; }
  [[nodiscard]] Candidate candidate(std::uint32_t index) const {
    const auto* bytes =
        reinterpret_cast<const char*>(receipt_->candidates) + std::size_t{index} * receipt_->candidate_stride;
    const auto* item = reinterpret_cast<const dlrgw_candidate*>(bytes);
    return {view(item->id), item->rank};
  }
  [[nodiscard]] std::string_view event_id() const { return view(receipt_->event_id); }
  [[nodiscard]] std::string_view operator_id() const { return view(receipt_->operator_id); }
  [[nodiscard]] std::string_view operator_message_id() const { return view(receipt_->operator_message_id); }
  [[nodiscard]] std::string_view raw_status() const { return view(receipt_->raw_status); }
  [[nodiscard]] std::string_view error_code() const { return view(receipt_->error_code); }
  [[nodiscard]] std::string_view network_error_code() const { return view(receipt_->network_error_code); }
  [[nodiscard]] std::string_view submit_date() const { return view(receipt_->submit_date); }
  [[nodiscard]] std::string_view done_date() const { return view(receipt_->done_date); }
  [[nodiscard]] std::string_view message_id() const { return view(receipt_->message_id); }
  [[nodiscard]] std::string_view account_id() const { return view(receipt_->account_id); }
  [[nodiscard]] std::string_view flags() const { return view(receipt_->flags); }
  [[nodiscard]] std::string_view trace_id() const { return view(receipt_->trace_id); }
  [[nodiscard]] std::string_view span_id() const { return view(receipt_->span_id); }
  [[nodiscard]] std::string_view quirk_plugin() const { return view(receipt_->quirk_plugin); }
  [[nodiscard]] std::string_view quirk_version() const { return view(receipt_->quirk_version); }
  // Absent from events without it, and on a host of 1.0.
  [[nodiscard]] std::optional<std::uint32_t> esm_class() const {
    if (!DLRGW_HAS(receipt_, dlrgw_receipt, esm_class) || receipt_->esm_class == DLRGW_NO_ESM_CLASS)
      return std::nullopt;
    return receipt_->esm_class;
  }
  [[nodiscard]] std::string_view connector_id() const {
    return DLRGW_HAS(receipt_, dlrgw_receipt, connector_id) ? view(receipt_->connector_id) : std::string_view();
  }
  [[nodiscard]] const dlrgw_receipt& raw() const { return *receipt_; }

 private:
  const dlrgw_receipt* receipt_;
};

}  // namespace dlrgw
