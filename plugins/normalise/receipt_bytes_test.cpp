// SPDX-License-Identifier: Apache-2.0
#include "receipt_bytes.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

std::string wide(std::string_view text, bool big_endian, char high) {
  std::string out;
  for (const char c : text) {
    if (big_endian) out += high;
    out += c;
    if (!big_endian) out += high;
  }
  return out;
}

TEST(ReceiptBytes, HighOctetsAreLeftOut) {
  for (const bool big_endian : {true, false}) {
    EXPECT_EQ(without_high_octets(wide("id:1 stat:DELIVRD", big_endian, ' ')), "id:1 stat:DELIVRD");
    EXPECT_EQ(without_high_octets(wide("id:1 stat:DELIVRD", big_endian, '\0')), "id:1 stat:DELIVRD");
    EXPECT_EQ(without_high_octets(wide("id:1 stat:DELIVRD", big_endian, ' ') + " "),
              "id:1 stat:DELIVRD" + std::string(big_endian ? 0 : 1, ' '));
  }
  EXPECT_EQ(without_high_octets("\xC3\xBE\xC3\xBF" + wide("id:1 stat:X", true, ' ')), "id:1 stat:X") << "with its mark";
}

TEST(ReceiptBytes, AMessageOfAnotherScriptBehindTheLabelsDoesNoHarm) {
  // "err:1 text:" and Arabic letters U+0645 U+0631: 0x06 became a blank, the low octets an E and a 1.
  EXPECT_EQ(without_high_octets(wide("err:1 text:", true, ' ') + " E 1"), "err:1 text:E1");
  EXPECT_EQ(without_high_octets(wide("err:1 text:", true, ' ') + "N-e\xC2\xB1"), "err:1 text:-\xC2\xB1");
}

TEST(ReceiptBytes, PlainTextsAreNotTouched) {
  for (const char* text :
       {"", " ", "id:1 stat:DELIVRD", "a b c d e", " i d : 1", "i d : 1 ", "\xFF\xFF", " i d : 1 s x\xC3"})
    EXPECT_EQ(without_high_octets(text), "") << text;
}

TEST(ReceiptBytes, OctetsInUtf16) {
  for (const bool big_endian : {true, false}) {
    EXPECT_EQ(text_of_octets(wide("id:1 stat:DELIVRD", big_endian, '\0')), "id:1 stat:DELIVRD");
    EXPECT_EQ(text_of_octets((big_endian ? "\xFE\xFF" : "\xFF\xFE") + wide("id:1", big_endian, '\0')), "id:1");
  }
  EXPECT_EQ(text_of_octets(std::string("\xFE\xFF\x00\x69\x20\xAC\xD8\x3D\xDE\x00", 10)),
            "i\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of_octets(std::string("\xFE\xFF\xD8\x3D\x00\x69\x00", 7)),
            "\xEF\xBF\xBD"
            "i")
      << "half a pair, half a unit";
}

TEST(ReceiptBytes, OctetsInUtf8OrElseLatin1) {
  EXPECT_EQ(text_of_octets("id:1 stat:DELIVRD"), "id:1 stat:DELIVRD");
  EXPECT_EQ(text_of_octets("text:\xC3\xA4\xE2\x82\xAC"), "text:\xC3\xA4\xE2\x82\xAC");
  EXPECT_EQ(text_of_octets("text:\xE4\x84"), "text:\xC3\xA4\xC2\x84");
  const std::string controls("a\0b\r\n\x7F\x1B", 7);
  EXPECT_EQ(text_of_octets(controls), controls) << "they tell what an id has lost";
  for (const char* broken : {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xFF"})
    EXPECT_NE(text_of_octets(broken), broken) << "read as Latin-1";
  EXPECT_EQ(text_of_octets(""), "");
}

}  // namespace
}  // namespace dlrgw::normalise
