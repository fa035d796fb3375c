// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of the receipt decoder: any bytes give a receipt within its bounds or a failure that tells no value.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "receipt/decode_receipt.hpp"

namespace {

using dlrgw::host::DecodeFailure;
using dlrgw::host::Inbound;

void require(bool holds) {
  if (!holds) std::abort();
}
bool clean(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  const auto result = dlrgw::host::decode_receipt(payload, {"S@2026-01-01T00:00:00Z", 1, 1'790'000'000'000'000});
  if (const auto* failure = std::get_if<DecodeFailure>(&result)) {
    require(clean(failure->detail) && failure->detail.size() < 200 && failure->operator_id.size() <= 64);
    return 0;
  }
  const Inbound& in = std::get<Inbound>(result);
  require(in.event_id.size() == 36 && !in.operator_id.empty() && in.operator_id.size() <= 64);
  require(in.operator_message_id.size() <= 255 * 4 && in.raw_receipt.size() <= 4096 * 4 && in.tlvs.size() <= 64);
  require(clean(in.operator_message_id) && clean(in.raw_receipt) && clean(in.raw_stat) && clean(in.source_addr) &&
          clean(in.dest_addr) && clean(in.done_date));
  require(!in.segment || (in.segment->index >= 1 && in.segment->index <= in.segment->total));
  return 0;
}
