// SPDX-License-Identifier: Apache-2.0
#include "normalise.hpp"

#include <algorithm>
#include <utility>

#include "characters.hpp"
#include "finality.hpp"
#include "receipt_bytes.hpp"
#include "receipt_date.hpp"
#include "receipt_text.hpp"
#include "status_map.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

// Bounds of the event's own fields in characters, contracts.md §1; the receipt text must not smuggle in longer ones.
constexpr std::size_t kMaxId = 255;
constexpr std::size_t kMaxStat = 64;
constexpr std::size_t kMaxErrorCode = 32;
constexpr std::size_t kMaxDate = 32;

// At most that many characters of valid UTF-8.
std::string_view bounded(std::string_view text, std::size_t max) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && ++characters > max) return text.substr(0, i);
  }
  return text;
}

std::string_view whole_or_nothing(std::string_view text, std::size_t max) {
  return bounded(text, max).size() == text.size() ? text : std::string_view();
}

std::string_view first_of(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

void flag(Canonical& out, std::string_view name) {
  if (std::ranges::find(out.flags, name) == out.flags.end()) out.flags.push_back(name);
}

// Views point into `decoded` when the text is not the received one.
ReceiptText read_text(const Received& in, const Profile& profile, std::string& decoded) {
  ReceiptText plain;
  std::string as_gsm7;
  if (profile.gsm7) {
    as_gsm7 = text_of_gsm7(in.raw_receipt);
    plain = parse_receipt_text(as_gsm7, profile.labels);
  } else {
    plain = parse_receipt_text(in.raw_receipt, profile.labels);
  }
  if (plain.says_nothing()) {
    decoded = without_high_octets(in.raw_receipt);
    if (const ReceiptText text = parse_receipt_text(decoded, profile.labels); !text.says_nothing()) return text;
    decoded = tlv_message_payload(in.tlv_message_payload, profile.gsm7);
    if (const ReceiptText text = parse_receipt_text(decoded, profile.labels); !text.says_nothing()) return text;
  }
  decoded = std::move(as_gsm7);
  return plain;
}

// What esm_class, the profile and the quirk leave of a status.
DlrStatus finally(DlrStatus status, MessageKind kind, const Profile& profile, Finality by_quirk) {
  if (by_quirk == Finality::kFinal) return status;
  if (by_quirk == Finality::kIntermediate || kind == MessageKind::kOfHandset) return DlrStatus::kUnknown;
  return kind == MessageKind::kIntermediate && !profile.trust_intermediate ? DlrStatus::kUnknown : status;
}

void decide_status(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                   Canonical& out) {
  const MessageKind kind = kind_of(in.esm_class);
  const std::string_view field = trimmed(in.raw_status);
  out.message_state = in.message_state;
  if (field.empty() && !out.message_state) out.message_state = tlv_message_state(in.tlv_message_state);
  const bool text_decides = field.empty() && !text.stat.empty() && (profile.text_before_tlvs || !out.message_state);
  if (text_decides && text.stat_after_text) out.flags.push_back(kFlagStatAfterText);
  const StatusSources sources{text_decides ? bounded(text.stat, kMaxStat) : field,
                              text_decides ? text.whole_stat : std::string_view(), out.message_state,
                              first_of(trimmed(in.error_code), text.err)};
  const MappedStatus mapped = map_status(sources, profile.aliases, kind == MessageKind::kReceipt);
  out.raw_status = text_decides && mapped.recognised ? mapped.spelling : sources.text;
  out.raw = raw_name(out.raw_status, out.message_state);
  out.unrecognised_stat = !quirk.status && !mapped.recognised;
  out.status = finally(quirk.status.value_or(mapped.status), kind, profile, quirk.finality);
}

// The part of an id that is one: by the operator's pattern, and only when no octet of it was lost.
std::string_view usable(std::string_view id, const Profile& profile, Canonical& out) {
  if (is_damaged(id)) {
    flag(out, kFlagIdDropped);
    return {};
  }
  return profile.id_pattern && !id.empty() ? profile.id_pattern->id_in(id) : id;
}

void decide_ids(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                Canonical& out) {
  const std::string tlv = tlv_message_id(in.tlv_receipted_message_id);
  const std::string_view field = trimmed(in.operator_message_id);
  const std::string_view body = whole_or_nothing(text.id, kMaxId);
  if (text.id_damaged) flag(out, kFlagIdDropped);
  const IdSources sources{usable(field, profile, out), usable(tlv, profile, out), usable(body, profile, out)};
  if (quirk.no_id) return;
  // The received one that is kept: that of the first source whose id is used.
  const std::string_view from_tlv = sources.tlv.empty() ? std::string_view() : std::string_view(tlv);
  const std::string_view from_body = sources.body.empty() ? std::string_view() : body;
  const bool body_first = profile.text_before_tlvs && !from_tlv.starts_with(from_body);
  out.operator_message_id = first_of(sources.field.empty() ? std::string_view() : field,
                                     body_first ? first_of(from_body, from_tlv) : first_of(from_tlv, from_body));
  if (!quirk.candidates.empty()) {
    out.ids = quirk.candidates;
    if (out.operator_message_id.empty()) out.operator_message_id = out.ids.front().id;
    return;
  }
  if (quirk.operator_message_id && !field.empty()) {
    out.ids = {{std::string(field), 0}};
    return;
  }
  out.ids = candidates_of(sources, profile.ids, profile.text_before_tlvs);
  if (!sources.body.empty() && text.id_after_text) out.flags.push_back(kFlagIdAfterText);
}

void decide_error(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                  Canonical& out) {
  out.network_error_code = in.network_error_code;
  const bool network_from_tlv = out.network_error_code.empty();
  if (network_from_tlv) out.network_error_code = tlv_network_error(in.tlv_network_error_code);
  const ErrorSources sources{trimmed(in.error_code), bounded(text.err, kMaxErrorCode), out.network_error_code};
  out.error_code =
      error_code_of(sources, quirk.error_code ? ErrorSource::kField : profile.error_source, network_from_tlv);
  if (!quirk.error_code) {
    if (const auto mapped = profile.error_codes.find(out.error_code); mapped != profile.error_codes.end()) {
      out.error_code = mapped->second;
    } else {
      out.untranslated_error = out.error_code.find_first_not_of('0') != std::string::npos;
    }
  }
}

void decide_time(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                 Canonical& out) {
  out.submit_date = first_of(trimmed(in.submit_date), bounded(text.submit_date, kMaxDate));
  out.done_date = first_of(trimmed(in.done_date), bounded(text.done_date, kMaxDate));
  if (quirk.dlr_timestamp) {
    out.dlr_timestamp_us = in.dlr_timestamp_us;
    return;
  }
  const DateFormat* format = profile.date_format ? &*profile.date_format : nullptr;
  bool dropped = false;
  if (in.dlr_timestamp_us) {
    if (plausible(*in.dlr_timestamp_us, in.received_at_us))
      out.dlr_timestamp_us = in.dlr_timestamp_us;
    else
      dropped = true;
  }
  for (const std::string_view date : {trimmed(in.done_date), text.done_date}) {
    if (out.dlr_timestamp_us) break;
    const ReceiptDate read = read_receipt_date(date, profile.zone, in.received_at_us, format);
    out.dlr_timestamp_us = read.us;
    if (read.dropped) out.unreadable_date = shape_of_date(date);
    dropped = dropped || read.dropped;
  }
  if (dropped) out.flags.push_back(kFlagImplausibleDate);
}

}  // namespace

Canonical normalise(const Received& received, const Profile& profile, const SetByQuirk& quirk) {
  std::string decoded;
  const ReceiptText text = read_text(received, profile, decoded);
  Canonical out;
  decide_status(received, text, profile, quirk, out);
  decide_ids(received, text, profile, quirk, out);
  decide_error(received, text, profile, quirk, out);
  decide_time(received, text, profile, quirk, out);
  return out;
}

}  // namespace dlrgw::normalise
