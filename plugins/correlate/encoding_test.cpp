// SPDX-License-Identifier: Apache-2.0
#include "encoding.hpp"

#include <gtest/gtest.h>

#include <dlrgw/cpp/hex.hpp>

#include "digester.hpp"

namespace dlrgw::correlate {
namespace {

std::string digest(Digester::Kind kind, std::string_view text) {
  Digester digester(kind);
  for (const char c : text) digester.add({&c, 1});
  return digester.finish();
}

TEST(OrphanEncoding, Hex) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex(std::string("\x00\x7f\xff", 3)), "007fff");
}

// RFC 4648, section 10
TEST(OrphanEncoding, Base64) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64(std::string("\xff\xfe\xfd", 3)), "//79");
}

TEST(OrphanEncoding, DigestsOfPieces) {
  EXPECT_EQ(to_hex(digest(Digester::Kind::kSha256, "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(digest(Digester::Kind::kSha256, "")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(digest(Digester::Kind::kMd5, "abc")), "900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace dlrgw::correlate
