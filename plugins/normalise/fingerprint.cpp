// SPDX-License-Identifier: Apache-2.0
#include "fingerprint.hpp"

namespace dlrgw::normalise {
namespace {
constexpr char kUnitSeparator = '\x1F';
constexpr std::int64_t kMinuteUs = 60'000'000;
}  // namespace

std::string id_scope(std::string_view operator_id, std::string_view connector_id) {
  std::string scope(operator_id);
  if (!connector_id.empty()) (scope += '/') += connector_id;
  return scope;
}

std::int64_t minute_of(std::int64_t received_at_us) {
  const std::int64_t minute = received_at_us / kMinuteUs;
  return received_at_us % kMinuteUs < 0 ? minute - 1 : minute;
}

std::string fingerprint_text(const FingerprintParts& parts, std::int64_t minute) {
  std::string text;
  text.reserve(parts.operator_id.size() + parts.id.size() + parts.raw.size() + 40);
  text.append(parts.operator_id).push_back(kUnitSeparator);
  text.append(parts.id).push_back(kUnitSeparator);
  text.append(to_string(parts.status)).push_back(kUnitSeparator);
  text += std::to_string(minute);
  if (parts.status == DlrStatus::kUnknown) (text += kUnitSeparator).append(parts.raw);
  if (parts.event_segment != 0) (text += kUnitSeparator) += std::to_string(parts.event_segment);
  return text;
}

}  // namespace dlrgw::normalise
