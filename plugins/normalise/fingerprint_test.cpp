// SPDX-License-Identifier: Apache-2.0
#include "fingerprint.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::normalise {
namespace {

std::string hex_sha256(const std::string& text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return to_hex(digest);
}

TEST(Fingerprint, VectorOfTheContract) {
  EXPECT_EQ(hex_sha256(fingerprint_text({"op1", "id-1", DlrStatus::kDelivered, "DELIVRD", 0}, 29386560)),
            "4d25a70272ca43afc1af8d147a260cc4674df0bd33305731d860f5c0fe88fb9f");
}

TEST(Fingerprint, RawCountsForUnknownOnlyAndSegmentWhenGiven) {
  EXPECT_EQ(fingerprint_text({"o", "i", DlrStatus::kFailed, "DELETED", 0}, 7),
            "o\x1Fi\x1F"
            "FAILED\x1F"
            "7");
  EXPECT_EQ(fingerprint_text({"o", "i", DlrStatus::kUnknown, "ACCEPTD", 0}, 7),
            "o\x1Fi\x1FUNKNOWN\x1F"
            "7\x1F"
            "ACCEPTD");
  EXPECT_EQ(fingerprint_text({"o", "i", DlrStatus::kUnknown, "", 0}, 7),
            "o\x1Fi\x1FUNKNOWN\x1F"
            "7\x1F");
  EXPECT_EQ(fingerprint_text({"o", "i", DlrStatus::kDelivered, "X", 2}, 7),
            "o\x1Fi\x1F"
            "DELIVERED\x1F"
            "7\x1F"
            "2");
  EXPECT_EQ(fingerprint_text({"o", "i", DlrStatus::kUnknown, "X", 2}, 7),
            "o\x1Fi\x1FUNKNOWN\x1F"
            "7\x1FX\x1F"
            "2");
}

TEST(Fingerprint, Minute) {
  EXPECT_EQ(minute_of(0), 0);
  EXPECT_EQ(minute_of(59'999'999), 0);
  EXPECT_EQ(minute_of(60'000'000), 1);
  EXPECT_EQ(minute_of(-1), -1);
  EXPECT_EQ(minute_of(-60'000'000), -1);
}

}  // namespace
}  // namespace dlrgw::normalise
