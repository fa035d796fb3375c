// SPDX-License-Identifier: Apache-2.0
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
  EXPECT_EQ(bad(R"({"operatorId":null,"operatorMessageId":"1"})"), "missing_field");
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
  EXPECT_EQ(bad(of("1\\u00002")), "control_character");
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
  EXPECT_EQ(bad(with("\"rawStat\":[]")), "wrong_type");
}

TEST(DecodeReceipt, MessageStateIsAnIntegerFrom0To255) {
  EXPECT_EQ(good(with("\"messageState\":0")).message_state, 0);
  EXPECT_EQ(good(with("\"messageState\":255")).message_state, 255);
  EXPECT_FALSE(good(with("")).message_state);
  EXPECT_EQ(bad(with("\"messageState\":256")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":-1")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":99999999999999999999999")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":2.0")), "wrong_type");
  EXPECT_EQ(bad(with("\"messageState\":\"two\"")), "out_of_bounds");
  EXPECT_EQ(bad(with("\"messageState\":\"256\"")), "out_of_bounds");
}

TEST(DecodeReceipt, ErrorCodeHasAtMost32Characters) {
  EXPECT_EQ(good(with(field("errorCode", repeat("0", 32)))).error_code.size(), 32U);
  EXPECT_EQ(bad(with(field("errorCode", repeat("0", 33)))), "out_of_bounds");
  EXPECT_EQ(bad(with(field("errorCode", "\\u0000"))), "control_character");
  EXPECT_EQ(bad(with("\"errorCode\":0.5")), "wrong_type");
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
  }
}

TEST(DecodeReceipt, ADateWithAControlCharacterIsDroppedAndFlagged) {
  const Inbound in = good(with(R"("submitDate":"2611300119\u0000","doneDate":"26\n1130")"));
  EXPECT_EQ(in.submit_date, "");
  EXPECT_EQ(in.done_date, "");
  EXPECT_TRUE(flagged(in, kFlagSubmitDateDropped));
  EXPECT_TRUE(flagged(in, kFlagDoneDateDropped));
}

