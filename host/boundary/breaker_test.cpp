// SPDX-License-Identifier: Apache-2.0
#include "boundary/breaker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using testing::HasSubstr;

std::shared_ptr<std::atomic<std::size_t>> counter() { return std::make_shared<std::atomic<std::size_t>>(0); }

class BreakerTest : public testing::Test {
 protected:
  std::unique_ptr<Breaker> breaker(BreakerKind kind = BreakerKind::kQuirk,
                                   std::shared_ptr<std::atomic<std::size_t>> held = counter()) {
    return std::make_unique<Breaker>(BreakerSubject{kind, "acme", "com.acme", "1.2.0", health_, logger_},
                                     std::move(held));
  }
  // What was told since it was asked before.
  std::vector<std::string> told() { return std::exchange(lines_, {}); }
  void open(Breaker& one, std::int64_t now_us) {
    for (std::uint32_t i = 1; i < kFailuresToOpen; ++i) one.failed(now_us, "broken");
    EXPECT_FALSE(one.state().open);
    one.failed(now_us, "broken at last");
    EXPECT_TRUE(one.state().open);
  }

  HealthRegistry health_;
  std::vector<std::string> lines_;
  Logger logger_{"test", Level::kInfo, [this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(BreakerTest, OpensAfterFailuresInARowOnlyAndTellsOnce) {
  const auto one = breaker();
  for (int i = 0; i < 100; ++i) {
    one->failed(0, "x");
    one->worked();
  }
  EXPECT_TRUE(told().empty());
  open(*one, 0);
  one->failed(1, "again");
  EXPECT_EQ(one->state().last_error, "again");
  const auto lines = told();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr(R"("dlr.quirk.breaker")"));
  EXPECT_THAT(lines[0], HasSubstr(R"("quirk":"acme","state":"open","reason":"broken at last")"));
}

TEST_F(BreakerTest, ProbesOnceAtATimeAndClosesWhenItWorks) {
  const auto one = breaker();
  open(*one, 0);
  EXPECT_FALSE(one->admit(kProbeEveryUs - 1));
  EXPECT_TRUE(one->admit(kProbeEveryUs));
  EXPECT_FALSE(one->admit(kProbeEveryUs)) << "one probe";
  one->failed(kProbeEveryUs, "still");
  EXPECT_FALSE(one->admit(2 * kProbeEveryUs - 1));
  EXPECT_TRUE(one->admit(2 * kProbeEveryUs));
  (void)told();
  one->worked();
  EXPECT_THAT(told(), testing::ElementsAre(HasSubstr(R"("state":"closed")")));
  EXPECT_TRUE(one->admit(2 * kProbeEveryUs));
}

TEST_F(BreakerTest, ThreeCallsThatDoNotComeBackAreEnoughAndProbesGrowRare) {
  const auto one = breaker(BreakerKind::kStage);
  one->stalled(0, "hangs");
  one->worked();
  one->stalled(0, "hangs");
  one->stalled(0, "hangs");
  EXPECT_TRUE(one->admit(0));
  one->stalled(0, "hangs");
  EXPECT_FALSE(one->admit(kStallProbeAfterUs - 1));
  EXPECT_TRUE(one->admit(kStallProbeAfterUs));
  one->stalled(kStallProbeAfterUs, "hangs");
  const std::int64_t second = 2 * kStallProbeAfterUs;
  EXPECT_FALSE(one->admit(second - 1));
  EXPECT_TRUE(one->admit(second));
  one->stalled(second, "hangs");
  EXPECT_FALSE(one->admit(second + 2 * kStallProbeAfterUs - 1)) << "twice as long";
  EXPECT_TRUE(one->admit(second + 2 * kStallProbeAfterUs));
}

TEST_F(BreakerTest, ResetByHand) {
  const auto one = breaker();
  open(*one, 0);
  one->reset();
  EXPECT_TRUE(one->admit(0));
  EXPECT_FALSE(one->state().open);
  (void)told();
  one->worked();
  EXPECT_EQ(told().size(), 1U) << "told once it has worked";
  one->worked();
  EXPECT_TRUE(told().empty());
}

TEST_F(BreakerTest, AnOpenStageIsDownAnOpenQuirkDegradesAndBothAreForgottenWithTheirSnapshot) {
  auto stage = breaker(BreakerKind::kStage);
  auto quirk = breaker(BreakerKind::kQuirk);
  open(*stage, 0);
  open(*quirk, 0);
  EXPECT_EQ(health_.entries().at("stage acme").state, HealthState::kDown);
  EXPECT_EQ(health_.entries().at("quirk acme").state, HealthState::kDegraded);
  stage.reset();
  quirk.reset();
  EXPECT_TRUE(health_.entries().empty());
}

TEST_F(BreakerTest, HoldsWhileThereIsRoomForAllAndCountsEachReceiptOnce) {
  const auto all = counter();
  const auto other = breaker(BreakerKind::kStage, all);
  EXPECT_TRUE(other->hold(7, 0, true));
  const auto one = breaker(BreakerKind::kQuirk, all);
  EXPECT_TRUE(one->hold(1, 0, true));
  EXPECT_TRUE(one->hold(1, 1, true));
  EXPECT_TRUE(one->hold(2, 0, true));
  EXPECT_FALSE(one->hold(3, 0, false));
  EXPECT_TRUE(one->hold(1, 2, false)) << "it is held already";
  one->release(2);
  EXPECT_TRUE(one->hold(3, 2, true));
  EXPECT_TRUE(one->hold(4, 3 + kHoldForgottenUs, false)) << "the others were not seen for a minute";
  EXPECT_EQ(one->state().held, 1U);
  EXPECT_EQ(one->held_by_all(), 2U) << "the other's one";
}

}  // namespace
}  // namespace dlrgw::host
