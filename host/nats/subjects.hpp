// SPDX-License-Identifier: Apache-2.0
// Every subject that the gateway's own user may touch, spelled once, but for the outbound ones: those are the plugins'
// business and come from [nats] outbound. Wildcards do not occur.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::host::subjects {

inline constexpr std::string_view kStream = "SMS_DLR";
inline constexpr std::string_view kConsumer = "dlr-processor";
inline constexpr std::string_view kInbound = "sms.dlr.inbound";
inline constexpr std::string_view kEventsStream = "DLR_EVENTS";

// Inbox slots of one replica: pull on 0, API answers on 1, PubAcks on the rest, one message in flight each.
inline constexpr unsigned kPullSlot = 0;
inline constexpr unsigned kApiSlot = 1;
inline constexpr unsigned kFirstPublishSlot = 2;
inline constexpr unsigned kInboxSlots = 64;

inline std::string inbox(unsigned replica, unsigned slot) {
  return "dlr.in." + std::to_string(replica) + "." + std::to_string(slot);
}
// JetStream's API, under `api`: kApi, or what api_of_domain() says.
inline constexpr std::string_view kApi = "$JS.API";
inline std::string api_of_domain(std::string_view domain) { return "$JS." + std::string(domain) + ".API"; }
inline std::string next_message(std::string_view api, std::string_view stream, std::string_view consumer) {
  return std::string(api) + ".CONSUMER.MSG.NEXT." + std::string(stream) + "." + std::string(consumer);
}
inline std::string consumer_info(std::string_view api, std::string_view stream, std::string_view consumer) {
  return std::string(api) + ".CONSUMER.INFO." + std::string(stream) + "." + std::string(consumer);
}
inline std::string stream_info(std::string_view api, std::string_view stream) {
  return std::string(api) + ".STREAM.INFO." + std::string(stream);
}

}  // namespace dlrgw::host::subjects
