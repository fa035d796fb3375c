// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the receipt text and of all rules above it: whatever an operator writes, in a text or in TLVs,
// becomes one receipt within the bounds of the contract, in valid UTF-8 without control characters.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <dlrgw/cpp/hex.hpp>

#include "canonical_check.hpp"
#include "receipt_bytes.hpp"
#include "receipt_text.hpp"

namespace {

using namespace dlrgw::normalise;

// A value lies inside the input and holds no control character.
void check_value(std::string_view input, std::string_view value) {
  if (value.empty()) return;
  require(value.data() >= input.data() && value.data() + value.size() <= input.data() + input.size());
  require(clean(value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const ReceiptText text = parse_receipt_text(input, Labels());
  for (const std::string_view value :
       {text.id, text.sub, text.dlvrd, text.submit_date, text.done_date, text.stat, text.whole_stat, text.err}) {
    check_value(input, value);
  }

  static const std::array kProfiles = [] {
    std::array<Profile, 3> out;
    out[1].zone = TimeZone::named("Europe/Berlin").value();
    out[1].ids = IdFormats{{IdBase::kDecimal}, {IdBase::kHex}};
    out[1].text_before_tlvs = true;
    out[2].zone = TimeZone::fixed("-03:30").value();
    out[2].ids = IdFormats{{IdBase::kHex}, {IdBase::kDecimal, 12}};
    out[2].gsm7 = true;
    return out;
  }();
  // The host hands the plugin valid UTF-8; octets come in hex and may be anything.
  const std::string readable = text_of_octets(input);
  require(dlrgw::is_utf8(readable));
  const std::string all = dlrgw::to_hex(input);
  const std::string half = dlrgw::to_hex(input.substr(0, size / 2));
  for (const Profile& profile : kProfiles) {
    Received received;
    received.received_at_us = 1'792'890'000'000'000;  // when the clocks in Berlin went back
    received.raw_receipt = readable;
    check_canonical(received, profile);
    received.tlv_receipted_message_id = half;
    received.tlv_message_state = std::string_view(all).substr(0, 2);
    received.tlv_network_error_code = std::string_view(half).substr(0, 6);
    check_canonical(received, profile);
    received.raw_receipt = {};
    received.tlv_message_payload = all;
    check_canonical(received, profile);
  }
  return 0;
}
