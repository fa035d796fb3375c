// SPDX-License-Identifier: Apache-2.0
#include "portal_message.hpp"

#include <algorithm>

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>

#include "message/states.hpp"

namespace dlrgw::segments {
namespace {

void write_segments(JsonWriter& json, const PortalMessage& message) {
  json.begin_array();
  for (const PortalSegment& segment : message.segments) {
    json.begin_object()
        .member("segmentIndex", segment.index)
        .member("totalSegments", message.expected)
        .member("status", segment.status)
        .member_or_null("errorCode", segment.error_code)
        .member_or_null("receivedAt", segment.received_at_us ? rfc3339_ms(*segment.received_at_us) : std::string())
        .member("late", segment.late)
        .end_object();
  }
  json.end_array();
}

}  // namespace

std::int64_t received_segments(const PortalMessage& message) {
  return std::count_if(message.segments.begin(), message.segments.end(), [](const PortalSegment& segment) {
    return message::is_terminal_message_status(segment.status);
  });
}

std::string portal_segments_json(const PortalMessage& message) {
  JsonWriter json;
  write_segments(json, message);
  return json.take();
}

std::string portal_message_json(const PortalMessage& message) {
  JsonWriter json;
  json.begin_object()
      .member("messageId", message.message_id)
      .member("status", message.status)
      .member("final", message::is_terminal_message_status(message.status))
      .member("expected", message.expected)
      .member("received", received_segments(message))
      .key("segments");
  write_segments(json, message);
  return json.end_object().take();
}

}  // namespace dlrgw::segments
