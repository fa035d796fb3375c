// SPDX-License-Identifier: Apache-2.0
// One receipt among many that a stage loops on, from its first hang until it is settled: it takes two AckWaits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(HangLong, TheReceiptEndsRejectedAndNothingElseIsLost) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({
      {"stage = \"10s\"", "stage = \"2s\""},
      {"[pipeline]\n", "[[plugins]]\nfile = \"" DLRGW_FIXTURES_DIR "/fixture_hangs.so\"\n\n[pipeline]\n"},
      {"\"correlate\", \"dedup.replay\"", "\"correlate\", \"fixture.hangs\", \"dedup.replay\""},
  });
  Scenario s(std::move(options));
  ASSERT_TRUE(started(s));
  auto receipts = s.receipts_for(s.add_messages(2000), "DELIVRD");
  receipts[700].error_code = "H-LOOP";
  s.publish(receipts);
  EXPECT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 1999; })) << log_summary(s.gateway());
  EXPECT_TRUE(eventually([&] { return s.settled(); })) << log_summary(s.gateway());
  EXPECT_EQ(s.postgres().value("SELECT kind || ' ' || reason || ' ' || stage || ' ' || plugin FROM dlr.invalid_dlrs"),
            "rejected hang fixture.hangs fixture.hangs");
  EXPECT_EQ(s.count_by_outcome()["applied"], 1999);
  EXPECT_EQ(s.count_by_outcome()["rejected"], 1);
}

}  // namespace
}  // namespace dlrgw::test
