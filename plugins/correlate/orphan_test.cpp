// SPDX-License-Identifier: Apache-2.0
#include "orphan.hpp"

#include <gtest/gtest.h>

#include <dlrgw/cpp/text.hpp>

namespace dlrgw::correlate {
namespace {

Orphan orphan() {
  Orphan o;
  o.orphan_id = "00000000-0000-5000-8000-000000000001";
  o.operator_id = "mno-a";
  o.operator_message_id = "17\"x";
  o.candidates = {"11", "17\"x"};
  o.raw_stat = "DELIVRD";
  o.status = "DELIVERED";
  o.reason = "no_correlation";
  o.attempts = 3;
  o.received_at_us = 1'795'412'740'123'999;
  return o;
}

TEST(Orphan, EventPayload) {
  EXPECT_EQ(
      unmatched_json(orphan()),
      R"({"eventId":"00000000-0000-5000-8000-000000000001","orphanId":"00000000-0000-5000-8000-000000000001",)"
      R"("operatorId":"mno-a","operatorMessageId":"17\"x","idCandidates":["11","17\"x"],"rawStat":"DELIVRD",)"
      R"("dlrStatus":"DELIVERED","reason":"no_correlation","attempts":3,"receivedAt":"2026-11-23T05:45:40.123Z"})");
}

TEST(Orphan, WithoutRawStat) {
  Orphan o = orphan();
  o.raw_stat = {};
  o.candidates.clear();
  EXPECT_NE(unmatched_json(o).find(R"("idCandidates":[],"rawStat":null,)"), std::string::npos);
  EXPECT_EQ(candidates_json(o), "[]");
}

TEST(Orphan, Time) {
  EXPECT_EQ(rfc3339_ms(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339_ms(951'782'400'000'999), "2000-02-29T00:00:00.000Z");
}

TEST(Orphan, SameReceiptComparesWhatItSays) {
  const StoredOrphan stored{"mno-a", "17\"x", "DELIVERED", "DELIVRD"};
  EXPECT_TRUE(same_receipt(stored, orphan()));
  Orphan o = orphan();
  o.status = "FAILED";
  EXPECT_FALSE(same_receipt(stored, o));
  o = orphan();
  o.operator_message_id = "18";
  EXPECT_FALSE(same_receipt(stored, o));
  o = orphan();
  o.operator_id = "mno-b";
  EXPECT_FALSE(same_receipt(stored, o));
  o = orphan();
  o.raw_stat = "delivrd";
  EXPECT_FALSE(same_receipt(stored, o));
  // Another time or number of look-ups is still the same receipt.
  o = orphan();
  o.attempts = 1;
  o.received_at_us = 0;
  EXPECT_TRUE(same_receipt(stored, o));
}

}  // namespace
}  // namespace dlrgw::correlate
