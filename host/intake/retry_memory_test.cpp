// SPDX-License-Identifier: Apache-2.0
#include "intake/retry_memory.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kKeepUs = 300'000'000;

Delivery retried(std::uint64_t seq, std::uint32_t times) {
  Delivery delivery;
  delivery.stream_seq = seq;
  delivery.waited_us = 3'000'000 * static_cast<std::int64_t>(times);
  delivery.worked_us = 1'500;
  for (std::uint32_t i = 0; i < times; ++i) delivery.retries.increment("correlate");
  return delivery;
}
std::uint32_t recalled(RetryMemory& memory, std::uint64_t seq, std::int64_t now_us) {
  Delivery again;
  again.stream_seq = seq;
  memory.recall(again, now_us);
  return again.retries.of("correlate");
}

TEST(RetryMemory, TheNextDeliveryGoesOnWhereTheLastOneStopped) {
  RetryMemory memory(10, kKeepUs);
  memory.remember(retried(7, 2), 0, 0);
  Delivery again;
  again.stream_seq = 7;
  memory.recall(again, 1);
  EXPECT_EQ(again.retries.of("correlate"), 2U);
  EXPECT_EQ(again.waited_us, 6'000'000);
  EXPECT_EQ(again.worked_us, 1'500);
  EXPECT_EQ(recalled(memory, 7, 1), 0U);  // told once
}

TEST(RetryMemory, OtherSequencesKnowNothing) {
  RetryMemory memory(10, kKeepUs);
  memory.remember(retried(7, 2), 0, 0);
  EXPECT_EQ(recalled(memory, 8, 1), 0U);
}

TEST(RetryMemory, AnEntryExpires) {
  RetryMemory memory(10, kKeepUs);
  memory.remember(retried(1, 1), 0, 0);
  memory.remember(retried(2, 1), 1, 0);
  EXPECT_EQ(recalled(memory, 1, kKeepUs), 0U);
  EXPECT_EQ(recalled(memory, 2, kKeepUs), 1U);
}

// The longest delay that may be configured is an hour: the count must outlive it.
TEST(RetryMemory, AnEntryOutlivesTheDelayOfItsReceipt) {
  constexpr std::int64_t kHourUs = 3'600'000'000;
  RetryMemory memory(10, kKeepUs);
  memory.remember(retried(1, 1), 0, kHourUs);
  memory.remember(retried(2, 1), 0, 0);
  EXPECT_EQ(recalled(memory, 1, kHourUs + kKeepUs - 1), 1U);
}

TEST(RetryMemory, WhatIsDueLaterIsKeptWhenThereIsNoPlace) {
  RetryMemory memory(2, kKeepUs);
  memory.remember(retried(1, 1), 0, 600'000'000);
  memory.remember(retried(2, 1), 0, 0);
  memory.remember(retried(3, 1), 0, 0);
  EXPECT_EQ(recalled(memory, 1, 1), 1U);
  EXPECT_EQ(recalled(memory, 3, 1), 1U);
}

TEST(RetryMemory, RememberingAgainReplacesAndRenews) {
  RetryMemory memory(10, kKeepUs);
  memory.remember(retried(1, 1), 0, 0);
  memory.remember(retried(1, 2), 100, 0);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_EQ(recalled(memory, 1, kKeepUs + 50), 2U);
}

TEST(RetryMemory, AReceiptThatNeverRanTakesNoPlace) {
  RetryMemory memory(10, kKeepUs);
  Delivery fresh;
  fresh.stream_seq = 3;
  memory.remember(fresh, 0, 0);
  EXPECT_EQ(memory.size(), 0U);
}

TEST(RetryMemory, IsBoundedAndDropsTheOldest) {
  RetryMemory memory(2, kKeepUs);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) memory.remember(retried(seq, 1), 0, 0);
  EXPECT_EQ(memory.size(), 2U);
  EXPECT_EQ(recalled(memory, 1, 1), 0U);
  EXPECT_EQ(recalled(memory, 3, 1), 1U);
}

}  // namespace
}  // namespace dlrgw::host
