// SPDX-License-Identifier: Apache-2.0
#include "message_id.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

constexpr IdFormat kText{};
constexpr IdFormat kDecimal{IdBase::kDecimal, 0, IdCase::kKeep};
constexpr IdFormat kHex{IdBase::kHex, 0, IdCase::kKeep};
constexpr IdFormat kLowerHex{IdBase::kHex, 0, IdCase::kLower};

// The only spelling, or all of them.
std::string respelled(std::string_view id, const IdFormat& from, const IdFormat& to) {
  std::string out;
  for (const std::string& spelling : respell(id, from, to)) out += (out.empty() ? "" : " ") + spelling;
  return out;
}

TEST(Respell, DecimalAndHexBothWays) {
  EXPECT_EQ(respelled("1602718841", kDecimal, kLowerHex), "5f878c79");
  EXPECT_EQ(respelled("5F878C79", kHex, kDecimal), "1602718841");
  EXPECT_EQ(respelled("439906790520", kDecimal, {IdBase::kHex, 0, IdCase::kUpper}), "666C7CEC78");
  EXPECT_EQ(respelled("1a2B", kHex, kDecimal), "6699");
  EXPECT_EQ(respelled("0x1A2B3C4D", kHex, kHex), "1A2B3C4D");
}

TEST(Respell, AnyLength) {
  EXPECT_EQ(respelled("9007199254740993", kDecimal, kHex), "20000000000001");
  EXPECT_EQ(respelled("18446744073709551616", kDecimal, kHex), "10000000000000000");
  EXPECT_EQ(respelled("59071138615259880630", kDecimal, kLowerHex), "333c6d799286cdcb6");
  EXPECT_EQ(respelled("ffffffffffffffffffffffffffffffff", kHex, kDecimal), "340282366920938463463374607431768211455");
  const std::string long_id(255, '9');
  EXPECT_EQ(respelled(respelled(long_id, kDecimal, kLowerHex), kHex, kDecimal), long_id);
}

TEST(Respell, ZerosAndPadding) {
  EXPECT_EQ(respelled("0000706678557", kDecimal, kDecimal), "706678557");
  EXPECT_EQ(respelled("706678557", kDecimal, {IdBase::kDecimal, 13, IdCase::kKeep}), "0000706678557");
  EXPECT_EQ(respelled("0059113978", kDecimal, kLowerHex), "38601fa");
  EXPECT_EQ(respelled("38601FA", kHex, {IdBase::kHex, 8, IdCase::kUpper}), "038601FA");
  EXPECT_EQ(respelled("0059", kHex, kHex), "59");
  EXPECT_EQ(respelled("0000", kHex, kHex), "0");
  EXPECT_EQ(respelled("0", kDecimal, kHex), "0");
  EXPECT_EQ(respelled("0000", kDecimal, {IdBase::kHex, 2, IdCase::kKeep}), "00");
}

TEST(Respell, WhatIsNoNumberStaysAsReceived) {
  for (const char* id :
       {"4a38dc46-5125-4969-90be-72104c340d5c", "ns:12345", "1479978899.39", "", "0x", "-5", "12 3", "G1"}) {
    EXPECT_EQ(respelled(id, kHex, kDecimal), id);
  }
  EXPECT_EQ(respelled("1a2b", kDecimal, kHex), "1a2b");
}

TEST(Respell, TheZerosOfAUuidArePartOfIt) {
  const std::string uuid = "00c8e95355564713900c8f3b817f2c00";
  EXPECT_EQ(respelled(uuid, kHex, kHex), uuid);
  EXPECT_EQ(respelled(uuid, kHex, {IdBase::kHex, 8, IdCase::kUpper}), "00C8E95355564713900C8F3B817F2C00");
  EXPECT_EQ(respelled("00c8e953-5556-4713-900c-8f3b817f2c00", kHex, kHex), "00c8e953-5556-4713-900c-8f3b817f2c00");
}

