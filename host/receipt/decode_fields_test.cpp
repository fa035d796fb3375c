// One test per bound of a field: the last value that passes, the first that does not.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "receipt/decode_receipt.hpp"
#include "receipt/testing/payloads.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

using namespace testing_receipts;

TEST(DecodeReceipt, EventIdIsAUuidInEitherCase) {
  EXPECT_EQ(bad(with(field("eventId", "6ba7b810-9dad-11d1-80b4-00c04fd430c"))), "out_of_bounds");
  EXPECT_EQ(bad(with(field("eventId", ""))), "out_of_bounds");
  EXPECT_EQ(bad(with("\"eventId\":1")), "wrong_type");
  EXPECT_EQ(bad(with("\"eventId\":null")), "wrong_type");
}

TEST(DecodeReceipt, EventIdDefaultsToStreamIdentityAndSequence) {
  const std::string id = good(with("")).event_id;
  EXPECT_EQ(id, default_event_id(kContext.stream_identity, 7));
  EXPECT_EQ(parse_uuid(id), id);
  EXPECT_EQ(id[14], '5');
  EXPECT_NE(id, default_event_id(kContext.stream_identity, 8));
  EXPECT_NE(id, default_event_id("SMS_DLR@2026-01-02T00:00:00Z", 7));
  EXPECT_EQ(default_event_id("SMS_DLR@2026-01-01T00:00:00Z", 7),
            "bb74146b-a9cb-59b3-9b66-8ca549503c45");  // stored in databases: never changes
}

TEST(DecodeReceipt, OperatorIdIsRequired) {
  EXPECT_EQ(bad(R"({"operatorMessageId":"1"})"), "missing_field");
  EXPECT_EQ(bad(R"({"operatorId":null,"operatorMessageId":"1"})"), "wrong_type");
  EXPECT_EQ(bad(R"({"operatorId":7,"operatorMessageId":"1"})"), "wrong_type");
}

TEST(DecodeReceipt, OperatorIdHas1To64CharactersOfItsAlphabet) {
  const auto of = [](std::string_view id) { return "{" + field("operatorId", id) + R"(,"operatorMessageId":"1"})"; };
  EXPECT_EQ(good(of(repeat("a", 64))).operator_id.size(), 64U);
  EXPECT_EQ(bad(of(repeat("a", 65))), "out_of_bounds");
  EXPECT_EQ(bad(of("")), "out_of_bounds");
  EXPECT_EQ(bad(of("a b")), "out_of_bounds");
  EXPECT_EQ(bad(of("\xC3\xA9")), "out_of_bounds");
  EXPECT_EQ(bad(of("a\\u0000")), "control_character");
}

TEST(DecodeReceipt, OperatorMessageIdHas1To255Characters) {
  const auto of = [](std::string_view id) { return R"({"operatorId":"a",)" + field("operatorMessageId", id) + "}"; };
  EXPECT_EQ(good(of(repeat("9", 255))).operator_message_id.size(), 255U);
  EXPECT_EQ(good(of(repeat("\xC3\xA9", 255))).operator_message_id.size(), 510U);
  EXPECT_EQ(bad(of(repeat("9", 256))), "out_of_bounds");
  EXPECT_EQ(bad(of("")), "out_of_bounds");
  EXPECT_EQ(bad(of("1\\u0000")), "control_character");
  EXPECT_EQ(bad(of("1\\n")), "control_character");
  EXPECT_EQ(bad(of("1\x7F")), "control_character");
  EXPECT_EQ(bad(of("1\\u0085")), "control_character");
  EXPECT_EQ(good(of(" 1 ")).operator_message_id, " 1 ");  // opaque
}

