// SPDX-License-Identifier: Apache-2.0
#include "message/ids.hpp"

namespace dlrgw::message {

std::string event_name(std::string_view message_id, std::string_view subject, std::uint32_t sequence) {
  return std::string(message_id).append(subject).append(std::to_string(sequence));
}

std::string orphan_name(std::string_view event_id) { return std::string(event_id); }

std::string row_name(std::string_view table, const Identity& identity) {
  return std::string(table).append(identity.event_id).append(identity.fingerprint);
}

std::string_view operator_message_id(const ReceiptView& receipt) {
  if (!receipt.operator_message_id().empty() || receipt.candidate_count() == 0) return receipt.operator_message_id();
  return receipt.candidate(0).id;
}

}  // namespace dlrgw::message
