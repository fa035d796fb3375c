// SPDX-License-Identifier: Apache-2.0
// What is stored and published about a receipt that belongs to no message. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::correlate {

inline constexpr std::string_view kUnmatchedSubject = "sms.dlr.unmatched";
inline constexpr std::string_view kUnmatchedSchema = "sms.dlr.unmatched/1";

struct Orphan {
  std::string orphan_id;
  std::string_view operator_id;
  std::string_view connector_id;  // where the operator's ids are unique on one connector only, else empty
  std::string_view operator_message_id;
  std::vector<std::string_view> candidates;  // in the order in which they were tried
  std::string_view raw_stat;
  std::string_view status;
  std::string_view reason;
  std::uint32_t attempts = 1;  // look-ups made
  std::int64_t received_at_us = 0;
};

// JSON array of text.
std::string candidates_json(const Orphan& orphan);
// Payload of sms.dlr.unmatched, contracts.md §3: no phone number, no text.
std::string unmatched_json(const Orphan& orphan);

// What decides whether an orphan that is already stored is this receipt, or another one under the same event id.
struct StoredOrphan {
  std::string operator_id;
  std::string operator_message_id;
  std::string status;
  std::string raw_stat;
};
bool same_receipt(const StoredOrphan& stored, const Orphan& orphan);

}  // namespace dlrgw::correlate
