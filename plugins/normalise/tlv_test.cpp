// SPDX-License-Identifier: Apache-2.0
#include "tlv.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

TEST(Tlv, MessageId) {
  EXPECT_EQ(tlv_message_id("3338363031666100"), "38601fa");
  EXPECT_EQ(tlv_message_id("33383630316661"), "38601fa");
  EXPECT_EQ(tlv_message_id("20414200FF"), "AB");
  for (const char* broken : {"", "0", "3g", "00", "410142", "4120420", "C3A4"})
    EXPECT_EQ(tlv_message_id(broken), "") << broken;
  EXPECT_EQ(tlv_message_id(std::string(512, '4')), "");
}

TEST(Tlv, MessageState) {
  EXPECT_EQ(tlv_message_state("02"), 2U);
  EXPECT_EQ(tlv_message_state("fF"), 255U);
  for (const char* broken : {"", "2", "0002", "zz"}) EXPECT_FALSE(tlv_message_state(broken)) << broken;
}

TEST(Tlv, NetworkError) {
  EXPECT_EQ(tlv_network_error("03000A"), "03000a");
  EXPECT_EQ(tlv_network_error("00"), "00");
  for (const char* broken : {"", "0", "xx", "000102030405060708"}) EXPECT_EQ(tlv_network_error(broken), "") << broken;
}

}  // namespace
}  // namespace dlrgw::normalise
