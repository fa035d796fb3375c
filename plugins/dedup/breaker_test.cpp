// SPDX-License-Identifier: Apache-2.0
#include "breaker.hpp"

#include <gtest/gtest.h>

namespace dlrgw::dedup {
namespace {

using Gate = Breaker::Gate;
constexpr std::int64_t kOpenUs = 5'000'000;

TEST(Breaker, the_first_success_is_reported_and_the_next_is_not) {
  Breaker breaker(kOpenUs);
  EXPECT_EQ(breaker.enter(0), Gate::kClosed);
  EXPECT_TRUE(breaker.succeeded(Gate::kClosed));
  EXPECT_FALSE(breaker.succeeded(Gate::kClosed));
}

TEST(Breaker, a_failure_keeps_everybody_away_for_the_period_then_one_probes) {
  Breaker breaker(kOpenUs);
  EXPECT_TRUE(breaker.failed(100));
  EXPECT_EQ(breaker.enter(100), Gate::kOpen);
  EXPECT_EQ(breaker.enter(100 + kOpenUs - 1), Gate::kOpen);
  EXPECT_EQ(breaker.enter(100 + kOpenUs), Gate::kProbe);
  EXPECT_EQ(breaker.enter(100 + kOpenUs), Gate::kOpen) << "only one probes";
  EXPECT_TRUE(breaker.succeeded(Gate::kProbe));
  EXPECT_EQ(breaker.enter(100 + kOpenUs), Gate::kClosed);
}

TEST(Breaker, a_failed_probe_opens_for_another_period_without_another_report) {
  Breaker breaker(kOpenUs);
  EXPECT_TRUE(breaker.failed(0));
  EXPECT_EQ(breaker.enter(kOpenUs), Gate::kProbe);
  EXPECT_FALSE(breaker.failed(kOpenUs + 20'000));
  EXPECT_EQ(breaker.enter(2 * kOpenUs), Gate::kOpen);
  EXPECT_EQ(breaker.enter(2 * kOpenUs + 20'000), Gate::kProbe);
}

TEST(Breaker, a_probe_that_never_reports_does_not_keep_it_open_for_ever) {
  Breaker breaker(kOpenUs);
  breaker.failed(0);
  EXPECT_EQ(breaker.enter(kOpenUs), Gate::kProbe);
  EXPECT_EQ(breaker.enter(2 * kOpenUs), Gate::kProbe);
}

TEST(Breaker, an_answer_from_before_the_opening_does_not_close_it) {
  Breaker breaker(kOpenUs);
  EXPECT_TRUE(breaker.succeeded(Gate::kClosed));
  EXPECT_TRUE(breaker.failed(0));
  EXPECT_FALSE(breaker.succeeded(Gate::kClosed));
  EXPECT_EQ(breaker.enter(1), Gate::kOpen);
}

TEST(Breaker, each_opening_is_a_generation) {
  Breaker breaker(kOpenUs);
  EXPECT_EQ(breaker.generation(), 0U);
  breaker.failed(0);
  breaker.failed(1);
  EXPECT_EQ(breaker.generation(), 1U);
  breaker.enter(kOpenUs + 1);
  breaker.succeeded(Gate::kProbe);
  breaker.failed(kOpenUs + 2);
  EXPECT_EQ(breaker.generation(), 2U);
}

}  // namespace
}  // namespace dlrgw::dedup
