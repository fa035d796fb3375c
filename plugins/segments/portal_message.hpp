// SPDX-License-Identifier: Apache-2.0
// What a customer sees of one message: its segments as dlr.portal_segments shows them. As JSON here, as a page in
// portal_page.hpp. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::segments {

struct PortalSegment {
  std::int64_t index = 1;
  std::string status;      // DlrStatus, or PENDING without a receipt
  std::string error_code;  // empty: none
  std::optional<std::int64_t> received_at_us;
  bool late = false;  // came after the message was decided
};

struct PortalMessage {
  std::string message_id;
  std::string status;  // of the message
  std::int64_t expected = 0;
  std::vector<PortalSegment> segments;  // in their order, all that are expected
};

// Segments with a final receipt.
std::int64_t received_segments(const PortalMessage& message);

// [{segmentIndex, totalSegments, status, errorCode, receivedAt, late}]
std::string portal_segments_json(const PortalMessage& message);
// {messageId, status, final, expected, received, segments}
std::string portal_message_json(const PortalMessage& message);

}  // namespace dlrgw::segments
