// SPDX-License-Identifier: Apache-2.0
#include "boundary/health_registry.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(HealthRegistry, WhatANewInstanceReportedOutlivesTheOldOne) {
  HealthRegistry health;
  const int old_instance = 0;
  const int new_instance = 0;
  health.report("redis", HealthState::kOk, "", &old_instance);
  health.report("redis", HealthState::kDegraded, "no answer", &new_instance);
  health.report("redis", HealthState::kOk, "", &old_instance);  // it still carries its last batch
  EXPECT_EQ(health.entries().at("redis").state, HealthState::kDegraded);
  health.forget(&old_instance);
  EXPECT_EQ(health.entries().at("redis").state, HealthState::kDegraded);
  EXPECT_EQ(health.entries().at("redis").detail, "no answer");
  health.report("redis", HealthState::kOk, "", &new_instance);
  EXPECT_EQ(health.entries().at("redis").state, HealthState::kOk);
}

TEST(HealthRegistry, WhatNobodyUsesAnyMoreIsForgottenAndTheHostsOwnIsNot) {
  HealthRegistry health;
  const int instance = 0;
  health.report("postgresql", HealthState::kDown, "away");
  health.report("cache", HealthState::kDegraded, "slow", &instance);
  health.forget(&instance);
  EXPECT_EQ(health.entries().size(), 1U);
  EXPECT_EQ(health.entries().at("postgresql").state, HealthState::kDown);
}

}  // namespace
}  // namespace dlrgw::host