TEST(DecodeReceipt, AnIntegerOperatorMessageIdBecomesItsDecimalText) {
  const auto of = [](std::string_view number) {
    return R"({"operatorId":"a","operatorMessageId":)" + std::string(number) + "}";
  };
  EXPECT_EQ(good(of("0")).operator_message_id, "0");
  EXPECT_EQ(good(of("-12")).operator_message_id, "-12");
  EXPECT_EQ(good(of("18446744073709551615")).operator_message_id, "18446744073709551615");
  EXPECT_EQ(good(of("184467440737095516160000000001")).operator_message_id, "184467440737095516160000000001");
  EXPECT_EQ(good(of(repeat("7", 255))).operator_message_id, repeat("7", 255));
  EXPECT_EQ(bad(of(repeat("7", 256))), "out_of_bounds");
  EXPECT_EQ(bad(of("1.0")), "wrong_type");
  EXPECT_EQ(bad(of("1e3")), "wrong_type");
  EXPECT_EQ(bad(of("true")), "wrong_type");
  EXPECT_EQ(bad(of("[1]")), "wrong_type");
  EXPECT_EQ(bad(of("{}")), "wrong_type");
}

TEST(DecodeReceipt, RawStatHasAtMost64Characters) {
  EXPECT_EQ(good(with(field("rawStat", repeat("S", 64)))).raw_stat.size(), 64U);
  EXPECT_EQ(good(with(field("rawStat", ""))).raw_stat, "");
  EXPECT_EQ(bad(with(field("rawStat", repeat("S", 65)))), "out_of_bounds");
  EXPECT_EQ(bad(with(field("rawStat", "A\\u0001"))), "control_character");
  EXPECT_EQ(bad(with("\"rawStat\":2")), "wrong_type");
}

TEST(DecodeReceipt, MessageStateIsAnIntegerFrom0To255) {
  EXPECT_EQ(good(with("\"messageState\":0")).message_state, 0);
  EXPECT_EQ(good(with("\"messageState\":255")).message_state, 255);
  EXPECT_FALSE(good(with("")).message_state);
  EXPECT_EQ(bad(with("\"messageState\":256")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":-1")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":99999999999999999999999")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":2.0")), "wrong_type");
  EXPECT_EQ(bad(with("\"messageState\":\"2\"")), "wrong_type");
}

TEST(DecodeReceipt, ErrorCodeHasAtMost32Characters) {
  EXPECT_EQ(good(with(field("errorCode", repeat("0", 32)))).error_code.size(), 32U);
  EXPECT_EQ(bad(with(field("errorCode", repeat("0", 33)))), "out_of_bounds");
  EXPECT_EQ(bad(with(field("errorCode", "\\u0000"))), "control_character");
  EXPECT_EQ(bad(with("\"errorCode\":0")), "wrong_type");
}

TEST(DecodeReceipt, NetworkErrorCodeHasAtMost16Characters) {
  EXPECT_EQ(good(with(field("networkErrorCode", repeat("0", 16)))).network_error_code.size(), 16U);
  EXPECT_EQ(bad(with(field("networkErrorCode", repeat("0", 17)))), "out_of_bounds");
  EXPECT_EQ(bad(with(field("networkErrorCode", "\\u0000"))), "control_character");
}

TEST(DecodeReceipt, SubmitAndDoneDateHaveAtMost32Characters) {
  for (const std::string_view name : {"submitDate", "doneDate"}) {
    good(with(field(name, repeat("2", 32))));
    EXPECT_EQ(bad(with(field(name, repeat("2", 33)))), "out_of_bounds");
    EXPECT_EQ(bad(with(field(name, "\\u0000"))), "control_character");
    EXPECT_EQ(bad(with("\"" + std::string(name) + "\":2609140101")), "wrong_type");
  }
}

TEST(DecodeReceipt, DlrTimestampIsRfc3339) {
  EXPECT_EQ(bad(with(field("dlrTimestamp", "2609140101"))), "out_of_bounds");
  EXPECT_EQ(bad(with(field("dlrTimestamp", "2026-02-30T00:00:00Z"))), "out_of_bounds");
  EXPECT_EQ(bad(with("\"dlrTimestamp\":1790000000")), "wrong_type");
  EXPECT_FALSE(good(with("")).dlr_timestamp_us);
}

