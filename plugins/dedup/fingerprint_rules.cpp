#include "fingerprint_rules.hpp"

#include <dlrgw/abi/plugin.h>

namespace dlrgw::dedup {

FingerprintHit judge(const std::optional<std::string>& current, const std::optional<std::string>& previous,
                     std::string_view event_id) {
  if (current == event_id || previous == event_id) return FingerprintHit::kOwn;
  return current || previous ? FingerprintHit::kOther : FingerprintHit::kNone;
}

bool is_stored_outcome(std::string_view outcome) {
  return outcome == DLRGW_OUTCOME_APPLIED || outcome == DLRGW_OUTCOME_LATE || outcome == DLRGW_OUTCOME_QUARANTINED;
}

std::string redis_key(std::string_view fingerprint) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string key = "dlr:fp:";
  key.reserve(key.size() + 2 * fingerprint.size());
  for (const char c : fingerprint) {
    const auto byte = static_cast<unsigned char>(c);
    key += kHex[byte >> 4U];
    key += kHex[byte & 15U];
  }
  return key;
}

}  // namespace dlrgw::dedup
