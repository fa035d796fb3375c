// SPDX-License-Identifier: Apache-2.0
#include "bench/report.hpp"

#include <gtest/gtest.h>

namespace dlrgw::bench {
namespace {

TEST(BenchReport, PercentileIsAValueThatWasMeasured) {
  std::vector<double> values;
  for (int i = 200; i >= 1; --i) values.push_back(i);
  EXPECT_EQ(percentile(values, 50), 100);
  EXPECT_EQ(percentile(values, 99), 198);
  EXPECT_EQ(percentile(values, 100), 200);
  EXPECT_EQ(percentile({7}, 99), 7);
  EXPECT_EQ(percentile({}, 99), 0);
}

TEST(BenchReport, Median) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(median({}), 0);
}

TEST(BenchReport, JsonNestsByDots) {
  EXPECT_EQ(to_json({{"drain.receipts_per_s", {9000, 8000, 10000}},
                     {"drain.ratio_to_loop", {0.5}},
                     {"rate.500.commit_p99_ms", {12.5}},
                     {"rate.2000.commit_p99_ms", {20}},
                     {"rss_mib", {40}}}),
            R"({"drain": {"ratio_to_loop": 0.500, "receipts_per_s": 9000}, "rate": {"2000": {"commit_p99_ms": 20.0}, )"
            R"("500": {"commit_p99_ms": 12.5}}, "rss_mib": 40.0})"
            "\n");
}

TEST(BenchReport, TableSaysWhatIsMissed) {
  const std::string bad = to_table({{"drain.receipts_per_s", {4000}}, {"rss_mib", {60}}});
  EXPECT_NE(bad.find("BELOW THE FLOOR"), std::string::npos);
  EXPECT_EQ(bad.find("goal reached"), std::string::npos);
  const std::string good = to_table({{"rss_mib", {39}}});
  EXPECT_EQ(good.find("BELOW THE FLOOR"), std::string::npos);
  EXPECT_NE(good.find("goal reached"), std::string::npos);
}

}  // namespace
}  // namespace dlrgw::bench
