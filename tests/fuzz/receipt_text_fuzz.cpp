// Fuzz target of the receipt text parser and of the rules above it. With clang, from the repository root:
//   clang++ -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -Isdk/include -Iplugins/normalise
//     tests/fuzz/receipt_text_fuzz.cpp
//     plugins/normalise/{receipt_text,receipt_date,time_zone,status_map,message_id,tlv, normalise}.cpp -o
//     receipt_text_fuzz && ./receipt_text_fuzz plugins/normalise/golden
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "normalise.hpp"
#include "receipt_text.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// A value lies inside the input and holds no blank.
void check_value(std::string_view input, std::string_view value) {
  if (value.empty()) return;
  require(value.data() >= input.data() && value.data() + value.size() <= input.data() + input.size());
  for (const char c : value) require(static_cast<unsigned char>(c) > 0x20 && c != 0x7F);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dlrgw::normalise;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const ReceiptText text = parse_receipt_text(input);
  for (const std::string_view value :
       {text.id, text.sub, text.dlvrd, text.submit_date, text.done_date, text.stat, text.err}) {
    check_value(input, value);
  }

  Received received;
  received.received_at_us = 1'795'412'740'000'000;
  received.raw_receipt = input;
  received.tlv_receipted_message_id = input.substr(0, size / 2);
  received.tlv_message_state = input.substr(0, size < 2 ? size : 2);
  received.tlv_network_error_code = input.substr(size / 2);
  Profile profile;
  profile.ids = IdFormats{{IdBase::kDecimal}, {IdBase::kHex, 8, IdCase::kUpper}, (size & 1U) != 0};
  const Canonical canonical = normalise(received, profile, {});
  require(canonical.status != dlrgw::DlrStatus::kNone);
  require(canonical.raw_status.size() <= 64 && canonical.error_code.size() <= 32 && canonical.done_date.size() <= 32);
  require(canonical.operator_message_id.size() <= 255 && canonical.flags.size() <= 3);
  for (const IdCandidate& candidate : canonical.ids) require(!candidate.id.empty() && candidate.id.size() <= 255);
  if (canonical.dlr_timestamp_us) {
    const std::int64_t age_us = received.received_at_us - *canonical.dlr_timestamp_us;
    require(age_us >= -86'400'000'000 && age_us <= 366 * 86'400'000'000);
  }
  return 0;
}
