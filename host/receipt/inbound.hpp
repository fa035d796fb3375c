// SPDX-License-Identifier: Apache-2.0
// One receipt as it came in: what decode_receipt() makes of the bytes of `sms.dlr.inbound`. A value; whoever decoded it
// owns it. Texts are valid UTF-8 without control characters. Nothing here says what a receipt means.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::host {

struct Tlv {
  std::uint16_t tag = 0;
  std::string hex;  // as received, an even number of digits
};

struct Segment {
  std::uint8_t index = 0;  // from 1, never above total
  std::uint8_t total = 0;
  std::uint16_t ref = 0;  // 0 = not given
};

// Names in Inbound::flags.
inline constexpr std::string_view kFlagReceivedAtReplaced = "received_at_replaced";
inline constexpr std::string_view kFlagControlCharsReplaced = "control_chars_replaced";
inline constexpr std::string_view kFlagSurrogateReplaced = "surrogate_replaced";
inline constexpr std::string_view kFlagDlrTimestampDropped = "dlr_timestamp_dropped";
inline constexpr std::string_view kFlagSubmitDateDropped = "submit_date_dropped";
inline constexpr std::string_view kFlagDoneDateDropped = "done_date_dropped";
inline constexpr std::string_view kFlagMessageStateDropped = "message_state_dropped";
inline constexpr std::string_view kFlagIdNulCut = "id_nul_cut";

struct Inbound {
  std::string event_id;  // UUID text, lower case
  std::string operator_id;
  std::string operator_message_id;  // may be empty: the id is then in raw_receipt or a TLV
  std::string raw_stat;
  std::optional<std::uint8_t> message_state;
  std::string error_code;
  std::string network_error_code;
  std::string submit_date;
  std::string done_date;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::int64_t received_at_us = 0;
  std::string source_addr;          // PII
  std::string dest_addr;            // PII
  std::string raw_receipt;          // PII
  std::string receipt_as_received;  // PII; with its control characters, empty when there were none
  std::vector<Tlv> tlvs;
  std::optional<Segment> segment;
  std::optional<std::uint8_t> esm_class;
  std::string connector_id;
  std::vector<std::string> flags;
};

}  // namespace dlrgw::host
