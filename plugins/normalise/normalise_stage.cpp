// SPDX-License-Identifier: Apache-2.0
#include "normalise_stage.hpp"

#include <algorithm>

#include "fingerprint.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

// Whether the flag says that some part of the receipt was lost; a missing receivedAt is not such a loss.
bool tells_of_loss(std::string_view flag) {
  return flag == kFlagImplausibleDate || flag.ends_with("_dropped") || flag.ends_with("_cut") ||
         (flag.ends_with("_replaced") && flag != "received_at_replaced");
}

template <class F>
void for_each_name(std::string_view names, F&& f) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(','), names.size());
    f(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
}

// `whose`: an operator, or "operator/connector".
Profile profile_from(const Config& config, std::string_view whose) {
  const auto word = [&](std::string_view key, std::string_view otherwise) {
    return config.text(key, whose).value_or(otherwise);
  };
  ProfileText text;
  text.time_zone = word("time_zone", text.time_zone);
  text.date_format = word("date_format", text.date_format);
  text.receipt_id = config.entries("receipt_id", whose);
  text.submit_id = config.entries("submit_id", whose);
  text.id_pattern = word("id_pattern", text.id_pattern);
  text.id_scope = word("id_scope", text.id_scope);
  text.tlvs = word("tlvs", text.tlvs);
  text.alphabet = word("alphabet", text.alphabet);
  text.labels = config.entries("labels", whose);
  text.intermediate = word("intermediate", text.intermediate);
  text.status_aliases = config.entries("status_aliases", whose);
  text.error_codes = config.entries("error_codes", whose);
  text.error_source = word("error_source", text.error_source);
  text.on_failure = word("on_failure", text.on_failure);
  std::vector<Mistake> mistakes;
  Profile profile = read_profile(text, mistakes);
  for (const Mistake& mistake : mistakes) config.refuse(whose, mistake.key, mistake.entry, mistake.text);
  return profile;
}

}  // namespace

NormaliseParts::NormaliseParts(Host host)
    : edit(host),
      handover(host),
      pii(host),
      quirks(host),
      digest(host),
      log(host),
      unknown_stat(host, Metric::Type::kCounter, "dlr_unknown_stat_total",
                   "Receipts whose status text neither the standard table nor the operator's aliases know",
                   {"operatorId"}),
      flagged(host, Metric::Type::kCounter, "dlr_flagged_fields_total",
              "Fields of receipts that were dropped or replaced because they could not be read",
              {"operatorId", "flag"}) {
  const Config config(host);
  for (const std::string_view id : config.operators()) {
    OperatorProfiles& of = profiles[std::string(id)];
    of.profile = profile_from(config, id);
    for (const std::string_view connector : config.connectors(id)) {
      const std::string whose = std::string(id) + "/" + std::string(connector);
      Profile own = profile_from(config, whose);
      if (of.profile.ids_per_connector && !own.ids_per_connector)
        config.refuse(
            whose, "id_scope", {},
            "is \"operator\", but the operator's is \"connector\": an id that only one connector knows would be "
            "looked up among those of all; remove it here, or give the others \"connector\" each for itself");
      of.connectors.emplace(connector, std::move(own));
    }
  }
}

const Profile& NormaliseParts::profile_of(std::string_view operator_id, std::string_view connector_id) const {
  const auto found = profiles.find(operator_id);
  if (found == profiles.end()) return standard;
  const auto own = found->second.connectors.find(connector_id);
  return own == found->second.connectors.end() ? found->second.profile : own->second;
}

void NormaliseStage::process(Batch& batch) {
  unmapped_.clear();
  for (std::uint32_t i = 0; i < batch.size(); ++i) process_one(batch, i);
}

void NormaliseStage::settled(const Settled& settled) {
  for (std::uint32_t i = 0; i < settled.size() && !unmapped_.empty(); ++i) {
    const ReceiptView receipt = settled[i];
    const auto found = unmapped_.find(receipt.handle());
    if (found == unmapped_.end() || !settled.committed(i)) continue;
    const auto note = [&](Inventory::Kind kind, std::string_view name, const std::string& spelling) {
      if (spelling.empty() || !inventory_.add(receipt.operator_id(), kind, spelling, receipt.received_at_us())) return;
      shared_.log.warn("dlr.unmapped", 0,
                       {field("operatorId", receipt.operator_id()), field("kind", name),
                        field("spelling", std::string_view(shown(spelling)))});
    };
    note(Inventory::Kind::kStatus, "status", found->second.status);
    note(Inventory::Kind::kErrorCode, "errorCode", found->second.error_code);
    for (const std::string& field : found->second.fields) note(Inventory::Kind::kField, "field", field);
  }
  unmapped_.clear();
}

