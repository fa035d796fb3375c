// SPDX-License-Identifier: Apache-2.0
#include "normalise.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kReceived = 1'795'412'740'000'000;  // 2026-11-23 05:45:40 UTC
constexpr std::int64_t kHour = 3'600'000'000;

Received received(std::string_view raw = {}) {
  Received in;
  in.received_at_us = kReceived;
  in.raw_receipt = raw;
  return in;
}

std::string flags(const Canonical& c) {
  std::string out;
  for (const std::string_view f : c.flags) (out += out.empty() ? "" : ",") += f;
  return out;
}

TEST(Normalise, TextAlone) {
  const Canonical c = normalise(
      received("id:7f sub:001 dlvrd:001 submit date:2611230540 done date:2611230545 stat:delivrd err:000 text:x"), {},
      {});
  EXPECT_EQ(c.status, DlrStatus::kDelivered);
  EXPECT_EQ(c.raw, "DELIVRD");
  EXPECT_EQ(c.raw_status, "delivrd");
  ASSERT_EQ(c.ids.size(), 1U);
  EXPECT_EQ(c.ids[0].id, "7f");
  EXPECT_EQ(c.operator_message_id, "7f");
  EXPECT_EQ(c.error_code, "000");
  EXPECT_EQ(c.dlr_timestamp_us, kReceived - 40'000'000);
  EXPECT_EQ(flags(c), "");
}

TEST(Normalise, EventFieldsBeatTlvsBeatText) {
  Received in = received("id:body stat:DELIVRD err:9");
  in.tlv_receipted_message_id = "746C7600";
  in.tlv_message_state = "05";
  in.tlv_network_error_code = "03000B";
  Canonical c = normalise(in, {}, {});
  EXPECT_EQ(c.status, DlrStatus::kUndelivered);
  EXPECT_EQ(c.raw, "state:5");
  EXPECT_EQ(c.raw_status, "");
  EXPECT_EQ(c.message_state, 5U);
  EXPECT_EQ(c.network_error_code, "03000b");
  ASSERT_EQ(c.ids.size(), 2U);
  EXPECT_EQ(c.ids[0].id, "tlv");
  EXPECT_EQ(c.ids[1].id, "body");
  EXPECT_EQ(c.ids[1].rank, 1U);

  in.message_state = 8;
  EXPECT_EQ(normalise(in, {}, {}).status, DlrStatus::kRejected);
  in.raw_status = " EXPIRED ";
  in.operator_message_id = "field";
  in.error_code = "77";
  in.network_error_code = "x";
  c = normalise(in, {}, {});
  EXPECT_EQ(c.status, DlrStatus::kExpired);
  EXPECT_EQ(c.raw, "EXPIRED");
  EXPECT_EQ(c.ids[0].id, "field");
  EXPECT_EQ(c.ids.size(), 3U);
  EXPECT_EQ(c.error_code, "77");
  EXPECT_EQ(c.network_error_code, "x");
}

TEST(Normalise, BlankRawStatusIsNone) {
  Received in = received("id:1 stat:FAILED");
  in.raw_status = "  ";
  EXPECT_EQ(normalise(in, {}, {}).status, DlrStatus::kFailed);
}

TEST(Normalise, NoSourceOfAStatusIsUnknownAndNotCounted) {
  const Canonical c = normalise(received("id:1 err:5"), {}, {});
  EXPECT_EQ(c.status, DlrStatus::kUnknown);
  EXPECT_EQ(c.raw, "");
  EXPECT_FALSE(c.unrecognised_stat);
  EXPECT_TRUE(normalise(received("id:1 stat:ENROUTE"), {}, {}).unrecognised_stat);
}

