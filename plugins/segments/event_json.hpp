// SPDX-License-Identifier: Apache-2.0
// The JSON of the events, field by field as config/schemas/ describes them. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "message/complete.hpp"

namespace dlrgw::segments {

using message::Aggregate;
using message::AggregateStatus;
using message::Reason;

inline constexpr std::string_view kAggregatedSubject = "sms.dlr.aggregated.v1";
inline constexpr std::string_view kBillingSubject = "billing.events";
inline constexpr std::string_view kWebhookSubject = "webhook.dispatch";

struct MessageFacts {
  std::string message_id;
  std::string account_id;
  std::string operator_id;
  std::string to;                   // a phone number: only in webhook.dispatch
  std::uint32_t segment_count = 1;  // of sms_messages
  std::int64_t filed_under_us = 0;  // of every row of the message
};

std::string aggregated_json(std::string_view event_id, const MessageFacts& message, const Aggregate& aggregate,
                            std::int64_t decided_at_us);
std::string billing_json(std::string_view event_id, const MessageFacts& message, const Aggregate& aggregate);
std::string final_webhook_json(std::string_view event_id, const MessageFacts& message, const Aggregate& aggregate,
                               std::uint32_t sequence);
// Of an intermediate receipt of a message of one segment.
std::string intermediate_webhook_json(std::string_view event_id, const MessageFacts& message,
                                      const message::Segment& segment, std::uint32_t sequence);

}  // namespace dlrgw::segments