TEST(DecodeReceipt, AMissingReceivedAtIsReplacedAndFlagged) {
  const Inbound in = good(with(""));
  EXPECT_EQ(in.received_at_us, kStreamTimeUs);
  EXPECT_TRUE(flagged(in, kFlagReceivedAtReplaced));
}

TEST(DecodeReceipt, ABadReceivedAtIsReplacedAndFlagged) {
  for (const std::string_view text : {"", "yesterday", "2026-13-01T00:00:00Z"}) {
    const Inbound in = good(with(field("receivedAt", text)));
    EXPECT_EQ(in.received_at_us, kStreamTimeUs);
    EXPECT_TRUE(flagged(in, kFlagReceivedAtReplaced));
  }
  EXPECT_EQ(bad(with("\"receivedAt\":1790000000")), "wrong_type");
}

TEST(DecodeReceipt, ReceivedAtMayBe5MinutesAfterTheStreamTime) {
  const std::int64_t limit = kStreamTimeUs + 300'000'000;
  const Inbound in = good(with(at_time(limit)));
  EXPECT_EQ(in.received_at_us, limit);
  EXPECT_TRUE(in.flags.empty());
  const Inbound late = good(with(at_time(limit + 1)));
  EXPECT_EQ(late.received_at_us, kStreamTimeUs);
  EXPECT_TRUE(flagged(late, kFlagReceivedAtReplaced));
}

TEST(DecodeReceipt, ReceivedAtMayBe72HoursBeforeTheStreamTime) {
  const std::int64_t limit = kStreamTimeUs - 72LL * 3600 * 1'000'000;
  EXPECT_EQ(good(with(at_time(limit))).received_at_us, limit);
  const Inbound old = good(with(at_time(limit - 1)));
  EXPECT_EQ(old.received_at_us, kStreamTimeUs);
  EXPECT_TRUE(flagged(old, kFlagReceivedAtReplaced));
}

TEST(DecodeReceipt, AddressesHaveAtMost32Characters) {
  for (const std::string_view name : {"sourceAddr", "destAddr"}) {
    good(with(field(name, repeat("4", 32))));
    EXPECT_EQ(bad(with(field(name, repeat("4", 33)))), "out_of_bounds");
    EXPECT_EQ(bad(with("\"" + std::string(name) + "\":4915")), "wrong_type");
  }
}

TEST(DecodeReceipt, ControlCharactersInAddressesAreReplacedAndFlagged) {
  const Inbound in = good(with(R"("sourceAddr":"A\u0000B","destAddr":"4\t9")"));
  EXPECT_EQ(in.source_addr, "A B");
  EXPECT_EQ(in.dest_addr, "4 9");
  EXPECT_EQ(std::ranges::count(in.flags, kFlagControlCharsReplaced), 1);
}

TEST(DecodeReceipt, RawReceiptHasAtMost4096Characters) {
  good(with(field("rawReceipt", repeat("r", 4096))));
  EXPECT_EQ(bad(with(field("rawReceipt", repeat("r", 4097)))), "out_of_bounds");
  EXPECT_EQ(bad(with("\"rawReceipt\":[]")), "wrong_type");
}

TEST(DecodeReceipt, ControlCharactersInRawReceiptAreReplacedAndFlagged) {
  const Inbound in = good(with(R"("rawReceipt":"id:1\u0000stat:X\n\u007f\u0085\u00a0end")"));
  EXPECT_EQ(in.raw_receipt,
            "id:1 stat:X   \xC2\xA0"
            "end");
  EXPECT_TRUE(flagged(in, kFlagControlCharsReplaced));
  EXPECT_FALSE(flagged(good(with(field("rawReceipt", "clean"))), kFlagControlCharsReplaced));
}

TEST(DecodeReceipt, AtMost64Tlvs) {
  const auto of = [](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) {
      constexpr std::string_view kHex = "0123456789abcdef";
      list += i == 0 ? "\"0x14" : ",\"0x14";
      list += kHex[static_cast<std::size_t>(i) / 16];
      list += kHex[static_cast<std::size_t>(i) % 16];
      list += "\":\"00\"";
    }
    return with("\"tlvs\":{" + list + "}");
  };
  EXPECT_EQ(good(of(64)).tlvs.size(), 64U);
  EXPECT_EQ(bad(of(65)), "out_of_bounds");
}

