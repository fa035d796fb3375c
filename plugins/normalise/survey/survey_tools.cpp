// SPDX-License-Identifier: Apache-2.0
#include "survey/survey_tools.hpp"

#include <algorithm>

#include "survey/find_ids.hpp"
#include "survey/propose.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

Captures borrowed(const std::vector<Captured>& captures) {
  Captures out;
  for (const Captured& captured : captures) out.push_back(&captured);
  return out;
}

KnownIds ids_in(std::string_view lines) {
  KnownIds out;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (const std::string_view id = trimmed(lines.substr(0, end)); !id.empty()) out.emplace(id);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return out;
}

}  // namespace

Captured SurveyTools::captured(const ReceiptView& receipt) const {
  const std::uint64_t handle = receipt.handle();
  Captured out;
  out.line = receipt.stream_seq();
  out.connector = receipt.connector_id();
  out.operator_message_id = receipt.operator_message_id();
  out.raw_status = receipt.raw_status();
  out.error_code = receipt.error_code();
  out.network_error_code = receipt.network_error_code();
  out.submit_date = receipt.submit_date();
  out.done_date = receipt.done_date();
  out.raw_receipt = pii_.receipt_as_received(handle);
  out.tlv_id = pii_.tlv(handle, kTlvReceiptedMessageId);
  out.tlv_state = pii_.tlv(handle, kTlvMessageState);
  out.tlv_network_error = pii_.tlv(handle, kTlvNetworkErrorCode);
  out.tlv_payload = pii_.tlv(handle, kTlvMessagePayload);
  out.source = pii_.source_addr(handle);
  out.dest = pii_.dest_addr(handle);
  out.message_state = receipt.message_state();
  out.esm_class = receipt.esm_class();
  out.dlr_timestamp_us = receipt.dlr_timestamp_us();
  out.received_at_us = receipt.received_at_us();
  out.received_at_known = receipt.flags().find("received_at_replaced") == std::string_view::npos;
  return out;
}

std::vector<Captured> SurveyTools::captures_of(const ToolCall& call) const {
  std::vector<Captured> out;
  while (const auto receipt = call.next()) out.push_back(captured(*receipt));
  return out;
}

void SurveyTools::add_to(Tools& tools) const {
  tools.add("profile.new", [this](const ToolCall& call) {
    const std::vector<Captured> all = captures_of(call);
    const Captures captures = borrowed(all);
    if (captures.empty()) throw Error(DLRGW_E_INVALID, "there is no receipt to draw a profile from");
    call.write(to_toml(propose(captures, ids_in(call.input("ids"))), call.input("operator"), captures));
  });
  tools.add("profile.spellings", [this](const ToolCall& call) {
    const std::vector<Captured> all = captures_of(call);
    const KnownIds known = ids_in(call.input("ids"));
    const KnownIds asked = known.empty() ? spellings_of(borrowed(all)) : spellings_alike(borrowed(all), known);
    for (const std::string& id : asked) call.write(id + "\n");
  });
}

}  // namespace dlrgw::normalise
