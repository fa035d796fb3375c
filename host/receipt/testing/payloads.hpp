// SPDX-License-Identifier: Apache-2.0
// Payloads around one minimal receipt, and what decode_receipt makes of them. For unit tests.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include <dlrgw/cpp/text.hpp>

#include "receipt/decode_receipt.hpp"

namespace dlrgw::host::testing_receipts {

inline constexpr std::int64_t kStreamTimeUs = 1'790'000'000'000'000;
inline const DecodeContext kContext{"SMS_DLR@2026-01-01T00:00:00Z", 7, kStreamTimeUs};
inline constexpr std::string_view kMinimal = R"("operatorId":"mno-a","operatorMessageId":"id-1")";

inline std::string with(std::string_view fields) {
  std::string text = "{" + std::string(kMinimal);
  if (!fields.empty()) text += "," + std::string(fields);
  return text + "}";
}
inline std::string field(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}
inline std::string repeat(std::string_view what, std::size_t times) {
  std::string out;
  while (times-- > 0) out += what;
  return out;
}
inline std::string at_time(std::int64_t us) {
  std::string out;
  append_rfc3339(out, us, 6);
  return field("receivedAt", out);
}
inline Inbound good(std::string_view payload) {
  DecodeResult result = decode_receipt(payload, kContext);
  if (auto* failure = std::get_if<DecodeFailure>(&result)) {
    ADD_FAILURE() << to_string(failure->reason) << ": " << failure->detail;
    return {};
  }
  return std::get<Inbound>(std::move(result));
}
inline DecodeFailure failure_of(std::string_view payload) {
  DecodeResult result = decode_receipt(payload, kContext);
  if (std::holds_alternative<Inbound>(result)) {
    ADD_FAILURE() << "was accepted";
    return {DecodeReason::kTooLarge, "accepted", {}, {}};
  }
  return std::get<DecodeFailure>(std::move(result));
}
inline std::string_view bad(std::string_view payload) { return to_string(failure_of(payload).reason); }
inline bool flagged(const Inbound& in, std::string_view flag) {
  return std::ranges::find(in.flags, flag) != in.flags.end();
}

}  // namespace dlrgw::host::testing_receipts