TEST(DecodeReceipt, TlvKeysAre0xAndFourHexDigits) {
  EXPECT_EQ(good(with(R"("tlvs":{"0xABcd":""})")).tlvs[0].tag, 0xABCD);
  for (const std::string_view key : {"", "0x1E", "0x001E0", "001E", "0X001E", "0x00 E", "30"})
    EXPECT_EQ(bad(with("\"tlvs\":{" + field(key, "00") + "}")), "out_of_bounds") << key;
}

TEST(DecodeReceipt, TlvValuesAreEvenHexUpTo65535Bytes) {
  const auto of = [](std::string_view value) { return with("\"tlvs\":{" + field("0x0424", value) + "}"); };
  EXPECT_EQ(good(of(repeat("aF", 65535))).tlvs[0].hex.size(), 131070U);
  EXPECT_EQ(bad(of(repeat("aF", 65536))), "out_of_bounds");
  EXPECT_EQ(bad(of("abc")), "out_of_bounds");
  EXPECT_EQ(bad(of("zz")), "out_of_bounds");
  EXPECT_EQ(bad(with(R"("tlvs":{"0x0424":1})")), "wrong_type");
  EXPECT_EQ(bad(with(R"("tlvs":{"0x0424":{"a":1}})")), "wrong_type");
  EXPECT_EQ(bad(with(R"("tlvs":[])")), "wrong_type");
  EXPECT_EQ(bad(with(R"("tlvs":"0x0424")")), "wrong_type");
}

TEST(DecodeReceipt, SegmentNeedsIndexAndTotalFrom1To255) {
  EXPECT_EQ(good(with(R"("segment":{"index":255,"total":255,"ref":65535})")).segment->ref, 65535);
  EXPECT_EQ(good(with(R"("segment":{"index":1,"total":1,"other":"x"})")).segment->ref, 0);
  EXPECT_EQ(good(with(R"("segment":{"index":1,"total":1,"ref":")" + repeat("a", 32) + "\"}")).segment->ref, 0);
  EXPECT_EQ(bad(with(R"("segment":{"index":1,"total":1,"ref":")" + repeat("a", 33) + "\"}")), "out_of_bounds");
  for (const std::string_view text :
       {R"({"index":0,"total":1})", R"({"index":1,"total":0})", R"({"index":256,"total":1})",
        R"({"index":1,"total":256})", R"({"index":3,"total":2})", R"({"index":1,"total":1,"ref":65536})",
        R"({"index":1,"total":1,"ref":-1})"})
    EXPECT_EQ(bad(with("\"segment\":" + std::string(text))), "out_of_bounds") << text;
  for (const std::string_view text : {R"({})", R"({"index":1})", R"({"total":1})"})
    EXPECT_EQ(bad(with("\"segment\":" + std::string(text))), "missing_field") << text;
  for (const std::string_view text :
       {R"({"index":"1","total":1})", R"({"index":1,"total":1,"ref":[]})", "[]", "1", "null"})
    EXPECT_EQ(bad(with("\"segment\":" + std::string(text))), "wrong_type") << text;
}

TEST(DecodeReceipt, EsmClassConnectorIdAndSchemaVersion) {
  EXPECT_EQ(bad(with("\"esmClass\":256")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"esmClass\":\"4\"")), "wrong_type");
  good(with(field("connectorId", repeat("c", 64))));
  EXPECT_EQ(bad(with(field("connectorId", repeat("c", 65)))), "out_of_bounds");
  good(with(field("schemaVersion", repeat("1", 16))));
  EXPECT_EQ(bad(with(field("schemaVersion", repeat("1", 17)))), "out_of_bounds");
  EXPECT_EQ(bad(with("\"schemaVersion\":{}")), "wrong_type");
}

}  // namespace
}  // namespace dlrgw::host
