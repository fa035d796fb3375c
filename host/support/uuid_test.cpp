// SPDX-License-Identifier: Apache-2.0
#include "support/uuid.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::string_view kDns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";  // RFC 4122, appendix C

TEST(Uuid, V5MatchesThePublishedVectors) {
  EXPECT_EQ(uuid_v5(kDns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_EQ(uuid_v5(kDns, "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
}

TEST(Uuid, V5IsStableAndDependsOnNameAndNamespace) {
  EXPECT_EQ(uuid_v5(kDns, "a"), uuid_v5(kDns, "a"));
  EXPECT_NE(uuid_v5(kDns, "a"), uuid_v5(kDns, "b"));
  EXPECT_NE(uuid_v5(kDns, "a"), uuid_v5("6ba7b811-9dad-11d1-80b4-00c04fd430c8", "a"));
}

TEST(Uuid, V5RefusesABrokenNamespace) { EXPECT_THROW(uuid_v5("not-a-uuid", "a"), std::invalid_argument); }

TEST(Uuid, ParseLowersTheCase) {
  EXPECT_EQ(parse_uuid("6BA7B810-9dad-11D1-80B4-00C04FD430C8"), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
}

TEST(Uuid, ParseGivesTheBytes) {
  const auto bytes = parse_uuid_bytes("0123ABCD-4567-89ab-cdef-0123456789ab");
  ASSERT_TRUE(bytes);
  EXPECT_EQ((*bytes)[0], 0x01);
  EXPECT_EQ((*bytes)[2], 0xAB);
  EXPECT_EQ((*bytes)[15], 0xAB);
}

TEST(Uuid, ParseRefusesEveryOtherShape) {
  for (const std::string_view bad : {"", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b810-9dad-11d1-80b4-00c04fd430c88",
                                     "6ba7b8109dad11d180b400c04fd430c8", "{6ba7b810-9dad-11d1-80b4-00c04fd430c}",
                                     "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b810_9dad-11d1-80b4-00c04fd430c8",
                                     "6ba7b81-09dad-11d1-80b4-00c04fd430c8"}) {
    EXPECT_FALSE(parse_uuid(bad)) << bad;
    EXPECT_FALSE(parse_uuid_bytes(bad)) << bad;
  }
}

}  // namespace
}  // namespace dlrgw::host
