// SPDX-License-Identifier: Apache-2.0
// What a payload as a whole must be, and what a failure tells.
#include "receipt/decode_receipt.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "receipt/testing/payloads.hpp"
#include "support/time_text.hpp"

namespace dlrgw::host {
namespace {

using namespace testing_receipts;

TEST(DecodeReceipt, EveryFieldArrives) {
  const Inbound in =
      good(R"({"eventId":"6BA7B810-9DAD-11D1-80B4-00C04FD430C8","operatorId":"mno.a_B-9",)"
           R"("operatorMessageId":"00Ff","rawStat":"X","messageState":2,"errorCode":"001",)"
           R"("networkErrorCode":"03000A","submitDate":"2609140101","doneDate":"2609140102",)"
           R"("dlrTimestamp":"2026-09-14T01:02:03.5+02:00","receivedAt":"2026-09-21T14:13:20Z",)"
           R"("sourceAddr":"ACME","destAddr":"+491","rawReceipt":"id:1 stat:X","tlvs":{"0x001E":"3100"},)"
           R"("segment":{"index":2,"total":3,"ref":9},"esmClass":4,"connectorId":"c1","schemaVersion":1,)"
           R"("somethingNew":{"a":[1,2.5,null,true,{"b":"c"}]}})");
  EXPECT_EQ(in.event_id, "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(in.operator_id, "mno.a_B-9");
  EXPECT_EQ(in.operator_message_id, "00Ff");
  EXPECT_EQ(in.raw_stat, "X");
  EXPECT_EQ(in.message_state, 2);
  EXPECT_EQ(in.error_code, "001");
  EXPECT_EQ(in.network_error_code, "03000A");
  EXPECT_EQ(in.submit_date, "2609140101");
  EXPECT_EQ(in.done_date, "2609140102");
  EXPECT_EQ(in.dlr_timestamp_us, parse_rfc3339("2026-09-13T23:02:03.5Z"));
  EXPECT_EQ(in.received_at_us, kStreamTimeUs);
  EXPECT_EQ(in.source_addr, "ACME");
  EXPECT_EQ(in.dest_addr, "+491");
  EXPECT_EQ(in.raw_receipt, "id:1 stat:X");
  ASSERT_EQ(in.tlvs.size(), 1U);
  EXPECT_EQ(in.tlvs[0].tag, 0x001E);
  EXPECT_EQ(in.tlvs[0].hex, "3100");
  ASSERT_TRUE(in.segment);
  EXPECT_EQ(in.segment->index, 2);
  EXPECT_EQ(in.segment->total, 3);
  EXPECT_EQ(in.segment->ref, 9);
  EXPECT_EQ(in.esm_class, 4);
  EXPECT_EQ(in.connector_id, "c1");
  EXPECT_TRUE(in.flags.empty());
}

TEST(DecodeReceipt, ReasonsAreAClosedListOfDistinctLabels) {
  std::set<std::string_view> labels;
  for (std::size_t i = 0; i < kDecodeReasonCount; ++i) labels.insert(to_string(static_cast<DecodeReason>(i)));
  EXPECT_EQ(labels.size(), kDecodeReasonCount);
}

TEST(DecodeReceipt, MessageAtMost256KiB) {
  std::string text = with(R"("filler":")");
  text.resize(text.size() - 1);
  text += std::string(kMaxReceiptBytes - text.size() - 2, 'x') + "\"}";
  ASSERT_EQ(text.size(), kMaxReceiptBytes);
  good(text);
  EXPECT_EQ(bad(text + " "), "too_large");
}

TEST(DecodeReceipt, NestingAtMost8) {
  good(with("\"deep\":" + repeat("[", 7) + repeat("]", 7)));  // with the receipt itself: 8
  EXPECT_EQ(bad(with("\"deep\":" + repeat("[", 8) + repeat("]", 8))), "too_deep");
  EXPECT_EQ(bad(with("\"deep\":" + repeat(R"({"a":)", 8) + "1" + repeat("}", 8))), "too_deep");
  EXPECT_EQ(bad(repeat("[", 100'000)), "not_an_object");
}

TEST(DecodeReceipt, InvalidUtf8IsInvalidAnywhere) {
  EXPECT_EQ(bad(with(field("rawReceipt", "\xFF"))), "invalid_utf8");
  EXPECT_EQ(bad(with(field("rawReceipt", "\xC0\x80"))), "invalid_utf8");          // overlong
  EXPECT_EQ(bad(with(field("rawReceipt", "\xED\xA0\x80"))), "invalid_utf8");      // a surrogate
  EXPECT_EQ(bad(with(field("rawReceipt", "\xF4\x90\x80\x80"))), "invalid_utf8");  // above U+10FFFF
  EXPECT_EQ(bad(with(field("\xE2\x82", "x"))), "invalid_utf8");                   // cut short, in a key
  good(with(field("rawReceipt", "\xE2\x82\xAC \xF0\x9F\x98\x80")));
}

TEST(DecodeReceipt, DuplicateKeysAreInvalidAtEveryLevel) {
  EXPECT_EQ(bad(with(field("operatorId", "mno-b"))), "duplicate_key");
  EXPECT_EQ(bad(with(field("operator\\u0049d", "mno-b"))), "duplicate_key");  // the same key, escaped
  EXPECT_EQ(bad(with(R"("x":1,"x":1)")), "duplicate_key");
  EXPECT_EQ(bad(with(R"("x":[{"y":{"z":1,"z":2}}])")), "duplicate_key");
  EXPECT_EQ(bad(with(R"("segment":{"index":1,"index":1,"total":1})")), "duplicate_key");
  EXPECT_EQ(bad(with(R"("tlvs":{"0x001E":"31","0x001e":"31"})")), "duplicate_key");
  good(with(R"("x":[{"y":1},{"y":1}],"z":{"x":{"x":1}})"));
}

TEST(DecodeReceipt, ThousandsOfUnknownKeysAreFineAndARepeatIsStillFound) {
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  good(with(many + "\"last\":1"));
  EXPECT_EQ(bad(with(many + "\"k9\":1")), "duplicate_key");
  EXPECT_EQ(bad(with(many + "\"k19999\":1")), "duplicate_key");
}

TEST(DecodeReceipt, MalformedJsonIsInvalid) {
  for (const std::string_view text :
       {"", "{", "{\"operatorId\"}", "{'operatorId':'a'}", "nul", "{\"a\":1,}", "{\"a\":01}"})
    EXPECT_EQ(bad(text), "malformed_json") << text;
  EXPECT_EQ(bad(with("") + "x"), "malformed_json");
  EXPECT_EQ(bad(with("") + "{}"), "malformed_json");
  EXPECT_EQ(bad(with(field("rawReceipt", "raw\nnewline"))), "malformed_json");
  EXPECT_EQ(bad(with("/* no */\"a\":1")), "malformed_json");
  good(" \n" + with("") + "\r\n\t ");
}

TEST(DecodeReceipt, TheRootIsAnObject) {
  for (const std::string_view text : {"[]", "\"a\"", "1", "-1.5", "true", "null", "[{\"operatorId\":\"a\"}]"})
    EXPECT_EQ(bad(text), "not_an_object") << text;
}

// Whether one of them holds an id is for the chain to find out.
TEST(DecodeReceipt, NoSourceOfAnIdIsNeeded) {
  good(R"({"operatorId":"a","rawStat":"X"})");
  good(R"({"operatorId":"a","rawReceipt":""})");
  good(R"({"operatorId":"a","operatorMessageId":"1"})");
  good(R"({"operatorId":"a","rawReceipt":"id:1"})");
  good(R"({"operatorId":"a","tlvs":{"0x001e":"31"}})");
  good(R"({"operatorId":"a","tlvs":{"0x0424":"69643A31"}})");
}

TEST(DecodeReceipt, C2NoStatusSourceIsStillAReceipt) {
  const Inbound in = good(with(""));
  EXPECT_EQ(in.raw_stat, "");
  EXPECT_FALSE(in.message_state);
}

TEST(DecodeReceipt, AFailureKeepsTheIdsThatWereValid) {
  const DecodeFailure failure = failure_of(
      R"({"rawStat":[],"operatorId":"mno-a","eventId":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","operatorMessageId":"1"})");
  EXPECT_EQ(failure.operator_id, "mno-a");
  EXPECT_EQ(failure.event_id, "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(failure_of(R"({"operatorId":"a b"})").operator_id, "");
}

TEST(DecodeReceipt, AFailureTellsNoValueAndNoUnknownKey) {
  for (const std::string& text :
       {with(R"("491700000001":1,"491700000001":2)"), with(field("sourceAddr", repeat("491700000001", 9))),
        with(R"("tlvs":{"491700000001":"00"})"), R"({"operatorId":"491700000001 "})" + std::string(),
        with(field("errorCode", "491700000001\\u0000")), R"({"a":491700000001x)" + std::string()})
    EXPECT_EQ(failure_of(text).detail.find("4917"), std::string::npos) << failure_of(text).detail;
}

}  // namespace
}  // namespace dlrgw::host
