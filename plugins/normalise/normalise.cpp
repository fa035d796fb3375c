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

// What esm_class, the profile and the quirk leave of a status.
DlrStatus finally(DlrStatus status, MessageKind kind, const Profile& profile, Finality by_quirk) {
  if (by_quirk == Finality::kFinal) return status;
  if (by_quirk == Finality::kIntermediate || kind == MessageKind::kOfHandset) return DlrStatus::kUnknown;
  return kind == MessageKind::kIntermediate && !profile.trust_intermediate ? DlrStatus::kUnknown : status;
}

// Which rule decided a status, in words.
Rule rule_of_status(const SetByQuirk& quirk, std::string_view source, const MappedStatus& mapped) {
  if (quirk.status) return {"the quirk", {}, {}};
  if (source.empty()) return {"no status anywhere", {}, {}};
  if (!mapped.alias.empty())
    return {std::string(source) + ", status_aliases", "status_aliases", std::string(mapped.alias)};
  return {std::string(source) + (mapped.recognised ? ", the standard table" : ", which nobody knows"), {}, {}};
}

void add_finality(DlrStatus mapped, DlrStatus left, MessageKind kind, Finality by_quirk, const Profile& profile,
                  Rule& rule) {
  const bool decided = by_quirk == Finality::kByEsmClass && kind != MessageKind::kReceipt;
  if (by_quirk != Finality::kByEsmClass) rule.text += ", final or not by the quirk";
  if (mapped != left) rule = {"not final: " + rule.text, {}, {}};
  if (decided && kind == MessageKind::kOfHandset) rule.text += ", esm_class of a handset's message";
  if (decided && kind == MessageKind::kIntermediate) {
    rule.text += ", esm_class of an intermediate notification";
    if (profile.trust_intermediate) rule = {rule.text + ", which the profile trusts", "intermediate", {}};
  }
}

// error_code: as received.
void decide_status(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                   std::string_view error_code, Canonical& out, Rules* rules) {
  const MessageKind kind = kind_of(in.esm_class);
  const std::string_view field = trimmed(in.raw_status);
  out.message_state = in.message_state;
  if (field.empty() && !out.message_state) out.message_state = tlv_message_state(in.tlv_message_state);
  const bool text_decides = field.empty() && !text.stat.empty() && (profile.text_before_tlvs || !out.message_state);
  if (text_decides && text.stat_after_text) out.flags.push_back(kFlagStatAfterText);
  const StatusSources sources{text_decides ? bounded(text.stat, kMaxStat) : field,
                              text_decides ? text.whole_stat : std::string_view(), out.message_state, error_code};
  const MappedStatus mapped = map_status(sources, profile.aliases, kind == MessageKind::kReceipt);
  out.raw_status = text_decides && mapped.recognised ? mapped.spelling : sources.text;
  out.raw = raw_name(out.raw_status, out.message_state);
  out.unrecognised_stat = !quirk.status && !mapped.recognised;
  const DlrStatus status = quirk.status.value_or(mapped.status);
  out.status = finally(status, kind, profile, quirk.finality);
  if (rules == nullptr) return;
  const std::string_view source = text_decides        ? "stat: of the receipt text"
                                  : !field.empty()    ? "rawStat"
                                  : in.message_state  ? "messageState"
                                  : out.message_state ? "TLV 0x0427"
                                                      : "";
  rules->raw_status.text = source;
  rules->status = rule_of_status(quirk, source, mapped);
  add_finality(status, out.status, kind, quirk.finality, profile, rules->status);
}

// The part of an id that is one: by the operator's pattern, and only when no octet of it was lost.
std::string_view usable(std::string_view id, const Profile& profile, Canonical& out) {
  if (is_damaged(id)) {
    flag(out, kFlagIdDropped);
    return {};
  }
  return profile.id_pattern && !id.empty() ? profile.id_pattern->id_in(id) : id;
}

Rule rule_of_ids(const IdSources& sources, const Profile& profile) {
  Rule rule;
  const std::pair<std::string_view, const char*> named[] = {
      {sources.field, "operatorMessageId"}, {sources.tlv, "TLV 0x001E"}, {sources.body, "id: of the receipt text"}};
  for (const auto& [id, name] : named)
    if (!id.empty()) rule.text += (rule.text.empty() ? "" : " and ") + std::string(name);
  if (profile.id_pattern) rule = {rule.text + ", id_pattern", "id_pattern", {}};
  if (profile.ids) rule = {rule.text + ", receipt_id and submit_id", "submit_id", {}};
  return rule;
}

