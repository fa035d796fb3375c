// SPDX-License-Identifier: Apache-2.0
#include "phone.hpp"

#include <gtest/gtest.h>

namespace dlrgw::correlate {
namespace {

bool same(std::string_view a, std::string_view b) {
  const bool forward = same_phone(phone_digits(a), phone_digits(b));
  EXPECT_EQ(forward, same_phone(phone_digits(b), phone_digits(a))) << a << " and " << b;
  return forward;
}

TEST(Phone, DigitsWithoutTheZerosInFront) {
  EXPECT_EQ(phone_digits("+49 (171) 555-01.00"), "491715550100");
  EXPECT_EQ(phone_digits("00491715550100"), "491715550100");
  EXPECT_EQ(phone_digits("01715550100"), "1715550100");
  for (const char* none : {"", "+", "000", "ACME", "\xD9\xA1\xD9\xA2"}) EXPECT_EQ(phone_digits(none), "") << none;
}

TEST(Phone, TheSameHoweverItIsWritten) {
  for (const char* other : {"+491715550100", "491715550100", "00491715550100", "000491715550100", "01715550100",
                            "1715550100", "5550100", "+49-171-5550100"})
    EXPECT_TRUE(same("+491715550100", other)) << other;
}

TEST(Phone, AnotherOne) {
  for (const char* other : {"+491715550101", "550100", "0550100", "171555010", "+4917155501000", "", "ACME", "49171"})
    EXPECT_FALSE(same("+491715550100", other)) << other;
  EXPECT_FALSE(same("", "")) << "no number is nobody's";
  EXPECT_FALSE(same("ACME", "INFO"));
}

TEST(Phone, ShortOnesMustBeEqual) {
  EXPECT_TRUE(same("77333", "077333"));
  EXPECT_FALSE(same("77333", "333"));
}

}  // namespace
}  // namespace dlrgw::correlate
