// SPDX-License-Identifier: Apache-2.0
#include "support/digest.hpp"

#include <gtest/gtest.h>

#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::host {
namespace {

TEST(Digest, Sha256MatchesFips180) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, Sha1MatchesFips180) { EXPECT_EQ(to_hex(sha1({"abc"})), "a9993e364706816aba3e25717850c26c9cd0d89d"); }

TEST(Digest, PartsCountAsOneText) {
  EXPECT_EQ(sha1({"a", "", "bc"}), sha1({"abc"}));
  EXPECT_NE(sha1({"a"}), sha1({"abc"}));  // nothing is left of the digest before
}

TEST(Digest, BytesAfterANulCount) {
  EXPECT_NE(sha256_hex(std::string_view("a\0b", 3)), sha256_hex(std::string_view("a\0c", 3)));
}

}  // namespace
}  // namespace dlrgw::host
