// SPDX-License-Identifier: Apache-2.0
#include "event_json.hpp"

#include <gtest/gtest.h>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::segments {
namespace {

using message::finalise;
using message::SegmentSet;

constexpr std::int64_t kAt = 1'760'000'000'123'456;  // 2025-10-09T08:53:20.123456Z
const MessageFacts kMessage{"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "mno-one",
                            "+15550100", 3};

Aggregate two_of_three() {
  SegmentSet set;
  set.add({1, DlrStatus::kDelivered, "000", kAt, kAt});
  set.add({3, DlrStatus::kExpired, "8", kAt + 1'000'000, kAt + 2'000'000});
  return *finalise(set, {3, {}, false, true});
}
Aggregate one_delivered() {
  SegmentSet set;
  set.add({1, DlrStatus::kDelivered, "000", kAt, kAt});
  return *finalise(set, {1, {}, false, false});
}

TEST(Rfc3339, is_utc_with_milliseconds) {
  EXPECT_EQ(rfc3339_ms(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339_ms(kAt), "2025-10-09T08:53:20.123Z");
  EXPECT_EQ(rfc3339_ms(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(rfc3339_ms(1'709'164'800'000'000), "2024-02-29T00:00:00.000Z");
}

TEST(EventJson, aggregated) {
  EXPECT_EQ(
      aggregated_json("e", kMessage, two_of_three(), kAt),
      R"({"eventId":"e","messageId":"11111111-1111-4111-8111-111111111111",)"
      R"("accountId":"22222222-2222-4222-8222-222222222222","operatorId":"mno-one","status":"PARTIAL",)"
      R"("expected":3,"received":2,"delivered":1,"reason":"grace_expired",)"
      R"("firstReceivedAt":"2025-10-09T08:53:20.123Z","decidedAt":"2025-10-09T08:53:20.123Z","segments":[)"
      R"({"index":1,"status":"DELIVERED","errorCode":"000","networkErrorCode":null,"receivedAt":"2025-10-09T08:53:20.123Z"},)"
      R"({"index":2,"status":"PENDING","errorCode":null,"networkErrorCode":null,"receivedAt":null},)"
      R"({"index":3,"status":"EXPIRED","errorCode":"8","networkErrorCode":null,"receivedAt":"2025-10-09T08:53:21.123Z"}]})");
}

TEST(EventJson, billing_has_no_phone_number) {
  const std::string json = billing_json("e", kMessage, two_of_three());
  EXPECT_EQ(
      json,
      R"({"eventId":"e","messageId":"11111111-1111-4111-8111-111111111111",)"
      R"("accountId":"22222222-2222-4222-8222-222222222222","operatorId":"mno-one","segmentCount":3,)"
      R"("deliveredSegments":1,"dlrStatus":"PARTIAL","errorCode":"8","networkErrorCode":null,"occurredAt":"2025-10-09T08:53:22.123Z",)"
      R"("schemaVersion":1})");
  EXPECT_EQ(json.find("15550100"), std::string::npos);
  EXPECT_EQ(aggregated_json("e", kMessage, two_of_three(), kAt).find("15550100"), std::string::npos);
}

TEST(EventJson, billing_under_one_receipt_for_all_is_all_or_none) {
  SegmentSet set;
  set.add({1, DlrStatus::kDelivered, {}, kAt, kAt});
  EXPECT_NE(billing_json("e", kMessage, *finalise(set, {3, {}, true, false})).find(R"("deliveredSegments":3)"),
            std::string::npos);
  SegmentSet failed;
  failed.add({1, DlrStatus::kFailed, {}, kAt, kAt});
  EXPECT_NE(billing_json("e", kMessage, *finalise(failed, {3, {}, true, false})).find(R"("deliveredSegments":0)"),
            std::string::npos);
}

TEST(EventJson, final_webhook_of_one_segment_lists_none) {
  EXPECT_EQ(
      final_webhook_json("e", kMessage, one_delivered(), 2),
      R"({"eventId":"e","accountId":"22222222-2222-4222-8222-222222222222",)"
      R"("messageId":"11111111-1111-4111-8111-111111111111","to":"+15550100","dlrStatus":"DELIVERED",)"
      R"("final":true,"sequence":2,"occurredAt":"2025-10-09T08:53:20.123Z","errorCode":null,"networkErrorCode":null,"expected":1,)"
      R"("received":1})");
  EXPECT_NE(final_webhook_json("e", kMessage, two_of_three(), 1).find(R"("segments":[{"index":1,)"), std::string::npos);
}

TEST(EventJson, intermediate_webhook) {
  EXPECT_EQ(
      intermediate_webhook_json("e", kMessage, {1, DlrStatus::kUnknown, {}, kAt, kAt}, 1),
      R"({"eventId":"e","accountId":"22222222-2222-4222-8222-222222222222",)"
      R"("messageId":"11111111-1111-4111-8111-111111111111","to":"+15550100","dlrStatus":"UNKNOWN",)"
      R"("final":false,"sequence":1,"occurredAt":"2025-10-09T08:53:20.123Z","errorCode":null,"networkErrorCode":null,"expected":1,)"
      R"("received":0})");
}

TEST(EventJson, the_networks_code_goes_with_the_error_code) {
  SegmentSet set;
  set.add({1, DlrStatus::kDelivered, {}, kAt, kAt, "030000"});
  set.add({2, DlrStatus::kUndelivered, "11", kAt, kAt, "03000b"});
  const Aggregate aggregate = *finalise(set, {2, {}, false, false});
  EXPECT_NE(billing_json("e", kMessage, aggregate).find(R"("errorCode":"11","networkErrorCode":"03000b")"),
            std::string::npos);
  EXPECT_NE(final_webhook_json("e", kMessage, aggregate, 1)
                .find(R"({"index":1,"status":"DELIVERED","errorCode":null,"networkErrorCode":"030000",)"),
            std::string::npos);
}

}  // namespace
}  // namespace dlrgw::segments
