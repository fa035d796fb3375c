// SPDX-License-Identifier: Apache-2.0
#include "survey/find_statuses.hpp"

#include <algorithm>

#include "finality.hpp"
#include "status_map.hpp"
#include "survey/vocabulary.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kLeast = 3;  // receipts whose message_state proves a status
constexpr std::size_t kMostStatuses = 32;
constexpr std::size_t kLeastErrors = 20;

// What the receipts with one unknown status say besides it.
struct Unknown {
  std::size_t count = 0;
  std::map<DlrStatus, std::size_t> by_state;  // what message_state says
  std::map<std::string, std::size_t> codes;
  std::uint64_t line = 0;  // of the first
};

std::string toml_key(std::string_view text) { return "\"" + std::string(text) + "\""; }

DlrStatus status_of_state(std::uint32_t state) { return map_status({{}, {}, state, {}}, {}).status; }

std::string codes_text(const Unknown& unknown) {
  std::string out;
  std::size_t shown = 0;
  for (const auto& [code, count] : unknown.codes)
    if (shown++ < 4) out += (out.empty() ? ", with err " : ", ") + (code.empty() ? "none" : code);
  return out;
}

void propose_alias(const std::string& status, const Unknown& unknown, Draft& draft, Evidence& evidence) {
  const std::string times = grouped(unknown.count) + (unknown.count == 1 ? " receipt" : " receipts");
  const auto state = unknown.by_state.begin();
  if (unknown.by_state.size() == 1 && state->second >= kLeast) {
    draft.status_aliases.emplace_back(status, to_string(state->first));
    evidence.of_alias[status] = times + "; message_state says " + std::string(to_string(state->first)) + " in all " +
                                grouped(state->second) + " that have one";
    return;
  }
  const auto meaning = usual_meaning(status);
  if (meaning && unknown.by_state.empty()) {
    draft.status_aliases.emplace_back(status, to_string(meaning->status));
    evidence.of_alias[status] =
        times + codes_text(unknown) + "; " + meaning->because + ": ask the operator before it is billed";
    return;
  }
  evidence.open.push_back("status_aliases: " + toml_key(status) + " = \"?\" (" + times + codes_text(unknown) +
                          ", first in line " + std::to_string(unknown.line) + ")" +
                          (unknown.by_state.size() > 1 ? "; message_state does not always say the same" : ""));
}

// A message that an intermediate notification calls final and of which nothing else was captured.
void tell_of_intermediate(const Captures& captures, const Profile& profile, Evidence& evidence) {
  std::map<std::string, std::pair<bool, bool>> by_id;  // id → intermediate with a final status, a receipt proper
  for (const Captured* captured : captures) {
    Received received = captured->received();
    const bool intermediate = kind_of(captured->esm_class) == MessageKind::kIntermediate;
    received.esm_class.reset();  // what it says, whether or not it may
    const Canonical canonical = normalise(received, profile, {});
    if (canonical.ids.empty()) continue;
    auto& seen = by_id[canonical.ids.front().id];
    if (intermediate && is_terminal(canonical.status)) seen.first = true;
    if (!intermediate) seen.second = true;
  }
  std::size_t all = 0, alone = 0;
  for (const auto& [id, seen] : by_id) {
    if (!seen.first) continue;
    ++all;
    if (!seen.second) ++alone;
  }
  if (all < kLeast) return;
  evidence.open.push_back("intermediate: " + grouped(all) +
                          " messages have an intermediate notification (esm_class 0x20) "
                          "with a final status; of " +
                          grouped(alone) +
                          " no receipt followed. If the operator sends no other, and only then: intermediate = "
                          "\"trust_status\"");
}

void find_error_source(const Captures& captures, const Profile& profile, Draft& draft, Evidence& evidence) {
  std::size_t both = 0, only_network = 0;
  const auto zero = [](std::string_view code) { return code.find_first_not_of('0') == std::string_view::npos; };
  for (const Captured* captured : captures) {
    const Received received = captured->received();
    const Canonical canonical = normalise(received, profile, {});
    if (canonical.status == DlrStatus::kDelivered || canonical.network_error_code.empty()) continue;
    const std::string network =
        code_of_network_error(canonical.network_error_code, received.network_error_code.empty());
    DecodedText decoded;
    const ReceiptText text = read_text(received, profile, decoded);
    const std::string_view written = received.error_code.empty() ? text.err : received.error_code;
    if (network.empty() || zero(network) || written.empty()) continue;
    ++both;
    if (zero(written)) ++only_network;
  }
  if (only_network < kLeastErrors || only_network * 10 < both * 8) return;
  draft.error_source = "network";
  evidence.of_key["error_source"] = share_text(only_network, both) +
                                    " receipts of messages that were not delivered have an error code of the network "
                                    "and zeros for their own";
}

}  // namespace

void find_statuses(const Captures& captures, Draft& draft, Evidence& evidence) {
  const auto profile = draft.profile();
  if (!profile) return;
  std::map<std::string, Unknown> unknown;
  std::map<std::uint32_t, std::size_t> odd_states;
  for (const Captured* captured : captures) {
    const Received received = captured->received();
    const Canonical canonical = normalise(received, *profile, {});
    if (!canonical.unrecognised_stat) {
      const bool by_state = canonical.raw_status.empty() && canonical.message_state;
      if (by_state && (*canonical.message_state > 8 || *canonical.message_state == 0))
        ++odd_states[*canonical.message_state];
      continue;
    }
    DecodedText decoded;
    const ReceiptText text = read_text(received, *profile, decoded);
    std::string status = canonical.raw;
    if (received.raw_status.empty() && !text.whole_stat.empty()) status = upper(text.whole_stat);
    Unknown& own = unknown[status];
    if (own.count++ == 0) own.line = captured->line;
    ++own.codes[canonical.error_code];
    auto state = received.message_state;
    if (!state) state = tlv_message_state(received.tlv_message_state);
    if (state) ++own.by_state[status_of_state(*state)];
  }
  std::size_t told = 0;
  for (const auto& [status, own] : unknown)
    if (told++ < kMostStatuses) propose_alias(status, own, draft, evidence);
  if (unknown.size() > kMostStatuses)
    evidence.open.push_back("status_aliases: " + grouped(unknown.size() - kMostStatuses) +
                            " further statuses that nobody knows; is stat: really the status?");
  for (const auto& [state, count] : odd_states)
    evidence.open.push_back("status_aliases: \"state:" + std::to_string(state) + "\" = \"?\" (" + grouped(count) +
                            " receipts have only this message_state)");
  tell_of_intermediate(captures, *profile, evidence);
  find_error_source(captures, *profile, draft, evidence);
}

}  // namespace dlrgw::normalise
