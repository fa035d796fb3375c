// SPDX-License-Identifier: Apache-2.0
#include "portal_message.hpp"

#include <gtest/gtest.h>

namespace dlrgw::segments {
namespace {

PortalMessage partial() {
  return {"11111111-1111-4111-8111-111111111111",
          "PARTIAL",
          4,
          {{1, "DELIVERED", "", 1'000'000, false},
           {2, "FAILED", "0\"1", 2'000'000, true},
           {3, "UNKNOWN", "", 3'000'000, false},
           {4, "PENDING", "", std::nullopt, false}}};
}

constexpr const char* kSegments =
    R"([{"segmentIndex":1,"totalSegments":4,"status":"DELIVERED","errorCode":null,"receivedAt":"1970-01-01T00:00:01.000Z","late":false},)"
    R"({"segmentIndex":2,"totalSegments":4,"status":"FAILED","errorCode":"0\"1","receivedAt":"1970-01-01T00:00:02.000Z","late":true},)"
    R"({"segmentIndex":3,"totalSegments":4,"status":"UNKNOWN","errorCode":null,"receivedAt":"1970-01-01T00:00:03.000Z","late":false},)"
    R"({"segmentIndex":4,"totalSegments":4,"status":"PENDING","errorCode":null,"receivedAt":null,"late":false}])";

TEST(PortalMessage, SegmentsAsTheyStand) { EXPECT_EQ(portal_segments_json(partial()), kSegments); }

TEST(PortalMessage, ReceivedCountsFinalReceipts) {
  EXPECT_EQ(portal_message_json(partial()),
            std::string(R"({"messageId":"11111111-1111-4111-8111-111111111111","status":"PARTIAL","final":true,)"
                        R"("expected":4,"received":2,"segments":)") +
                kSegments + "}");
}

TEST(PortalMessage, WithoutReceiptsNothingIsFinal) {
  const PortalMessage sent{"m", "SUBMITTED", 1, {{1, "PENDING", "", std::nullopt, false}}};
  EXPECT_EQ(
      portal_message_json(sent),
      R"({"messageId":"m","status":"SUBMITTED","final":false,"expected":1,"received":0,"segments":)"
      R"([{"segmentIndex":1,"totalSegments":1,"status":"PENDING","errorCode":null,"receivedAt":null,"late":false}]})");
}

}  // namespace
}  // namespace dlrgw::segments
