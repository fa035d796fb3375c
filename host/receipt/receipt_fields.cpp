// SPDX-License-Identifier: Apache-2.0
#include "receipt/receipt_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "support/time_text.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host::receipt {
namespace {

constexpr std::size_t kReceiptFields = 19;  // the first ones of Field, up to kSchemaVersion
constexpr std::array<std::string_view, 23> kNames = {
    "eventId",       "operatorId",       "operatorMessageId", "rawStat",       "messageState",
    "errorCode",     "networkErrorCode", "submitDate",        "doneDate",      "dlrTimestamp",
    "receivedAt",    "sourceAddr",       "destAddr",          "rawReceipt",    "tlvs",
    "segment",       "esmClass",         "connectorId",       "schemaVersion", "segment.index",
    "segment.total", "segment.ref",      "an unknown field"};

constexpr std::size_t kMaxId = 64;  // of an operator or a connector
constexpr std::size_t kMaxTlvs = 64;
constexpr std::size_t kMaxTlvBytes = 0xFFFF;    // what SMPP's length of 16 bits can say
constexpr std::size_t kUnixSecondsDigits = 10;  // from 2001 to 2286
constexpr std::size_t kUnixMillisDigits = 13;
constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kUsPerMilli = 1'000;

// A valid UTF-8 text: its length in characters and whether one of them is a control character (category Cc).
struct Scan {
  std::size_t characters = 0;
  bool control = false;
};

bool is_c1(std::string_view text, std::size_t at) {  // U+0080–9F are C2 80 … C2 9F
  return static_cast<unsigned char>(text[at]) == 0xC2 && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) <= 0x9F;
}

Scan scan(std::string_view text) {
  Scan result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) ++result.characters;
    if (byte < 0x20 || byte == 0x7F || is_c1(text, i)) result.control = true;
  }
  return result;
}

std::string without_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (is_c1(text, i)) {
      out += ' ';
      ++i;
    } else {
      out += byte < 0x20 || byte == 0x7F ? ' ' : text[i];
    }
  }
  return out;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A JSON integer in the place of a time: Unix seconds or milliseconds.
std::optional<std::int64_t> unix_time_us(std::string_view lexeme) {
  if (lexeme.size() != kUnixSecondsDigits && lexeme.size() != kUnixMillisDigits) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(lexeme.data(), lexeme.data() + lexeme.size(), value);
  if (error != std::errc() || end != lexeme.data() + lexeme.size() || value < 0) return std::nullopt;
  return value * (lexeme.size() == kUnixSecondsDigits ? kUsPerSecond : kUsPerMilli);
}

bool is_operator_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

std::optional<std::uint16_t> tlv_tag(std::string_view key) {
  if (key.size() != 6 || !key.starts_with("0x")) return std::nullopt;
  key.remove_prefix(2);
  if (!std::ranges::all_of(key, is_hex)) return std::nullopt;
  std::uint16_t tag = 0;
  std::from_chars(key.data(), key.data() + key.size(), tag, 16);
  return tag;
}

}  // namespace

std::string_view name_of(Field field) { return kNames[static_cast<std::size_t>(field)]; }

Field receipt_field(std::string_view key) {
  for (std::size_t i = 0; i < kReceiptFields; ++i)
    if (kNames[i] == key) return static_cast<Field>(i);
  return Field::kUnknown;
}

Field segment_field(std::string_view key) {
  if (key == "index") return Field::kSegmentIndex;
  if (key == "total") return Field::kSegmentTotal;
  return key == "ref" ? Field::kSegmentRef : Field::kUnknown;
}

void FieldSink::fail(DecodeReason reason, std::string detail) {
  if (!failure_) failure_ = DecodeFailure{reason, std::move(detail), {}, {}};
}

void FieldSink::flag(std::string_view name) {
  if (std::ranges::find(inbound_.flags, name) == inbound_.flags.end()) inbound_.flags.emplace_back(name);
}

// A time of the wrong type, or a date that cannot be one, is dropped; any other field of the wrong type makes the
// receipt invalid.
void FieldSink::wrong_type(Field field) {
  switch (field) {
    case Field::kSubmitDate:
      return flag(kFlagSubmitDateDropped);
    case Field::kDoneDate:
      return flag(kFlagDoneDateDropped);
    case Field::kDlrTimestamp:
      return flag(kFlagDlrTimestampDropped);
    case Field::kReceivedAt:
      return;  // as a missing one
    default:
      break;
  }
  if (field != Field::kUnknown)
    fail(DecodeReason::kWrongType, "field " + std::string(name_of(field)) + " has the wrong JSON type");
}

