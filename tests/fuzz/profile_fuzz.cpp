// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of profiles: whatever stands in one is either refused with a sentence, or reads any text into one
// receipt within the bounds of the contract. Lines "key=value" or "table.name=value", an empty line, then the text.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "canonical_check.hpp"

namespace {

using namespace dlrgw::normalise;

// The line at the front; moves behind it.
std::string_view take_line(std::string_view& input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view line = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  return line;
}

void set(ProfileText& text, Received& received, std::string_view key, std::string_view value) {
  const std::pair<std::string_view, std::string_view*> words[] = {
      {"time_zone", &text.time_zone},        {"date_format", &text.date_format},
      {"id_pattern", &text.id_pattern},      {"tlvs", &text.tlvs},
      {"alphabet", &text.alphabet},          {"intermediate", &text.intermediate},
      {"error_source", &text.error_source},  {"done_date", &received.done_date},
      {"tlv", &received.tlv_message_payload}};
  const std::pair<std::string_view, Entries*> tables[] = {{"receipt_id.", &text.receipt_id},
                                                          {"submit_id.", &text.submit_id},
                                                          {"labels.", &text.labels},
                                                          {"status_aliases.", &text.status_aliases},
                                                          {"error_codes.", &text.error_codes}};
  for (const auto& [name, word] : words)
    if (name == key) *word = value;
  for (const auto& [name, table] : tables)
    if (key.starts_with(name)) table->emplace_back(key.substr(name.size()), value);
  if (key == "esm_class" && !value.empty()) received.esm_class = static_cast<unsigned char>(value.front());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  ProfileText text;
  Received received;
  received.received_at_us = 1'792'890'000'000'000;  // when the clocks in Berlin went back
  for (std::string_view line = take_line(input); !line.empty(); line = take_line(input)) {
    const std::size_t sign = std::min(line.find('='), line.size());
    set(text, received, line.substr(0, sign), line.substr(std::min(sign + 1, line.size())));
  }
  std::vector<Mistake> mistakes;
  const Profile profile = read_profile(text, mistakes);
  for (const Mistake& mistake : mistakes) require(!mistake.key.empty() && !mistake.text.empty());
  if (!mistakes.empty()) return 0;
  received.raw_receipt = input;
  if (received.done_date.size() > 32) received.done_date = {};
  if (!clean(received.done_date) || !dlrgw::is_utf8(input) || !dlrgw::is_utf8(received.done_date))
    return 0;  // the host refuses them
  for (const auto& [name, value] : text.error_codes)
    if (!dlrgw::is_utf8(value)) return 0;  // nor does TOML hold them
  check_canonical(received, profile);
  return 0;
}
