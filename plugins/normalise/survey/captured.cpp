// SPDX-License-Identifier: Apache-2.0
#include "survey/captured.hpp"

namespace dlrgw::normalise {
namespace {

Entries views(const Draft::Table& table) {
  Entries out;
  for (const auto& [name, value] : table) out.emplace_back(name, value);
  return out;
}

std::string_view word(const std::string& text, std::string_view otherwise) {
  return text.empty() ? otherwise : std::string_view(text);
}

}  // namespace

Received Captured::received() const {
  Received out;
  out.operator_message_id = operator_message_id;
  out.raw_status = raw_status;
  out.message_state = message_state;
  out.error_code = error_code;
  out.network_error_code = network_error_code;
  out.submit_date = submit_date;
  out.done_date = done_date;
  out.dlr_timestamp_us = dlr_timestamp_us;
  out.received_at_us = received_at_us;
  out.raw_receipt = raw_receipt;
  out.esm_class = esm_class;
  out.tlv_receipted_message_id = tlv_id;
  out.tlv_message_state = tlv_state;
  out.tlv_network_error_code = tlv_network_error;
  out.tlv_message_payload = tlv_payload;
  return out;
}

std::optional<Profile> Draft::profile() const {
  ProfileText text;
  text.time_zone = word(time_zone, text.time_zone);
  text.date_format = date_format;
  text.receipt_id = views(receipt_id);
  text.submit_id = views(submit_id);
  text.id_pattern = id_pattern;
  text.alphabet = word(alphabet, text.alphabet);
  text.labels = views(labels);
  text.status_aliases = views(status_aliases);
  text.error_source = word(error_source, text.error_source);
  std::vector<Mistake> mistakes;
  Profile out = read_profile(text, mistakes);
  if (!mistakes.empty()) return std::nullopt;
  return out;
}

std::string grouped(std::size_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string share_text(std::size_t part, std::size_t whole) { return grouped(part) + " of " + grouped(whole); }

Captures sample_of(const Captures& captures, std::size_t most) {
  if (captures.size() <= most) return captures;
  Captures out;
  for (std::size_t i = 0; i < most; ++i) out.push_back(captures[i * captures.size() / most]);
  return out;
}

}  // namespace dlrgw::normalise