TEST(Normalise, TheTextBeforeTheTlvsWhenTheProfileSaysSo) {
  Profile profile;
  profile.text_before_tlvs = true;
  Received in = received("id:body stat:UNDELIV");
  in.tlv_receipted_message_id = "746C7600";
  in.tlv_message_state = "02";
  Canonical c = normalise(in, profile, {});
  EXPECT_EQ(c.status, DlrStatus::kUndelivered);
  EXPECT_EQ(c.raw, "UNDELIV");
  EXPECT_EQ(c.operator_message_id, "body");
  ASSERT_EQ(c.ids.size(), 2U);
  EXPECT_EQ(c.ids[0].id, "body");
  EXPECT_EQ(c.ids[1].id, "tlv");
  in.tlv_message_state = {};
  in.message_state = 2;  // the same TLV, read by the connector
  EXPECT_EQ(normalise(in, profile, {}).status, DlrStatus::kUndelivered);
  EXPECT_EQ(normalise(in, {}, {}).status, DlrStatus::kDelivered);
  in.raw_receipt = "id:body err:1";
  EXPECT_EQ(normalise(in, profile, {}).status, DlrStatus::kDelivered);
  in.raw_status = "EXPIRED";
  EXPECT_EQ(normalise(in, profile, {}).status, DlrStatus::kExpired);
}

TEST(Normalise, AReceiptInUtf16IsRead) {
  std::string wide;
  for (const char c : std::string("id:7f stat:EXPIRED err:11 done date:2611230545")) (wide += ' ') += c;
  Canonical c = normalise(received(wide), {}, {});
  EXPECT_EQ(c.status, DlrStatus::kExpired);
  ASSERT_EQ(c.ids.size(), 1U);
  EXPECT_EQ(c.ids[0].id, "7f");
  EXPECT_EQ(c.error_code, "11");
  EXPECT_EQ(c.dlr_timestamp_us, kReceived - 40'000'000);
}

TEST(Normalise, MessagePayloadIsReadWhereTheTextSaysNothing) {
  Received in = received();
  in.tlv_message_payload = "69643A3720737461743A44454C49565244";  // id:7 stat:DELIVRD
  Canonical c = normalise(in, {}, {});
  EXPECT_EQ(c.status, DlrStatus::kDelivered);
  EXPECT_EQ(c.ids.at(0).id, "7");
  in.tlv_message_payload = "00690064003A0037002000730074006100740020003A0045005800500049005200450044";
  EXPECT_EQ(normalise(in, {}, {}).status, DlrStatus::kExpired);
  in.raw_receipt = "id:8 stat:FAILED";
  c = normalise(in, {}, {});
  EXPECT_EQ(c.status, DlrStatus::kFailed);
  EXPECT_EQ(c.ids.at(0).id, "8");
  EXPECT_EQ(c.ids.size(), 1U);
  in.raw_receipt = "not a receipt";
  in.tlv_message_payload = "6E6F746869xx";
  EXPECT_TRUE(normalise(in, {}, {}).ids.empty());
}

TEST(Normalise, NoUsableIdLeavesNoCandidate) {
  EXPECT_TRUE(normalise(received("sub:001 stat:UNDELIV err:000"), {}, {}).ids.empty());
  EXPECT_TRUE(normalise(received("id: sub:001 stat:UNDELIV"), {}, {}).ids.empty());
  EXPECT_TRUE(normalise(received("id:" + std::string(256, '7') + " stat:UNDELIV"), {}, {}).ids.empty());
  Received in = received();
  in.tlv_receipted_message_id = "00";
  EXPECT_TRUE(normalise(in, {}, {}).ids.empty());
}

TEST(Normalise, LongValuesOfTheTextAreCutAtACharacter) {
  const std::string stat = std::string(63, 'x') + "\xC3\xA4";
  const Canonical c = normalise(received("id:1 stat:" + stat + " err:" + std::string(40, 'e')), {}, {});
  EXPECT_EQ(c.raw_status, stat) << "64 characters";
  EXPECT_EQ(normalise(received("id:1 stat:x" + stat), {}, {}).raw_status, "x" + std::string(63, 'x'));
  EXPECT_EQ(c.error_code, std::string(32, 'e'));
}

