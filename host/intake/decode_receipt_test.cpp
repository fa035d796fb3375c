// One test per bound of the inbound contract: the last value that passes, the first that does not.
#include "intake/decode_receipt.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "support/time_text.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kStreamTimeUs = 1'790'000'000'000'000;
const DecodeContext kContext{"SMS_DLR@2026-01-01T00:00:00Z", 7, kStreamTimeUs};
constexpr std::string_view kMinimal = R"("operatorId":"mno-a","operatorMessageId":"id-1")";

std::string with(std::string_view fields) {
  std::string text = "{" + std::string(kMinimal);
  if (!fields.empty()) text += "," + std::string(fields);
  return text + "}";
}
std::string field(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}
std::string repeat(std::string_view what, std::size_t times) {
  std::string out;
  while (times-- > 0) out += what;
  return out;
}
std::string at_time(std::int64_t us) {
  std::string out;
  append_rfc3339_us(out, us);
  return field("receivedAt", out);
}
Inbound good(std::string_view payload) {
  DecodeResult result = decode_receipt(payload, kContext);
  if (auto* failure = std::get_if<DecodeFailure>(&result)) {
    ADD_FAILURE() << to_string(failure->reason) << ": " << failure->detail;
    return {};
  }
  return std::get<Inbound>(std::move(result));
}
DecodeFailure failure_of(std::string_view payload) {
  DecodeResult result = decode_receipt(payload, kContext);
  if (std::holds_alternative<Inbound>(result)) {
    ADD_FAILURE() << "was accepted";
    return {DecodeReason::kTooLarge, "accepted", {}, {}};
  }
  return std::get<DecodeFailure>(std::move(result));
}
std::string_view bad(std::string_view payload) { return to_string(failure_of(payload).reason); }
bool flagged(const Inbound& in, std::string_view flag) { return std::ranges::find(in.flags, flag) != in.flags.end(); }

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
  EXPECT_EQ(bad(with(field("rawReceipt", "\\ud800"))), "malformed_json");
  EXPECT_EQ(bad(with(field("rawReceipt", "raw\nnewline"))), "malformed_json");
  EXPECT_EQ(bad(with("/* no */\"a\":1")), "malformed_json");
  good(" \n" + with("") + "\r\n\t ");
}

TEST(DecodeReceipt, TheRootIsAnObject) {
  for (const std::string_view text : {"[]", "\"a\"", "1", "-1.5", "true", "null", "[{\"operatorId\":\"a\"}]"})
    EXPECT_EQ(bad(text), "not_an_object") << text;
}

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

TEST(DecodeReceipt, C1SomeSourceOfAnIdIsRequired) {
  EXPECT_EQ(bad(R"({"operatorId":"a","rawStat":"X"})"), "missing_id");
  EXPECT_EQ(bad(R"({"operatorId":"a","rawReceipt":""})"), "missing_id");
  EXPECT_EQ(bad(R"({"operatorId":"a","tlvs":{"0x0427":"02"}})"), "missing_id");
  EXPECT_EQ(bad(R"({"operatorId":"a","tlvs":{"0x001E":""}})"), "missing_id");
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
      R"({"rawStat":7,"operatorId":"mno-a","eventId":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","operatorMessageId":"1"})");
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
