#include "normalise.hpp"

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

bool says_nothing(const ReceiptText& text) { return text.id.empty() && text.stat.empty(); }

// decoded holds what the views of the result point into when the text is not the received one.
ReceiptText read_text(const Received& in, std::string& decoded) {
  const ReceiptText plain = parse_receipt_text(in.raw_receipt);
  if (!says_nothing(plain)) return plain;
  decoded = without_high_octets(in.raw_receipt);
  if (const ReceiptText text = parse_receipt_text(decoded); !says_nothing(text)) return text;
  decoded = tlv_message_payload(in.tlv_message_payload);
  if (const ReceiptText text = parse_receipt_text(decoded); !says_nothing(text)) return text;
  return plain;
}

void decide_status(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                   Canonical& out) {
  out.raw_status = trimmed(in.raw_status);
  out.message_state = in.message_state;
  if (out.raw_status.empty() && !out.message_state) out.message_state = tlv_message_state(in.tlv_message_state);
  const bool text_decides =
      out.raw_status.empty() && !text.stat.empty() && (profile.text_before_tlvs || !out.message_state);
  if (text_decides) {
    out.raw_status = bounded(text.stat, kMaxStat);
    if (text.stat_after_text) out.flags.push_back(kFlagStatAfterText);
  }
  out.raw = raw_name(out.raw_status, out.message_state);
  if (quirk.status) {
    out.status = *quirk.status;
    return;
  }
  const MappedStatus mapped = map_status(out.raw_status, out.message_state, profile.aliases);
  out.status = mapped.status;
  out.unrecognised_stat = !mapped.recognised;
}

void decide_ids(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                Canonical& out) {
  const std::string tlv = tlv_message_id(in.tlv_receipted_message_id);
  IdSources sources{trimmed(in.operator_message_id), tlv, whole_or_nothing(text.id, kMaxId)};
  out.operator_message_id = first_of(sources.field, profile.text_before_tlvs ? first_of(sources.body, sources.tlv)
                                                                             : first_of(sources.tlv, sources.body));
  if (!quirk.candidates.empty()) {
    out.ids = quirk.candidates;
    if (out.operator_message_id.empty()) out.operator_message_id = out.ids.front().id;
    return;
  }
  if (quirk.operator_message_id && !sources.field.empty()) {
    out.ids = {{std::string(sources.field), 0}};
    return;
  }
  out.ids = candidates_of(sources, profile.ids, profile.text_before_tlvs);
  if (!sources.body.empty() && text.id_after_text) out.flags.push_back(kFlagIdAfterText);
}

void decide_error(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                  Canonical& out) {
  out.error_code = first_of(trimmed(in.error_code), bounded(text.err, kMaxErrorCode));
  if (!quirk.error_code) {
    if (const auto mapped = profile.error_codes.find(out.error_code); mapped != profile.error_codes.end()) {
      out.error_code = mapped->second;
    } else {
      out.untranslated_error = out.error_code.find_first_not_of('0') != std::string::npos;
    }
  }
  out.network_error_code = in.network_error_code;
  if (out.network_error_code.empty()) out.network_error_code = tlv_network_error(in.tlv_network_error_code);
}

void decide_time(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                 Canonical& out) {
  out.submit_date = first_of(trimmed(in.submit_date), bounded(text.submit_date, kMaxDate));
  out.done_date = first_of(trimmed(in.done_date), bounded(text.done_date, kMaxDate));
  if (quirk.dlr_timestamp) {
    out.dlr_timestamp_us = in.dlr_timestamp_us;
    return;
  }
  bool dropped = false;
  if (in.dlr_timestamp_us) {
    if (plausible(*in.dlr_timestamp_us, in.received_at_us))
      out.dlr_timestamp_us = in.dlr_timestamp_us;
    else
      dropped = true;
  }
  for (const std::string_view date : {trimmed(in.done_date), text.done_date}) {
    if (out.dlr_timestamp_us) break;
    const ReceiptDate read = read_receipt_date(date, profile.zone, in.received_at_us);
    out.dlr_timestamp_us = read.us;
    dropped = dropped || read.dropped;
  }
  if (dropped) out.flags.push_back(kFlagImplausibleDate);
}

}  // namespace

Canonical normalise(const Received& received, const Profile& profile, const SetByQuirk& quirk) {
  std::string decoded;
  const ReceiptText text = read_text(received, decoded);
  Canonical out;
  decide_status(received, text, profile, quirk, out);
  decide_ids(received, text, profile, quirk, out);
  decide_error(received, text, profile, quirk, out);
  decide_time(received, text, profile, quirk, out);
  return out;
}

}  // namespace dlrgw::normalise
