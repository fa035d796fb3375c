// SPDX-License-Identifier: Apache-2.0
#include "event_json.hpp"

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

namespace dlrgw::segments {
namespace {

constexpr std::size_t kUsualBytes = 512;  // of an event for one segment

void add_lines(JsonWriter& json, const Aggregate& aggregate) {
  json.key("segments").begin_array();
  for (const message::SegmentLine& line : aggregate.lines) {
    json.begin_object()
        .member("index", std::int64_t{line.index})
        .member("status", std::string_view(line.status))
        .member_or_null("errorCode", line.error_code)
        .member_or_null("networkErrorCode", line.network_error_code)
        .member_or_null("receivedAt", line.received_at_us ? rfc3339_ms(*line.received_at_us) : std::string())
        .end_object();
  }
  json.end_array();
}

// Under one receipt for all segments, delivered means all of them.
std::uint32_t delivered_segments(const MessageFacts& message, const Aggregate& aggregate) {
  if (aggregate.reason != Reason::kSingle) return aggregate.delivered;
  return aggregate.status == AggregateStatus::kDelivered ? message.segment_count : 0;
}

}  // namespace

std::string aggregated_json(std::string_view event_id, const MessageFacts& message, const Aggregate& aggregate,
                            std::int64_t decided_at_us) {
  JsonWriter json;
  json.reserve(kUsualBytes)
      .begin_object()
      .member("eventId", event_id)
      .member("messageId", std::string_view(message.message_id))
      .member("accountId", std::string_view(message.account_id))
      .member("operatorId", std::string_view(message.operator_id))
      .member("status", to_string(aggregate.status))
      .member("expected", std::int64_t{aggregate.expected})
      .member("received", std::int64_t{aggregate.received})
      .member("delivered", std::int64_t{aggregate.delivered})
      .member("reason", to_string(aggregate.reason))
      .member("firstReceivedAt", std::string_view(rfc3339_ms(aggregate.first_received_at_us)))
      .member("decidedAt", std::string_view(rfc3339_ms(decided_at_us)));
  add_lines(json, aggregate);
  return json.end_object().take();
}

std::string billing_json(std::string_view event_id, const MessageFacts& message, const Aggregate& aggregate) {
  JsonWriter json;
  json.reserve(kUsualBytes)
      .begin_object()
      .member("eventId", event_id)
      .member("messageId", std::string_view(message.message_id))
      .member("accountId", std::string_view(message.account_id))
      .member("operatorId", std::string_view(message.operator_id))
      .member("segmentCount", std::int64_t{message.segment_count})
      .member("deliveredSegments", std::int64_t{delivered_segments(message, aggregate)})
      .member("dlrStatus", to_string(aggregate.status))
      .member_or_null("errorCode", aggregate.error_code)
      .member_or_null("networkErrorCode", aggregate.network_error_code)
      .member("occurredAt", std::string_view(rfc3339_ms(aggregate.occurred_at_us)))
      .member("schemaVersion", std::int64_t{1});
  return json.end_object().take();
}

std::string final_webhook_json(std::string_view event_id, const MessageFacts& message, const Aggregate& aggregate,
                               std::uint32_t sequence) {
  JsonWriter json;
  json.reserve(kUsualBytes)
      .begin_object()
      .member("eventId", event_id)
      .member("accountId", std::string_view(message.account_id))
      .member("messageId", std::string_view(message.message_id))
      .member("to", std::string_view(message.to))
      .member("dlrStatus", to_string(aggregate.status))
      .member("final", true)
      .member("sequence", std::int64_t{sequence})
      .member("occurredAt", std::string_view(rfc3339_ms(aggregate.occurred_at_us)))
      .member_or_null("errorCode", aggregate.error_code)
      .member_or_null("networkErrorCode", aggregate.network_error_code)
      .member("expected", std::int64_t{aggregate.expected})
      .member("received", std::int64_t{aggregate.received});
  if (aggregate.expected > 1) add_lines(json, aggregate);
  return json.end_object().take();
}

std::string intermediate_webhook_json(std::string_view event_id, const MessageFacts& message,
                                      const message::Segment& segment, std::uint32_t sequence) {
  JsonWriter json;
  json.reserve(kUsualBytes)
      .begin_object()
      .member("eventId", event_id)
      .member("accountId", std::string_view(message.account_id))
      .member("messageId", std::string_view(message.message_id))
      .member("to", std::string_view(message.to))
      .member("dlrStatus", to_string(DlrStatus::kUnknown))
      .member("final", false)
      .member("sequence", std::int64_t{sequence})
      .member("occurredAt", std::string_view(rfc3339_ms(segment.occurred_at_us)))
      .member_or_null("errorCode", segment.error_code)
      .member_or_null("networkErrorCode", segment.network_error_code)
      .member("expected", std::int64_t{1})
      .member("received", std::int64_t{0});
  return json.end_object().take();
}

}  // namespace dlrgw::segments
