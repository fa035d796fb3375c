// SPDX-License-Identifier: Apache-2.0
#include "bench/batch_traces.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace dlrgw::bench {
namespace {

std::string batch(const std::string& ts, int receipts, double waited, double took) {
  return R"({"ts":")" + ts + R"(","level":"debug","event":"dlr.batch","receipts":)" + std::to_string(receipts) +
         R"(,"waitedMs":)" + std::to_string(waited) + R"(,"tookMs":)" + std::to_string(took) +
         R"(,"stages":"a 0.10, b 0.20","statements":"c.d 0.05","sessionMs":0.1,"commitMs":1.5,"settleMs":0.2})";
}

TEST(BatchTraces, TheSlowestComeFirstAndWaitingCounts) {
  const std::vector<std::string> lines = {batch("t1", 1, 1, 5), R"({"event":"dlr.received"})", batch("t2", 7, 9, 2),
                                          batch("t3", 2, 0, 3)};
  const std::string text = slowest_batches(lines, 2);
  EXPECT_TRUE(text.starts_with("3 batches; median and 99th percentile: 2 and 7 receipts")) << text;
  const auto first = text.find("t2   7 receipts, waited    9.0, took    2.0: session 0.1, commit 1.5, settle 0.2");
  ASSERT_NE(first, std::string::npos) << text;
  EXPECT_GT(text.find("t1"), first);
  EXPECT_EQ(text.find("t3"), std::string::npos) << "only so many";
  EXPECT_NE(text.find("| a 0.10, b 0.20 | c.d 0.05\n"), std::string::npos);
}

TEST(BatchTraces, NoBatchNoText) { EXPECT_EQ(slowest_batches({}, 20), ""); }

}  // namespace
}  // namespace dlrgw::bench