void decide_ids(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                Canonical& out, Rules* rules) {
  const std::string tlv = tlv_message_id(in.tlv_receipted_message_id, profile.gsm7);
  const std::string_view field = trimmed(in.operator_message_id);
  const std::string_view body = whole_or_nothing(text.id, kMaxId);
  if (text.id_damaged || body.size() != text.id.size()) flag(out, kFlagIdDropped);
  const IdSources sources{usable(field, profile, out), usable(tlv, profile, out), usable(body, profile, out)};
  if (quirk.no_id) return;
  // The received one that is kept: that of the first source whose id is used.
  const std::string_view from_tlv = sources.tlv.empty() ? std::string_view() : std::string_view(tlv);
  const std::string_view from_body = sources.body.empty() ? std::string_view() : body;
  const bool body_first = profile.text_before_tlvs && !from_tlv.starts_with(from_body);
  out.operator_message_id = first_of(sources.field.empty() ? std::string_view() : field,
                                     body_first ? first_of(from_body, from_tlv) : first_of(from_tlv, from_body));
  if (rules != nullptr) {
    const bool by_quirk = !quirk.candidates.empty() || (quirk.operator_message_id && !field.empty());
    rules->ids = by_quirk ? Rule{"the quirk", {}, {}} : rule_of_ids(sources, profile);
    rules->operator_message_id.text = "as received";
  }
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

// As received; what the profile makes of it is for translate_error().
ErrorCode decide_error(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                       Canonical& out) {
  out.network_error_code = in.network_error_code;
  const bool network_from_tlv = out.network_error_code.empty();
  if (network_from_tlv) out.network_error_code = tlv_network_error(in.tlv_network_error_code);
  const ErrorSources sources{trimmed(in.error_code), bounded(text.err, kMaxErrorCode), out.network_error_code};
  return error_code_of(sources, quirk.error_code ? ErrorSource::kField : profile.error_source, network_from_tlv);
}

void translate_error(const Received& in, ErrorCode received, const Profile& profile, const SetByQuirk& quirk,
                     Canonical& out, Rules* rules) {
  const auto mapped = quirk.error_code ? profile.error_codes.end() : profile.error_codes.find(received.code);
  if (rules != nullptr) {
    const bool from_tlv = in.network_error_code.empty();
    rules->network_error_code.text = from_tlv ? "TLV 0x0423" : "networkErrorCode";
    rules->error_code.text = quirk.error_code                         ? "the quirk"
                             : received.source == ErrorSource::kField ? "errorCode"
                             : received.source == ErrorSource::kText  ? "err: of the receipt text"
                                                                      : rules->network_error_code.text;
    if (!quirk.error_code && received.source == profile.error_source && profile.error_source != ErrorSource::kField)
      rules->error_code = {rules->error_code.text + ", error_source", "error_source", {}};
    if (mapped != profile.error_codes.end())
      rules->error_code = {rules->error_code.text + ", error_codes", "error_codes", received.code};
  }
  out.error_code = std::move(received.code);
  if (quirk.error_code) return;
  if (mapped != profile.error_codes.end())
    out.error_code = mapped->second;
  else
    out.untranslated_error = out.error_code.find_first_not_of('0') != std::string::npos;
}

Rule rule_of_date(const char* source, const ReceiptDate& read, const Profile& profile) {
  std::string text = source;
  if (profile.date_format) text += ", date_format";
  if (read.own_zone) return {text + ", with its own zone", profile.date_format ? "date_format" : "", {}};
  return {text + ", time_zone", "time_zone", {}};
}

void decide_time(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                 Canonical& out, Rules* rules) {
  out.submit_date = first_of(trimmed(in.submit_date), bounded(text.submit_date, kMaxDate));
  out.done_date = first_of(trimmed(in.done_date), bounded(text.done_date, kMaxDate));
  if (quirk.dlr_timestamp) {
    out.dlr_timestamp_us = in.dlr_timestamp_us;
    if (rules != nullptr) rules->time.text = "the quirk";
    return;
  }
  const DateFormat* format = profile.date_format ? &*profile.date_format : nullptr;
  bool dropped = false;
  if (in.dlr_timestamp_us) {
    if (plausible(*in.dlr_timestamp_us, in.received_at_us))
      out.dlr_timestamp_us = in.dlr_timestamp_us;
    else
      dropped = true;
    if (rules != nullptr) rules->time.text = "dlrTimestamp";
  }
  const std::pair<std::string_view, const char*> dates[] = {{trimmed(in.done_date), "doneDate"},
                                                            {text.done_date, "done date: of the receipt text"}};
  for (const auto& [date, source] : dates) {
    if (out.dlr_timestamp_us) break;
    const ReceiptDate read = read_receipt_date(date, profile.zone, in.received_at_us, format);
    out.dlr_timestamp_us = read.us;
    if (read.us && rules != nullptr) rules->time = rule_of_date(source, read, profile);
    if (read.dropped) out.unreadable_date = shape_of_date(date);
    dropped = dropped || read.dropped;
  }
  if (dropped) out.flags.push_back(kFlagImplausibleDate);
}

}  // namespace

ReceiptText read_text(const Received& in, const Profile& profile, DecodedText& decoded) {
  if (profile.gsm7) decoded.gsm7 = text_of_gsm7(in.raw_receipt);
  const ReceiptText plain =
      parse_receipt_text(profile.gsm7 ? std::string_view(decoded.gsm7) : in.raw_receipt, profile.labels);
  if (!plain.says_nothing()) return plain;
  decoded.other = without_high_octets(in.raw_receipt);
  if (const ReceiptText text = parse_receipt_text(decoded.other, profile.labels); !text.says_nothing()) return text;
  decoded.other = tlv_message_payload(in.tlv_message_payload, profile.gsm7);
  if (const ReceiptText text = parse_receipt_text(decoded.other, profile.labels); !text.says_nothing()) return text;
  return plain;
}

Canonical normalise(const Received& received, const Profile& profile, const SetByQuirk& quirk, Rules* rules) {
  DecodedText decoded;
  const ReceiptText text = read_text(received, profile, decoded);
  Canonical out;
  ErrorCode error = decide_error(received, text, profile, quirk, out);
  decide_status(received, text, profile, quirk, error.code, out, rules);
  decide_ids(received, text, profile, quirk, out, rules);
  translate_error(received, std::move(error), profile, quirk, out, rules);
  decide_time(received, text, profile, quirk, out, rules);
  return out;
}

}  // namespace dlrgw::normalise
