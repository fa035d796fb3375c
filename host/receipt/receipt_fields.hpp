// SPDX-License-Identifier: Apache-2.0
// The fields of a receipt and their bounds: takes one decoded JSON value at a time and writes it into an Inbound, or
// remembers the first failure and goes on, so that the operator and event id of a bad payload are known where possible.
// Used by decode_receipt.cpp only; pure, one object per payload.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "receipt/decode_receipt.hpp"
#include "receipt/inbound.hpp"

namespace dlrgw::host::receipt {

enum class Field : std::uint8_t {
  kEventId,
  kOperatorId,
  kOperatorMessageId,
  kRawStat,
  kMessageState,
  kErrorCode,
  kNetworkErrorCode,
  kSubmitDate,
  kDoneDate,
  kDlrTimestamp,
  kReceivedAt,
  kSourceAddr,
  kDestAddr,
  kRawReceipt,
  kTlvs,
  kSegment,
  kEsmClass,
  kConnectorId,
  kSchemaVersion,
  kSegmentIndex,
  kSegmentTotal,
  kSegmentRef,
  kUnknown,
};
std::string_view name_of(Field field);      // "operatorId", "segment.index", "an unknown field"
Field receipt_field(std::string_view key);  // of the outermost object
Field segment_field(std::string_view key);  // of the object `segment`

class FieldSink {
 public:
  void text(Field field, std::string_view value);
  void integer(Field field, std::string_view lexeme);  // "-?[0-9]+" as written in the JSON, or the text of a number
  void wrong_type(Field field);
  void tlv(std::string_view key, std::string_view value);
  void tlv_wrong_type();
  void segment_seen() { segment_seen_ = true; }
  void segment_null() { segment_null_ = true; }  // one of its members
  void flag(std::string_view name);              // once, however often it is said
  void fail(DecodeReason reason, std::string detail);
  // After the last value: the rules that need the whole receipt. Empty event_id and zero received_at mean "not given".
  void finish();

  [[nodiscard]] const std::optional<DecodeFailure>& failure() const { return failure_; }
  [[nodiscard]] std::optional<std::int64_t> received_at_us() const { return received_at_us_; }
  [[nodiscard]] Inbound& inbound() { return inbound_; }

 private:
  void out_of_bounds(Field field, std::string_view bound);
  std::optional<std::string> bounded(Field field, std::string_view value, std::size_t min, std::size_t max);
  void cleaned(Field field, std::string_view value, std::size_t max, std::string& target);
  std::optional<std::int64_t> ranged(Field field, std::string_view lexeme, std::int64_t min, std::int64_t max);
  void id(Field field, std::string_view value, std::size_t min, std::string& target);
  std::string_view without_trailing_nul(std::string_view value);

  Inbound inbound_;
  std::optional<DecodeFailure> failure_;
  std::optional<std::int64_t> received_at_us_;
  std::optional<std::int64_t> segment_index_, segment_total_, segment_ref_;
  bool segment_seen_ = false;
  bool segment_null_ = false;
};

}  // namespace dlrgw::host::receipt
