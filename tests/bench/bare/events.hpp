// SPDX-License-Identifier: Apache-2.0
// The bare loop's receipts and events: what the gateway would decide, known beforehand. Pure; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrgw::bench {

inline constexpr std::array<std::string_view, 3> kEventSubjects = {"sms.dlr.aggregated.v1", "billing.events",
                                                                   "webhook.dispatch"};

// Which receipt of the bench (receipt_json) this is. Throws when it is none.
[[nodiscard]] std::int64_t receipt_number(std::string_view payload);
// 16 bytes: as the bench has preloaded them, and as receipt_json writes them.
[[nodiscard]] std::string message_uuid(std::int64_t number);
[[nodiscard]] std::string receipt_event_uuid(std::int64_t number);

// One event of a receipt, about as long as the gateway's.
struct BareEvent {
  std::string id;  // its Nats-Msg-Id
  std::string json;
};
[[nodiscard]] BareEvent event_of(std::int64_t number, std::size_t subject, std::string_view message_uuid);

}  // namespace dlrgw::bench
