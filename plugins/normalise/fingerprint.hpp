// SPDX-License-Identifier: Apache-2.0
// What identifies a receipt for deduplication: the text whose SHA-256 is its fingerprint. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw::normalise {

// Within what an id is unique: the operator, or with a connector "operator/connector".
std::string id_scope(std::string_view operator_id, std::string_view connector_id);

struct FingerprintParts {
  std::string_view operator_id;  // or what id_scope() says
  std::string_view id;           // the first candidate
  DlrStatus status = DlrStatus::kUnknown;
  std::string_view raw;             // counts for kUnknown only: ACCEPTD must not hide ENROUTE
  std::uint32_t event_segment = 0;  // segment index that the event itself carries; 0 = none
};

std::int64_t minute_of(std::int64_t received_at_us);
// operator 0x1F id 0x1F STATUS 0x1F minute [0x1F raw] [0x1F segment]
std::string fingerprint_text(const FingerprintParts& parts, std::int64_t minute);

}  // namespace dlrgw::normalise