Received NormaliseStage::read(const ReceiptView& receipt) const {
  const std::uint64_t handle = receipt.handle();
  Received in;
  in.operator_message_id = receipt.operator_message_id();
  in.raw_status = receipt.raw_status();
  in.message_state = receipt.message_state();
  in.error_code = receipt.error_code();
  in.network_error_code = receipt.network_error_code();
  in.submit_date = receipt.submit_date();
  in.done_date = receipt.done_date();
  in.dlr_timestamp_us = receipt.dlr_timestamp_us();
  in.received_at_us = receipt.received_at_us();
  in.raw_receipt = shared_.pii.receipt_as_received(handle);
  in.esm_class = receipt.esm_class();
  in.tlv_receipted_message_id = shared_.pii.tlv(handle, kTlvReceiptedMessageId);
  in.tlv_message_state = shared_.pii.tlv(handle, kTlvMessageState);
  in.tlv_network_error_code = shared_.pii.tlv(handle, kTlvNetworkErrorCode);
  in.tlv_message_payload = shared_.pii.tlv(handle, kTlvMessagePayload);
  return in;
}

// A quirk expresses itself through edits: whatever differs from the view was set by it. `received` takes over the
// quirk's values, which are kept in `texts` because what edit.get returns is only valid until the next edit.
SetByQuirk NormaliseStage::what_quirk_set(const ReceiptView& receipt, Received& received, QuirkTexts& texts) const {
  const std::uint64_t handle = receipt.handle();
  const Edit& edit = shared_.edit;
  SetByQuirk set;
  std::size_t taken = 0;
  const auto take = [&](TextField field, std::string_view& value) {
    std::string& text = texts.at(taken++);
    text = edit.get(handle, field);
    const bool changed = text != value;
    value = text;
    return changed;
  };
  set.operator_message_id = take(TextField::kOperatorMessageId, received.operator_message_id);
  set.error_code = take(TextField::kErrorCode, received.error_code);
  take(TextField::kRawStatus, received.raw_status);
  take(TextField::kNetworkErrorCode, received.network_error_code);
  take(TextField::kSubmitDate, received.submit_date);
  take(TextField::kDoneDate, received.done_date);
  if (const DlrStatus status = edit.status(handle); status != DlrStatus::kNone) set.status = status;
  const std::int64_t state = edit.get(handle, IntField::kMessageState);
  received.message_state.reset();
  if (state != std::int64_t{DLRGW_NO_MESSAGE_STATE}) received.message_state = static_cast<std::uint32_t>(state);
  const std::int64_t time = edit.get(handle, IntField::kDlrTimestamp);
  set.dlr_timestamp = time != receipt.dlr_timestamp_us().value_or(DLRGW_NO_TIME);
  received.dlr_timestamp_us.reset();
  if (time != DLRGW_NO_TIME) received.dlr_timestamp_us = time;
  set.finality = static_cast<Finality>(edit.get(handle, IntField::kFinality));
  set.no_id = edit.get(handle, IntField::kNoId) != 0;
  for (const Candidate& c : edit.candidates(handle)) set.candidates.push_back({std::string(c.id), c.rank});
  return set;
}

void NormaliseStage::process_one(Batch& batch, std::uint32_t i) {
  const ReceiptView receipt = batch[i];
  const Profile& profile = shared_.profile_of(receipt.operator_id(), receipt.connector_id());
  const Quirks::Answer answer = shared_.quirks.apply(receipt.handle());
  if (answer == Quirks::Answer::kFailed && !profile.standard_after_failed_quirk) {
    batch.retry(i, kQuirkRetryMs, kReasonQuirkFailed);
    return;
  }
  Received received = read(receipt);
  SetByQuirk by_quirk;
  QuirkTexts texts;
  if (answer == Quirks::Answer::kHandled) by_quirk = what_quirk_set(receipt, received, texts);
  const Canonical canonical = normalise(received, profile, by_quirk);
  if (canonical.unrecognised_stat) shared_.unknown_stat.record(receipt.handle(), {receipt.operator_id()});
  note_unmapped(receipt, canonical);
  if (canonical.ids.empty()) {
    batch.reject(i, kReasonNoMessageId);
    return;
  }
  write(receipt, received, canonical, profile);
  batch.pass(i);
}

