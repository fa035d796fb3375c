// SPDX-License-Identifier: Apache-2.0
#include "captured_receipts.hpp"

#include <gtest/gtest.h>

namespace dlrgw::correlate {
namespace {

constexpr std::int64_t kAt = 1'796'001'585'000'000;  // 2026-11-30T01:19:45Z

TEST(CapturedReceipts, AreOneLineEachWithTheTimeAtWhichTheyCame) {
  EXPECT_EQ(CapturedReceipts::line_of("{\"a\":\n1}", kAt), R"({"receivedAt":"2026-11-30T01:19:45.000Z","a": 1})");
  EXPECT_EQ(CapturedReceipts::line_of("{ }", kAt), R"({"receivedAt":"2026-11-30T01:19:45.000Z" })");
  EXPECT_EQ(CapturedReceipts::line_of(R"({"receivedAt":"x"})", kAt), R"({"receivedAt":"x"})") << "its own counts";
  EXPECT_EQ(CapturedReceipts::line_of("no\r\nobject", kAt), "no  object");
  EXPECT_EQ(CapturedReceipts::line_of("", kAt), "");
}

}  // namespace
}  // namespace dlrgw::correlate