void FieldSink::out_of_bounds(Field field, std::string_view bound) {
  fail(DecodeReason::kOutOfBounds, "field " + std::string(name_of(field)) + " must be " + std::string(bound));
}

std::optional<std::string> FieldSink::bounded(Field field, std::string_view value, std::size_t min, std::size_t max) {
  const Scan seen = scan(value);
  if (seen.control) {
    fail(DecodeReason::kControlCharacter, "field " + std::string(name_of(field)) + " holds a control character");
    return std::nullopt;
  }
  if (seen.characters < min || seen.characters > max) {
    out_of_bounds(field, std::to_string(min) + " to " + std::to_string(max) + " characters long");
    return std::nullopt;
  }
  return std::string(value);
}

void FieldSink::cleaned(Field field, std::string_view value, std::size_t max, std::string& target) {
  const Scan seen = scan(value);
  if (seen.characters > max) return out_of_bounds(field, "at most " + std::to_string(max) + " characters long");
  if (!seen.control) {
    target = value;
    return;
  }
  target = without_controls(value);
  if (field == Field::kRawReceipt) inbound_.receipt_as_received = value;
  flag(kFlagControlCharsReplaced);
}

std::optional<std::int64_t> FieldSink::ranged(Field field, std::string_view lexeme, std::int64_t min,
                                              std::int64_t max) {
  std::int64_t value = 0;
  const bool hex = lexeme.starts_with("0x") || lexeme.starts_with("0X");
  if (hex) lexeme.remove_prefix(2);
  const auto [end, error] = std::from_chars(lexeme.data(), lexeme.data() + lexeme.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end != lexeme.data() + lexeme.size() || value < min || value > max) {
    out_of_bounds(field, "an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return value;
}

void FieldSink::id(Field field, std::string_view value, std::size_t min, std::string& target) {
  if (scan(value).control)
    return fail(DecodeReason::kControlCharacter, "field " + std::string(name_of(field)) + " holds a control character");
  if (value.size() < min || value.size() > kMaxId || !std::ranges::all_of(value, is_operator_char))
    return out_of_bounds(field, std::to_string(min) + " to 64 characters of A-Z a-z 0-9 . _ -");
  target = value;
}

// Cuts the NULs behind an id that came as a C string.
std::string_view FieldSink::without_trailing_nul(std::string_view value) {
  if (!value.ends_with('\0')) return value;
  flag(kFlagIdNulCut);
  return value.substr(0, value.find_last_not_of('\0') + 1);
}

void FieldSink::text(Field field, std::string_view value) {
  const auto take = [&](std::string& target, std::size_t min, std::size_t max) {
    if (auto checked = bounded(field, value, min, max)) target = std::move(*checked);
  };
  std::string ignored;
  switch (field) {
    case Field::kEventId:
      if (auto id = parse_uuid(value)) {
        inbound_.event_id = std::move(*id);
      } else {
        out_of_bounds(field, "a UUID");
      }
      return;
    case Field::kOperatorId:
      return id(field, value, 1, inbound_.operator_id);
    case Field::kOperatorMessageId: {
      const std::string_view id = without_trailing_nul(value);
      if (id.empty() && !value.empty()) return;  // nothing but its end: none
      value = id;
      return take(inbound_.operator_message_id, 1, 255);
    }
    case Field::kMessageState:
      value = without_blanks(value);
      if (value.empty()) return flag(kFlagMessageStateDropped);
      return integer(field, value);
    case Field::kEsmClass:
    case Field::kSegmentIndex:
    case Field::kSegmentTotal:
      return integer(field, without_blanks(value));
    case Field::kRawStat:
      return take(inbound_.raw_stat, 0, 64);
    case Field::kErrorCode:
      return take(inbound_.error_code, 0, 32);
    case Field::kNetworkErrorCode:
      return take(inbound_.network_error_code, 0, 16);
    case Field::kSubmitDate:
    case Field::kDoneDate:
      if (scan(value).control) return wrong_type(field);
      return take(field == Field::kSubmitDate ? inbound_.submit_date : inbound_.done_date, 0, 32);
    case Field::kDlrTimestamp:
      inbound_.dlr_timestamp_us = parse_rfc3339(value);
      if (!inbound_.dlr_timestamp_us) flag(kFlagDlrTimestampDropped);
      return;
    case Field::kReceivedAt:
      received_at_us_ = parse_rfc3339(value);  // anything else is replaced, not refused
      return;
    case Field::kSourceAddr:
      return cleaned(field, value, 32, inbound_.source_addr);
    case Field::kDestAddr:
      return cleaned(field, value, 32, inbound_.dest_addr);
    case Field::kRawReceipt:
      return cleaned(field, value, 4096, inbound_.raw_receipt);
    case Field::kConnectorId:
      return id(field, value, 0, inbound_.connector_id);
    case Field::kSchemaVersion:
      return take(ignored, 0, 16);
    case Field::kSegmentRef:
      return take(ignored, 0, 32);
    case Field::kUnknown:
      return;
    default:
      return wrong_type(field);
  }
}

void FieldSink::integer(Field field, std::string_view lexeme) {
  switch (field) {
    case Field::kOperatorMessageId:
    case Field::kRawStat:
    case Field::kErrorCode:
    case Field::kNetworkErrorCode:
    case Field::kSubmitDate:
    case Field::kDoneDate:
    case Field::kSourceAddr:
    case Field::kDestAddr:
    case Field::kConnectorId:
      return text(field, lexeme);
    case Field::kDlrTimestamp:
      inbound_.dlr_timestamp_us = unix_time_us(lexeme);
      if (!inbound_.dlr_timestamp_us) flag(kFlagDlrTimestampDropped);
      return;
    case Field::kMessageState:
      if (const auto value = ranged(field, lexeme, 0, 255)) inbound_.message_state = static_cast<std::uint8_t>(*value);
      return;
    case Field::kEsmClass:
      if (const auto value = ranged(field, lexeme, 0, 255)) inbound_.esm_class = static_cast<std::uint8_t>(*value);
      return;
    case Field::kSegmentIndex:
      segment_index_ = ranged(field, lexeme, 1, 255);
      return;
    case Field::kSegmentTotal:
      segment_total_ = ranged(field, lexeme, 1, 255);
      return;
    case Field::kSegmentRef:
      segment_ref_ = ranged(field, lexeme, 0, 65535);
      return;
    case Field::kSchemaVersion:
    case Field::kUnknown:
      return;
    default:
      return wrong_type(field);
  }
}

void FieldSink::tlv_wrong_type() { fail(DecodeReason::kWrongType, "a value in field tlvs is not a string"); }

void FieldSink::tlv(std::string_view key, std::string_view value) {
  const auto tag = tlv_tag(key);
  if (!tag) return fail(DecodeReason::kOutOfBounds, "a key in field tlvs must be 0x and four hex digits");
  if (value.size() % 2 != 0 || value.size() > 2 * kMaxTlvBytes || !std::ranges::all_of(value, is_hex))
    return fail(DecodeReason::kOutOfBounds, "a value in field tlvs must be hex, of even length, up to 65535 bytes");
  if (std::ranges::find(inbound_.tlvs, *tag, &Tlv::tag) != inbound_.tlvs.end())
    return fail(DecodeReason::kDuplicateKey, "field tlvs holds one tag twice");
  if (inbound_.tlvs.size() == kMaxTlvs) return out_of_bounds(Field::kTlvs, "at most 64 entries");
  inbound_.tlvs.push_back({*tag, std::string(value)});
}

void FieldSink::finish() {
  if (failure_) return;
  if (inbound_.operator_id.empty()) return fail(DecodeReason::kMissingField, "field operatorId is missing");
  const bool only_nulls = segment_null_ && !segment_index_ && !segment_total_ && !segment_ref_;
  if (segment_seen_ && !only_nulls) {
    if (!segment_index_ || !segment_total_)
      return fail(DecodeReason::kMissingField, "field segment needs index and total");
    if (*segment_index_ > *segment_total_) return out_of_bounds(Field::kSegmentIndex, "at most segment.total");
    inbound_.segment = Segment{static_cast<std::uint8_t>(*segment_index_), static_cast<std::uint8_t>(*segment_total_),
                               static_cast<std::uint16_t>(segment_ref_.value_or(0))};
  }
}

}  // namespace dlrgw::host::receipt