TEST(Respell, HexOfAnUnknownCaseIsBoth) {
  EXPECT_EQ(respelled("439906790520", kDecimal, kHex), "666c7cec78 666C7CEC78");
  EXPECT_EQ(respelled("1602718841", kDecimal, {IdBase::kHex, 10, IdCase::kKeep}), "005f878c79 005F878C79");
  EXPECT_EQ(respelled("16", kDecimal, kHex), "10") << "no letters, one spelling";
  EXPECT_EQ(respelled("5F878c79", kHex, kHex), "5F878c79") << "hex stays as received";
}

TEST(Respell, WhatWouldGrowBeyondAnIdIsNotConverted) {
  const std::string longest(211, 'f');
  EXPECT_EQ(respelled(longest, kHex, kDecimal).size(), 255U);
  EXPECT_EQ(respelled(longest + "f", kHex, kDecimal), longest + "f");
}

TEST(Respell, TextChangesOnlyItsCase) {
  EXPECT_EQ(respelled("00aB", kText, {IdBase::kText, 0, IdCase::kUpper}), "00AB");
  EXPECT_EQ(respelled("00aB", kText, {IdBase::kText, 0, IdCase::kLower}), "00ab");
  EXPECT_EQ(respelled("00aB", kText, kText), "00aB");
}

std::string joined(const std::vector<IdCandidate>& ids) {
  std::string out;
  for (const IdCandidate& c : ids) out += (out.empty() ? "" : " ") + std::to_string(c.rank) + "=" + c.id;
  return out;
}

TEST(Candidates, FieldThenTlvThenBody) {
  EXPECT_EQ(joined(candidates_of({"f", "t", "b"}, std::nullopt)), "0=f 1=t 2=b");
  EXPECT_EQ(joined(candidates_of({"", "6000", "5000"}, std::nullopt)), "0=6000 1=5000");
  EXPECT_EQ(joined(candidates_of({"5000", "6000", "5000"}, std::nullopt)), "0=5000 1=6000");
  EXPECT_EQ(joined(candidates_of({"", "", "b"}, std::nullopt)), "0=b");
  EXPECT_TRUE(candidates_of({}, std::nullopt).empty());
}

TEST(Candidates, BodyBeforeTlvOnRequest) {
  EXPECT_EQ(joined(candidates_of({"f", "t", "b"}, std::nullopt, true)), "0=f 1=b 2=t");
  EXPECT_EQ(joined(candidates_of({"", "t", "b"}, IdFormats{kText, kText, false}, true)), "0=b 1=t");
}

TEST(Candidates, SpellingsOfOneIdShareTheirRank) {
  EXPECT_EQ(joined(candidates_of({"439906790520", "", "255"}, IdFormats{kDecimal, kHex, true})),
            "0=666c7cec78 0=666C7CEC78 1=ff 1=FF");
  EXPECT_EQ(joined(candidates_of({"255", "", "0255"}, IdFormats{kDecimal, kHex, true})), "0=ff 0=FF");
}

TEST(Candidates, FormatsConvertAndLeaveNoFallBack) {
  const IdFormats formats{kDecimal, kLowerHex, false};
  EXPECT_EQ(joined(candidates_of({"1602718841", "", ""}, formats)), "0=5f878c79");
  EXPECT_EQ(joined(candidates_of({"", "", "1602718841"}, formats)), "0=5f878c79");
  // The body is decimal, the TLV already the stored hex: one message, one candidate.
  EXPECT_EQ(joined(candidates_of({"", "38601fa", "0059113978"}, formats)), "0=38601fa");
  EXPECT_EQ(joined(candidates_of({"0059113978", "38601fa", "0059113978"}, formats)), "0=38601fa");
}

TEST(Candidates, TlvIsInTheSubmitSpellingUnlessTheBodyOrTheProfileSaysOtherwise) {
  IdFormats formats{kDecimal, kLowerHex, false};
  EXPECT_EQ(joined(candidates_of({"", "10", ""}, formats)), "0=10");
  EXPECT_EQ(joined(candidates_of({"", "10", "10"}, formats)), "0=a");
  formats.tlv_is_receipt = true;
  EXPECT_EQ(joined(candidates_of({"", "10", ""}, formats)), "0=a");
}

}  // namespace
}  // namespace dlrgw::normalise
