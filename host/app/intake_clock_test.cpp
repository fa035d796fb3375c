// SPDX-License-Identifier: Apache-2.0
#include "app/intake_clock.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

IntakeStatus idle_status() {
  IntakeStatus status;
  status.stream_identity = "SMS_DLR@2";
  status.looked_at_us = 1'000;
  status.ack_floor = 40;
  status.settled = {"SMS_DLR@2", 40, 900};
  return status;
}

TEST(IntakeClockRow, SaysUpToWhereAndWhenReceiptsWereSettled) {
  const std::string instance = "gateway-3";
  const IntakeStatus status = idle_status();
  const auto row = intake_clock_row(status, instance);
  EXPECT_EQ(row[0].text, "gateway-3");
  EXPECT_EQ(row[1].text, "SMS_DLR@2");
  EXPECT_EQ(row[2].integer, 1'000);
  EXPECT_EQ(row[3].integer, 40);
  EXPECT_EQ(row[4].integer, 1) << "idle";
  EXPECT_EQ(row[5].integer, 40);
  EXPECT_EQ(row[6].integer, 900);
  EXPECT_EQ(row[6].type, ColumnType::kTime);
}

TEST(IntakeClockRow, IsIdleOnlyWhenNothingIsInTheStreamAndNothingUnanswered) {
  const std::string instance;
  IntakeStatus status = idle_status();
  status.pending = 1;
  EXPECT_EQ(intake_clock_row(status, instance)[4].integer, 0);
  status.pending = 0;
  status.ack_pending = 1;
  EXPECT_EQ(intake_clock_row(status, instance)[4].integer, 0);
}

TEST(IntakeClockRow, WhatWasSettledInAnotherStreamOrNeverIsLeftOut) {
  const std::string instance;
  IntakeStatus status = idle_status();
  status.settled.stream_identity = "SMS_DLR@1";
  for (int i = 0; i < 2; ++i) {
    const auto row = intake_clock_row(status, instance);
    EXPECT_EQ(row[5].type, ColumnType::kNull);
    EXPECT_EQ(row[6].type, ColumnType::kNull);
    status.settled = {"SMS_DLR@2", 0, 0};
  }
}

}  // namespace
}  // namespace dlrgw::host
