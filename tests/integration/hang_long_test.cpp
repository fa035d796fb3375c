// SPDX-License-Identifier: Apache-2.0
// One receipt of ten thousand that a stage loops on, beside the traffic, from its first hang until it is settled: that
// takes two AckWaits, and the contract allows no shorter one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kReceipts = 10'000;
constexpr std::size_t kPerSecond = 1'000;
constexpr std::size_t kLoops = 4'321;

TEST(HangLong, TheReceiptEndsRejectedAndNothingElseIsLost) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({
      {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_hangs.so\"\n\n[pipeline]\n"},
      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.hangs\", \"dedup.replay\""},
  });
  Scenario s(std::move(options));
  auto messages = s.add_messages(kReceipts);
  ASSERT_TRUE(started(s));
  auto receipts = final_receipts(s, messages);
  receipts[kLoops].error_code = "H-LOOP";
  const Publisher publisher(s.nats(), std::move(receipts), kPerSecond);
  ASSERT_TRUE(publisher.wait());
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == kReceipts - 1; }))
      << testing::PrintToString(s.count_by_outcome()) << log_summary(s.gateway());
  EXPECT_TRUE(settles(s));

  // In a batch, and alone; where AckWaits end before a hang is seen, more often. Named within 12 s of the stage's own
  // work, of which the shipped limit gives it 10.
  const std::vector<std::string> hangs = s.gateway().logs("dlr.plugin.hangs");
  ASSERT_GE(hangs.size(), 2U) << log_summary(s.gateway());
  for (const std::string& line : hangs) {
    EXPECT_EQ(json_field(line, "plugin"), "fixture.hangs");
    EXPECT_EQ(json_field(line, "call"), "stage fixture.hangs: process");
    EXPECT_LE(std::stoll(json_field(line, "workedMs")), 12'000) << line;
  }
  EXPECT_EQ(s.postgres().value("SELECT kind || ' ' || reason || ' ' || stage || ' ' || plugin FROM dlr.invalid_dlrs"),
            "rejected hang fixture.hangs fixture.hangs");
  EXPECT_EQ(s.count_by_outcome()["rejected"], 1);
  // Everything else exactly once: a row, its events, its message final.
  messages.erase(messages.begin() + kLoops);
  s.postgres().exec("DELETE FROM dlr.invalid_dlrs");
  expect_each_once(s, messages);
}

}  // namespace
}  // namespace dlrgw::test
