#include "normalise.hpp"

#include "receipt_date.hpp"
#include "receipt_text.hpp"
#include "status_map.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

// Bounds of the event's own fields, contracts.md §1; the receipt text must not smuggle in longer ones.
constexpr std::size_t kMaxId = 255;
constexpr std::size_t kMaxStat = 64;
constexpr std::size_t kMaxErrorCode = 32;
constexpr std::size_t kMaxDate = 32;

// Cuts at a character boundary: what is left of valid UTF-8 must be valid for PostgreSQL.
std::string_view bounded(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  std::size_t end = max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::string_view first_of(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

void decide_status(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                   Canonical& out) {
  out.raw_status = trimmed(in.raw_status);
  out.message_state = in.message_state;
  if (out.raw_status.empty() && !out.message_state) out.message_state = tlv_message_state(in.tlv_message_state);
  if (out.raw_status.empty() && !out.message_state) {
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
  IdSources sources{trimmed(in.operator_message_id), tlv, text.id.size() <= kMaxId ? text.id : std::string_view()};
  out.operator_message_id = first_of(sources.field, first_of(sources.tlv, sources.body));
  if (!quirk.candidates.empty()) {
    out.ids = quirk.candidates;
    if (out.operator_message_id.empty()) out.operator_message_id = out.ids.front().id;
    return;
  }
  if (quirk.operator_message_id && !sources.field.empty()) {
    out.ids = {{std::string(sources.field), 0}};
    return;
  }
  out.ids = candidates_of(sources, profile.ids);
  if (!sources.body.empty() && text.id_after_text) out.flags.push_back(kFlagIdAfterText);
}

void decide_error(const Received& in, const ReceiptText& text, const Profile& profile, const SetByQuirk& quirk,
                  Canonical& out) {
  out.error_code = first_of(trimmed(in.error_code), bounded(text.err, kMaxErrorCode));
  if (!quirk.error_code) {
    if (const auto mapped = profile.error_codes.find(out.error_code); mapped != profile.error_codes.end()) {
      out.error_code = mapped->second;
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
  const ReceiptText text = parse_receipt_text(received.raw_receipt);
  Canonical out;
  decide_status(received, text, profile, quirk, out);
  decide_ids(received, text, profile, quirk, out);
  decide_error(received, text, profile, quirk, out);
  decide_time(received, text, profile, quirk, out);
  return out;
}

}  // namespace dlrgw::normalise
