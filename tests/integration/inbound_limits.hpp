// SPDX-License-Identifier: Apache-2.0
// Every bound of the inbound contract, with a payload at it and one just beyond it. Pure.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace dlrgw::test {

// Names and JSON values that replace or extend those of a plain receipt; no value leaves the member out.
using Members = std::vector<std::pair<std::string, std::string>>;

struct InboundLimit {
  std::string name;
  Members inside;      // a receipt
  Members outside;     // none
  std::string reason;  // of dlr.invalid_dlrs
  // Bounds on bytes, repeated keys and the like: what a JSON Schema cannot say.
  bool beyond_schemas = false;
  // Appended to the payloads, then: bytes inside the outermost object that the members cannot express.
  std::string inside_tail = {};
  std::string outside_tail = {};
};

[[nodiscard]] std::vector<InboundLimit> inbound_limits();

// A receipt with those members; without eventId of its own it gets the given one.
[[nodiscard]] std::string limit_payload(const std::string& event_id, const std::string& operator_message_id,
                                        const Members& members, const std::string& tail);
// The member's text without quotes, or the fallback.
[[nodiscard]] std::string member_text(const Members& members, const std::string& name, const std::string& fallback);

}  // namespace dlrgw::test