TEST(Normalise, TimesFallThroughToThePlausibleOne) {
  Received in = received("id:1 stat:DELIVRD done date:2611230545");
  in.done_date = "9902310000";
  in.dlr_timestamp_us = kReceived + 48 * kHour;
  Canonical c = normalise(in, {}, {});
  EXPECT_EQ(c.dlr_timestamp_us, kReceived - 40'000'000);
  EXPECT_EQ(flags(c), "implausible_date");
  EXPECT_EQ(c.done_date, "9902310000");
  in.raw_receipt = "id:1 stat:DELIVRD done date:7001010000";
  EXPECT_EQ(normalise(in, {}, {}).dlr_timestamp_us, std::nullopt);
  in.dlr_timestamp_us = kReceived - kHour;
  c = normalise(in, {}, {});
  EXPECT_EQ(c.dlr_timestamp_us, kReceived - kHour);
  EXPECT_EQ(flags(c), "");
}

TEST(Normalise, ProfileAppliesToWhatTheQuirkLeftAlone) {
  Profile profile;
  profile.ids = IdFormats{{IdBase::kDecimal}, {IdBase::kHex}, false};
  profile.aliases = {{"DELIVERED", DlrStatus::kDelivered}};
  profile.error_codes = {{"00B", "11"}};
  Received in = received("id:255 stat:Delivered err:00B");
  Canonical c = normalise(in, profile, {});
  EXPECT_EQ(c.status, DlrStatus::kDelivered);
  EXPECT_EQ(c.raw, "DELIVERED");
  EXPECT_EQ(c.ids.at(0).id, "ff");
  EXPECT_EQ(c.ids.at(1).id, "FF");
  EXPECT_EQ(c.ids.at(1).rank, 0U);
  EXPECT_EQ(c.operator_message_id, "255");
  EXPECT_EQ(c.error_code, "11");

  SetByQuirk quirk;
  quirk.status = DlrStatus::kRejected;
  quirk.candidates = {{"q1", 0}, {"q2", 0}};
  quirk.error_code = true;
  in.error_code = "00B";
  c = normalise(in, profile, quirk);
  EXPECT_EQ(c.status, DlrStatus::kRejected);
  EXPECT_FALSE(c.unrecognised_stat);
  ASSERT_EQ(c.ids.size(), 2U);
  EXPECT_EQ(c.ids[1].id, "q2");
  EXPECT_EQ(c.ids[1].rank, 0U);
  EXPECT_EQ(c.error_code, "00B");
}

TEST(Normalise, IdRewrittenByAQuirkIsFinal) {
  Profile profile;
  profile.ids = IdFormats{{IdBase::kDecimal}, {IdBase::kHex}, false};
  Received in = received("id:255 stat:DELIVRD");
  in.operator_message_id = "16";
  SetByQuirk quirk;
  quirk.operator_message_id = true;
  const Canonical c = normalise(in, profile, quirk);
  ASSERT_EQ(c.ids.size(), 1U);
  EXPECT_EQ(c.ids[0].id, "16");
}

TEST(Normalise, TimeOfAQuirkStandsWhateverItIs) {
  Received in = received("id:1 done date:2611230545");
  in.dlr_timestamp_us = kReceived + 480 * kHour;
  SetByQuirk quirk;
  quirk.dlr_timestamp = true;
  EXPECT_EQ(normalise(in, {}, quirk).dlr_timestamp_us, in.dlr_timestamp_us);
  in.dlr_timestamp_us.reset();
  EXPECT_EQ(normalise(in, {}, quirk).dlr_timestamp_us, std::nullopt);
}

TEST(Normalise, StatusFromBehindTheTextIsFlagged) {
  EXPECT_EQ(flags(normalise(received("id:1 text: stat:DELIVRD"), {}, {})), "stat_after_text");
  EXPECT_EQ(flags(normalise(received("stat:DELIVRD text:x id:1"), {}, {})), "id_after_text");
  Received in = received("id:1 text: stat:DELIVRD");
  in.message_state = 5;
  EXPECT_EQ(flags(normalise(in, {}, {})), "");
}

}  // namespace
}  // namespace dlrgw::normalise
