// SPDX-License-Identifier: Apache-2.0
// The rules of normalisation: from what the event, its TLVs and its receipt text say, and what a quirk already decided,
// to one canonical receipt. Pure; any thread.
//
// Order of sources. Status: quirk, rawStat, messageState, TLV 0x0427, "stat:" of the text – a TLV is set by the SMSC,
// the text is free-form. Ids: quirk, else operatorMessageId, TLV 0x001E, "id:" of the text, each a candidate of its own
// rank. With text_before_tlvs the text comes before messageState and TLVs. Error code: quirk, errorCode, "err:",
// network error code, or as error_source says. Time of the state: quirk, dlrTimestamp, doneDate, "done date:"; the
// first plausible one.
//
// Before any of these, esm_class says whether a status may be final (finality.hpp): an intermediate notification is
// UNKNOWN whatever its status says, and a handset's message has no status. A quirk or the profile may say otherwise.
//
// The text is rawReceipt; where that holds neither id nor status, it is read as UTF-16, and then TLV 0x0424 is asked.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/edit.hpp>
#include <dlrgw/cpp/receipt.hpp>

#include "message_id.hpp"
#include "profile.hpp"
#include "receipt_text.hpp"
#include "rules.hpp"

namespace dlrgw::normalise {

// Fields as received, or as the quirk left them. Empty = absent.
struct Received {
  std::string_view operator_message_id;
  std::string_view raw_status;
  std::optional<std::uint32_t> message_state;
  std::string_view error_code;
  std::string_view network_error_code;
  std::string_view submit_date;
  std::string_view done_date;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::int64_t received_at_us = 0;
  std::string_view raw_receipt;  // with its control characters
  std::optional<std::uint32_t> esm_class;
  std::string_view tlv_receipted_message_id;  // hex text, likewise the others
  std::string_view tlv_message_state;
  std::string_view tlv_network_error_code;
  std::string_view tlv_message_payload;
};

// What a quirk that handled the receipt has set: it stands, the profile and the standard mapping do not touch it.
struct SetByQuirk {
  std::optional<DlrStatus> status;
  std::vector<IdCandidate> candidates;
  bool operator_message_id = false;
  bool error_code = false;
  bool dlr_timestamp = false;
  Finality finality = Finality::kByEsmClass;
  bool no_id = false;  // no id of this receipt is one
};

struct Canonical {
  DlrStatus status = DlrStatus::kUnknown;
  std::string raw;         // trimmed upper-case rawStat, else state:N
  std::string raw_status;  // text that decided the status; empty when a state did
  std::optional<std::uint32_t> message_state;
  bool unrecognised_stat = false;
  std::vector<IdCandidate> ids;     // empty: no usable id anywhere
  std::string operator_message_id;  // as received
  std::string error_code;
  bool untranslated_error = false;  // a code that the profile does not know and that is not all zeros
  std::string network_error_code;
  std::string submit_date, done_date;
  std::optional<std::int64_t> dlr_timestamp_us;
  std::string unreadable_date;  // the shape of a date that was dropped, for people
  std::vector<std::string_view> flags;
};

inline constexpr std::string_view kFlagImplausibleDate = "implausible_date";
inline constexpr std::string_view kFlagIdDropped = "id_dropped";
inline constexpr std::string_view kFlagIdAfterText = "id_after_text";
inline constexpr std::string_view kFlagStatAfterText = "stat_after_text";

// rules: where to tell which rule gave each value; null in a gateway that runs.
Canonical normalise(const Received& received, const Profile& profile, const SetByQuirk& quirk, Rules* rules = nullptr);

// What a receipt text was decoded into.
struct DecodedText {
  std::string gsm7, other;
};
// The text that is read of a receipt. Its views point into what was received or into `decoded`.
ReceiptText read_text(const Received& received, const Profile& profile, DecodedText& decoded);

}  // namespace dlrgw::normalise
