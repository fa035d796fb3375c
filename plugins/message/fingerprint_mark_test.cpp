// SPDX-License-Identifier: Apache-2.0
#include "message/fingerprint_mark.hpp"

#include <gtest/gtest.h>

namespace dlrgw::message {
namespace {

constexpr const char* kMine = "00000000-0000-4000-8000-000000000001";
constexpr const char* kOther = "00000000-0000-4000-8000-000000000002";

FingerprintMark mark(std::initializer_list<const char*> messages) {
  FingerprintMark out;
  for (const char* message : messages) out.add(message);
  return out;
}

TEST(FingerprintMark, ACopyIsOfTheSameMessage) {
  EXPECT_TRUE(mark({kMine}).is_copy_for(kMine));
  EXPECT_TRUE(mark({kOther, kMine}).is_copy_for(kMine));
  EXPECT_FALSE(mark({kOther}).is_copy_for(kMine));
  EXPECT_FALSE(mark({""}).is_copy_for(kMine)) << "found now, an orphan then: it goes on";
  EXPECT_FALSE(mark({}).is_copy_for(kMine));
}

TEST(FingerprintMark, WithoutAMessageItIsACopyOfAnOrphanOnly) {
  EXPECT_TRUE(mark({""}).is_copy_of_orphan());
  EXPECT_TRUE(mark({kOther, ""}).is_copy_of_orphan());
  EXPECT_FALSE(mark({kOther}).is_copy_of_orphan());
  EXPECT_FALSE(mark({}).is_copy_of_orphan());
  EXPECT_FALSE(mark({""}).is_copy_for(""));
}

TEST(FingerprintMark, AsAnAttribute) {
  EXPECT_EQ(mark({kMine, "", kMine}).encode(), std::string(kMine) + " -");
  for (const FingerprintMark& each : {mark({}), mark({""}), mark({kMine}), mark({kMine, kOther}), mark({"", kOther})})
    EXPECT_EQ(FingerprintMark::decode(each.encode()), each);
  EXPECT_EQ(FingerprintMark::decode("a  b"), std::nullopt);
}

}  // namespace
}  // namespace dlrgw::message
