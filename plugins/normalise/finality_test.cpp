// SPDX-License-Identifier: Apache-2.0
#include "finality.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

TEST(Finality, FollowsTheTypeBitsOfEsmClass) {
  EXPECT_EQ(kind_of(std::nullopt), MessageKind::kReceipt);
  for (std::uint32_t type = 0; type < 64; type += 4) {
    const MessageKind expected = type == 0x20                                   ? MessageKind::kIntermediate
                                 : type == 0x08 || type == 0x10 || type == 0x18 ? MessageKind::kOfHandset
                                                                                : MessageKind::kReceipt;
    for (const std::uint32_t other : {0x00U, 0x03U, 0x40U, 0x80U, 0xC3U})  // mode, UDHI, reply path
      EXPECT_EQ(kind_of(type | other), expected) << (type | other);
  }
}

}  // namespace
}  // namespace dlrgw::normalise