TEST(DecodeReceipt, DlrTimestampIsRfc3339OrUnixTime) {
  for (const std::string_view time :
       {"\"2026-09-21T14:13:20Z\"", "\"2026-09-21 14:13:20.000000000+00:00\"", "\"2026-09-21T19:43:20+0530\"",
        "\"2026-09-21T19:13:20+05\"", "1790000000", "1790000000000"}) {
    const Inbound in = good(with("\"dlrTimestamp\":" + std::string(time)));
    EXPECT_EQ(in.dlr_timestamp_us, 1'790'000'000'000'000) << time;
    EXPECT_FALSE(flagged(in, kFlagDlrTimestampDropped)) << time;
  }
  EXPECT_FALSE(good(with("")).dlr_timestamp_us);
}

TEST(DecodeReceipt, ATimeThatCannotBeReadIsDroppedAndFlagged) {
  for (const std::string_view value : {"\"\"", "\"2609140101\"", "\"2026-02-30T00:00:00Z\"", "\"yesterday\"", "12",
                                       "1.5", "true", "{}", "[1]", "-790000000"}) {
    const Inbound in = good(with("\"dlrTimestamp\":" + std::string(value)));
    EXPECT_FALSE(in.dlr_timestamp_us) << value;
    EXPECT_TRUE(flagged(in, kFlagDlrTimestampDropped)) << value;
  }
  for (const std::string_view value : {"1.5", "true", "{}", "[1]"}) {
    EXPECT_TRUE(flagged(good(with("\"doneDate\":" + std::string(value))), kFlagDoneDateDropped)) << value;
    EXPECT_TRUE(flagged(good(with("\"submitDate\":" + std::string(value))), kFlagSubmitDateDropped)) << value;
    EXPECT_TRUE(flagged(good(with("\"receivedAt\":" + std::string(value))), kFlagReceivedAtReplaced)) << value;
  }
}

// Producers write null for what they do not have.
TEST(DecodeReceipt, NullIsAbsent) {
  const Inbound in = good(with(
      R"("eventId":null,"rawStat":null,"messageState":null,"errorCode":null,"networkErrorCode":null,"submitDate":null,)"
      R"("doneDate":null,"dlrTimestamp":null,"receivedAt":null,"sourceAddr":null,"destAddr":null,"rawReceipt":null,)"
      R"("tlvs":null,"segment":null,"esmClass":null,"connectorId":null,"schemaVersion":null)"));
  EXPECT_EQ(in.event_id, default_event_id(kContext.stream_identity, 7));
  EXPECT_FALSE(in.message_state);
  EXPECT_FALSE(in.segment);
  EXPECT_FALSE(in.esm_class);
  EXPECT_EQ(in.flags, std::vector<std::string>{std::string(kFlagReceivedAtReplaced)}) << "as a missing one";
  EXPECT_EQ(good(with(R"("tlvs":{"0x001E":null,"0x0427":"02"})")).tlvs.size(), 1U);
  EXPECT_EQ(good(with(R"("segment":{"index":1,"total":1,"ref":null})")).segment->ref, 0);
  EXPECT_FALSE(good(with(R"("segment":{"index":null,"total":null,"ref":null})")).segment);
  EXPECT_EQ(bad(with(R"("segment":{"index":1,"total":null})")), "missing_field");
  EXPECT_EQ(bad(with(R"("segment":{"index":null,"total":null,"ref":7})")), "missing_field");
  EXPECT_EQ(bad("null"), "not_an_object");
}

TEST(DecodeReceipt, IntegersMayBeTexts) {
  const Inbound in = good(with(R"("messageState":"2","esmClass":" 0x20 ","segment":{"index":"2","total":"3"})"));
  EXPECT_EQ(in.message_state, 2);
  EXPECT_EQ(in.esm_class, 0x20);
  EXPECT_EQ(in.segment->index, 2);
  EXPECT_EQ(in.segment->total, 3);
  EXPECT_TRUE(flagged(good(with(R"("messageState":"")")), kFlagMessageStateDropped));
}

TEST(DecodeReceipt, TextsThatAreNumbersMayBeIntegers) {
  const Inbound in = good(with(R"("rawStat":2,"errorCode":0,"networkErrorCode":11,"submitDate":2609140100,)"
                               R"("doneDate":2609140101,"sourceAddr":447000000001,"destAddr":1234,"connectorId":3)"));
  EXPECT_EQ(in.raw_stat, "2");
  EXPECT_EQ(in.error_code, "0");
  EXPECT_EQ(in.network_error_code, "11");
  EXPECT_EQ(in.submit_date, "2609140100");
  EXPECT_EQ(in.done_date, "2609140101");
  EXPECT_EQ(in.source_addr, "447000000001");
  EXPECT_EQ(in.dest_addr, "1234");
  EXPECT_EQ(in.connector_id, "3");
}

TEST(DecodeReceipt, TheNulsBehindAnIdAreCut) {
  const auto of = [](std::string_view id) { return R"({"operatorId":"a",)" + field("operatorMessageId", id) + "}"; };
  const Inbound in = good(of("ab\\u0000\\u0000"));
  EXPECT_EQ(in.operator_message_id, "ab");
  EXPECT_TRUE(flagged(in, kFlagIdNulCut));
  EXPECT_EQ(good(of("\\u0000")).operator_message_id, "") << "no id at all";
  EXPECT_EQ(bad(of("a\\u0000b\\u0000")), "control_character");
}

TEST(DecodeReceipt, HalfASurrogatePairIsReplacedAndFlagged) {
  for (const std::string_view half : {"\\ud83d", "\\uDE00", "\\ud83d\\u0041", "\\ud83dx", "\\ude00\\ud83d"}) {
    const Inbound in = good(with(field("rawReceipt", "Hi " + std::string(half))));
    EXPECT_TRUE(in.raw_receipt.starts_with("Hi \xEF\xBF\xBD")) << half;
    EXPECT_TRUE(flagged(in, kFlagSurrogateReplaced)) << half;
  }
  for (const std::string_view whole : {"\\ud83d\\ude00", "\\\\ud83d", "\\u00e4"})
    EXPECT_FALSE(flagged(good(with(field("rawReceipt", whole))), kFlagSurrogateReplaced)) << whole;
  EXPECT_EQ(bad(with(field("rawReceipt", "\\ud83"))), "malformed_json");
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
  const Inbound in = good(with("\"receivedAt\":1780000000"));
  EXPECT_EQ(in.received_at_us, kStreamTimeUs);
  EXPECT_TRUE(flagged(in, kFlagReceivedAtReplaced));
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

TEST(DecodeReceipt, AReceivedAtThatIsRightIsTakenFromAnyTime) {
  DecodeContext context = kContext;
  context.received_at_is_right = true;
  const auto decoded = decode_receipt(with(at_time(kStreamTimeUs - 9'000'000'000'000)), context);
  EXPECT_EQ(std::get<Inbound>(decoded).received_at_us, kStreamTimeUs - 9'000'000'000'000);
  EXPECT_EQ(std::get<Inbound>(decode_receipt(with(""), context)).received_at_us, kStreamTimeUs);
}

TEST(DecodeReceipt, AddressesHaveAtMost32Characters) {
  for (const std::string_view name : {"sourceAddr", "destAddr"}) {
    good(with(field(name, repeat("4", 32))));
    EXPECT_EQ(bad(with(field(name, repeat("4", 33)))), "out_of_bounds");
    EXPECT_EQ(bad(with("\"" + std::string(name) + "\":49.5")), "wrong_type");
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
  EXPECT_EQ(in.receipt_as_received, std::string("id:1\0stat:X\n\x7F\xC2\x85\xC2\xA0"
                                                "end",
                                                20));
  EXPECT_TRUE(flagged(in, kFlagControlCharsReplaced));
  const Inbound clean = good(with(field("rawReceipt", "clean")));
  EXPECT_FALSE(flagged(clean, kFlagControlCharsReplaced));
  EXPECT_EQ(clean.receipt_as_received, "") << "the same text is not kept twice";
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
  for (const std::string_view text : {R"({"index":[],"total":1})", R"({"index":1,"total":1,"ref":[]})", "[]", "1"})
    EXPECT_EQ(bad(with("\"segment\":" + std::string(text))), "wrong_type") << text;
}

TEST(DecodeReceipt, EsmClassConnectorIdAndSchemaVersion) {
  EXPECT_EQ(bad(with("\"esmClass\":256")), "out_of_bounds");
  // It decides about money: what cannot be read is no receipt.
  for (const std::string_view value : {"\"\"", "\"four\"", "\"256\"", "-1", "\"0x\"", "\"0x100\""})
    EXPECT_EQ(bad(with("\"esmClass\":" + std::string(value))), "out_of_bounds") << value;
  for (const std::string_view value : {"4.0", "true", "[]", "{}"})
    EXPECT_EQ(bad(with("\"esmClass\":" + std::string(value))), "wrong_type") << value;
  good(with(field("connectorId", repeat("c", 64))));
  EXPECT_EQ(bad(with(field("connectorId", repeat("c", 65)))), "out_of_bounds");
  for (const std::string_view value : {"a b", "a/b", "\xC3\xA9"})
    EXPECT_EQ(bad(with(field("connectorId", value))), "out_of_bounds") << value;
  EXPECT_EQ(bad(with(field("connectorId", "a\\u0000"))), "control_character");
  good(with(field("schemaVersion", repeat("1", 16))));
  EXPECT_EQ(bad(with(field("schemaVersion", repeat("1", 17)))), "out_of_bounds");
  EXPECT_EQ(bad(with("\"schemaVersion\":{}")), "wrong_type");
}

}  // namespace
}  // namespace dlrgw::host
