// SPDX-License-Identifier: Apache-2.0
#include "fingerprint_rules.hpp"

#include <dlrgw/abi/plugin.h>
#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::dedup {
namespace {

constexpr std::size_t kUuidChars = 36;

struct Stored {
  std::string_view event_id;
  std::optional<std::string_view> message_id;  // empty: an orphan; nullopt: not known
};

Stored stored(std::string_view value) {
  const std::size_t blank = value.find(' ');
  if (blank == std::string_view::npos) return {value, std::nullopt};
  const std::string_view message = value.substr(blank + 1);
  if (!message.empty() && message.size() != kUuidChars) return {value.substr(0, blank), std::nullopt};
  return {value.substr(0, blank), message};
}

}  // namespace

FingerprintHit judge(const std::optional<std::string>& current, const std::optional<std::string>& previous,
                     std::string_view event_id) {
  FingerprintHit hit;
  for (const auto* value : {&current, &previous}) {
    if (!*value) continue;
    const Stored known = stored(**value);
    if (known.event_id == event_id) {
      hit.own = true;
      hit.own_orphan = hit.own_orphan || (value == &current && known.message_id == "");
    } else if (known.message_id) {
      hit.mark.add(*known.message_id);
    }
  }
  if (hit.own) hit.mark = {};
  return hit;
}

bool is_stored_outcome(std::string_view outcome) {
  return outcome == DLRGW_OUTCOME_APPLIED || outcome == DLRGW_OUTCOME_LATE || outcome == DLRGW_OUTCOME_QUARANTINED ||
         outcome == DLRGW_OUTCOME_ORPHAN;
}

std::string redis_key(std::string_view fingerprint) {
  std::string key = "dlr:fp:";
  append_hex(key, fingerprint);
  return key;
}

std::string redis_value(std::string_view event_id, std::string_view message_id) {
  return std::string(event_id).append(" ").append(message_id);
}

}  // namespace dlrgw::dedup
