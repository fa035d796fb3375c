// SPDX-License-Identifier: Apache-2.0
#include "error_code.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

TEST(ErrorCode, OfTheNetworkIsItsTwoOctetsInDecimal) {
  EXPECT_EQ(code_of_network_error("03000b", true), "11");
  EXPECT_EQ(code_of_network_error("0301FF", false), "511");
  EXPECT_EQ(code_of_network_error("0x03000B", false), "11");
  EXPECT_EQ(code_of_network_error("030000", true), "0");
  EXPECT_EQ(code_of_network_error("ffffff", true), "65535");
}

TEST(ErrorCode, OfAnotherFormStaysUnlessItIsOctets) {
  for (const char* other : {"1b", "0b", "03000b00", "abcdeg", "0x03000b00", "0x", "0x0b"}) {
    EXPECT_EQ(code_of_network_error(other, true), "") << other;
    EXPECT_EQ(code_of_network_error(other, false), other);
  }
  EXPECT_EQ(code_of_network_error("", false), "");
}

TEST(ErrorCode, TheFirstSourceThatHasOne) {
  const ErrorSources all{"f", "t", "03000b"};
  EXPECT_EQ(error_code_of(all, ErrorSource::kField, true).code, "f");
  EXPECT_EQ(error_code_of(all, ErrorSource::kText, true).code, "t");
  EXPECT_EQ(error_code_of(all, ErrorSource::kNetwork, true).code, "11");
  EXPECT_EQ(error_code_of({"", "t", "03000b"}, ErrorSource::kField, true).code, "t");
  EXPECT_EQ(error_code_of({"", "", "03000b"}, ErrorSource::kText, true).code, "11");
  EXPECT_EQ(error_code_of({"f", "", ""}, ErrorSource::kNetwork, true).code, "f");
  EXPECT_EQ(error_code_of({}, ErrorSource::kField, true).code, "");
}

}  // namespace
}  // namespace dlrgw::normalise