std::string NormaliseStage::explain(const ReceiptView& receipt) const {
  const Profile& profile = shared_.profile_of(receipt.operator_id(), receipt.connector_id());
  const Quirks::Answer answer = shared_.quirks.apply(receipt.handle());
  Received received = read(receipt);
  SetByQuirk by_quirk;
  QuirkTexts texts;
  if (answer == Quirks::Answer::kHandled) by_quirk = what_quirk_set(receipt, received, texts);
  Rules rules;
  (void)normalise(received, profile, by_quirk, &rules);
  JsonWriter json;
  json.begin_object();
  const auto tell = [&](std::string_view member, const Rule& rule) {
    if (rule.text.empty()) return;
    json.key(member).begin_object();
    json.member("rule", rule.text);
    if (!rule.key.empty()) json.member("key", rule.key);
    if (!rule.entry.empty()) json.member("entry", rule.entry);
    json.end_object();
  };
  tell("rawStat", rules.raw_status);
  tell("dlrStatus", rules.status);
  tell("idCandidates", rules.ids);
  tell("operatorMessageId", rules.operator_message_id);
  tell("errorCode", rules.error_code);
  tell("networkErrorCode", rules.network_error_code);
  tell("dlrTimestamp", rules.time);
  json.end_object();
  return json.take();
}

void NormaliseStage::note_unmapped(const ReceiptView& receipt, const Canonical& canonical) {
  Unmapped found{
      canonical.unrecognised_stat ? canonical.raw : "", canonical.untranslated_error ? canonical.error_code : "", {}};
  const auto lost = [&](std::string_view flag) {
    if (!tells_of_loss(flag)) return;
    shared_.flagged.record(receipt.handle(), {receipt.operator_id(), flag});
    found.fields.emplace_back(flag);
    if (flag == kFlagImplausibleDate && !canonical.unreadable_date.empty())
      found.fields.back().append(" ").append(canonical.unreadable_date);
  };
  for_each_name(receipt.flags(), lost);  // those of the host
  for (const std::string_view flag : canonical.flags) lost(flag);
  if (!found.status.empty() || !found.error_code.empty() || !found.fields.empty())
    unmapped_[receipt.handle()] = std::move(found);
}

void NormaliseStage::write(const ReceiptView& receipt, const Received& received, const Canonical& canonical,
                           const Profile& profile) const {
  const std::uint64_t handle = receipt.handle();
  const Edit& edit = shared_.edit;
  edit.set_status(handle, canonical.status);
  std::vector<Candidate> ids;
  for (const IdCandidate& c : canonical.ids) ids.push_back({c.id, c.rank});
  edit.set_candidates(handle, ids);
  // Most receipts bring these as they should be: an edit that changes nothing is not made.
  const auto put = [&](TextField field, std::string_view now, std::string_view then) {
    if (now != then) edit.set(handle, field, now);
  };
  put(TextField::kRawStatus, canonical.raw_status, received.raw_status);
  put(TextField::kOperatorMessageId, canonical.operator_message_id, received.operator_message_id);
  put(TextField::kErrorCode, canonical.error_code, received.error_code);
  put(TextField::kNetworkErrorCode, canonical.network_error_code, received.network_error_code);
  put(TextField::kSubmitDate, canonical.submit_date, received.submit_date);
  put(TextField::kDoneDate, canonical.done_date, received.done_date);
  if (canonical.message_state && canonical.message_state != received.message_state) {
    edit.set(handle, IntField::kMessageState, *canonical.message_state);
  }
  if (canonical.dlr_timestamp_us != received.dlr_timestamp_us) {
    edit.set(handle, IntField::kDlrTimestamp, canonical.dlr_timestamp_us.value_or(DLRGW_NO_TIME));
  }
  for (const std::string_view flag : canonical.flags) edit.add_flag(handle, flag);

  const std::string_view connector = profile.ids_per_connector ? receipt.connector_id() : std::string_view();
  const std::string scope = id_scope(receipt.operator_id(), connector);
  const FingerprintParts parts{scope, canonical.ids.front().id, canonical.status, canonical.raw,
                               receipt.segment_index()};
  const std::int64_t minute = minute_of(receipt.received_at_us());
  const message::Handover& left = shared_.handover;
  if (!connector.empty()) left.leave(handle, message::kIdsPerConnector, true);
  left.leave(handle, message::kRawStatus, {canonical.raw});
  left.leave(handle, message::kFingerprint, shared_.digest.sha256(fingerprint_text(parts, minute)));
  left.leave(handle, message::kPreviousFingerprint, shared_.digest.sha256(fingerprint_text(parts, minute - 1)));
}

}  // namespace dlrgw::normalise
