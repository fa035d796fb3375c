// SPDX-License-Identifier: Apache-2.0
// Bytes of `sms.dlr.inbound` → Inbound: pure, bounded, any thread. The table of fields and bounds is in docs and in
// decode_receipt_test.cpp, one test per bound. Where the contract leaves room, this decoder is strict:
//   lengths count Unicode characters; a control character is one of category Cc (U+0000–1F, 7F–9F); it is invalid in
//   every text field except rawReceipt, sourceAddr and destAddr, where a space replaces it and the receipt is flagged;
//   an integer is a JSON number without fraction and exponent;
//   segment.index and .total 1..255, both required, index <= total, ref optional: an integer 0..65535 or a string <=
//   32; tlvs: keys "0x" and four hex digits, each tag once, values of even length up to 65535 bytes; esmClass 0..255;
//   connectorId <= 64, letters of an operator id; schemaVersion a string <= 16 or an integer; keys inside unknown
//   fields are checked for repeats too.
// Small differences between producers do not cost a receipt; what is dropped or replaced is flagged (inbound.hpp):
//   null is as if the member were not there; integers may come as texts ("2", "0x20"), and texts that are numbers –
//   codes, addresses, dates, ids – as JSON integers; the NULs behind an id are cut; an escape of half a surrogate pair
//   is read as U+FFFD; a time that cannot be read, of whatever type, is dropped (receivedAt is replaced); a
//   dlrTimestamp may be Unix seconds or milliseconds. An esmClass that cannot be read is invalid: it decides about
//   money.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "receipt/inbound.hpp"

namespace dlrgw::host {

inline constexpr std::size_t kMaxReceiptBytes = std::size_t{256} * 1024;
inline constexpr std::size_t kMaxReceiptNesting = 8;

// Why a payload is not a receipt: a closed list, hence a metric label.
enum class DecodeReason : std::uint8_t {
  kTooLarge,
  kMalformedJson,
  kInvalidUtf8,
  kTooDeep,
  kDuplicateKey,
  kNotAnObject,
  kWrongType,
  kOutOfBounds,
  kControlCharacter,
  kMissingField,
};
inline constexpr std::size_t kDecodeReasonCount = 10;
// too_large, malformed_json, … as in the metric label and in dlr.invalid_dlrs.reason.
std::string_view to_string(DecodeReason reason);

struct DecodeFailure {
  DecodeReason reason = DecodeReason::kMalformedJson;
  std::string detail;       // names fields of the contract, never a value or an unknown key
  std::string operator_id;  // when it was read and valid, else empty
  std::string event_id;     // likewise
};

struct DecodeContext {
  std::string_view stream_identity;  // "name@created"; with stream_seq it makes the default event id
  std::uint64_t stream_seq = 0;
  std::int64_t stream_time_us = 0;    // when JetStream stored the payload
  bool received_at_is_right = false;  // however far it lies from that: for receipts of the past that are only tried
};

using DecodeResult = std::variant<Inbound, DecodeFailure>;

DecodeResult decode_receipt(std::string_view payload, const DecodeContext& context);

// The event id of a receipt that brings none: UUIDv5 of the stream's identity and the sequence, so that a redelivery
// keeps its id and a recreated stream gives new ones.
std::string default_event_id(std::string_view stream_identity, std::uint64_t stream_seq);

}  // namespace dlrgw::host
