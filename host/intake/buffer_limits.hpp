// SPDX-License-Identifier: Apache-2.0
// The bounds of what waits between the server and the lanes, all derived in one place from the configuration, so that
// they cannot contradict one another. Pure.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dlrgw::host {

// A batch that has not been committed within this time is rolled back.
inline constexpr std::chrono::seconds kBatchDeadline{20};
// The shortest AckWait that the consumer may have: a batch's deadline, and some time in the queue and park before it.
inline constexpr std::chrono::seconds kLeastAckWait{30};

struct BufferLimits {
  std::size_t batch_max = 256;
  std::size_t max_parked = 10'000;
  // For how many receipts that went back to the server the number of retries is remembered. Such a receipt still counts
  // as unacknowledged there, so the consumer's limit bounds how many can be waiting.
  std::size_t max_remembered = 20'000;
  // How long they are remembered beyond the delay with which the receipt was given back.
  std::int64_t remember_us = 300'000'000;
  // How old a delivery may be when a lane takes it: even if its batch uses its whole deadline, AckWait has not passed.
  std::int64_t max_age_us = std::chrono::microseconds(kLeastAckWait - kBatchDeadline).count();
  // A receipt that has to wait longer goes back to the server instead.
  std::int64_t max_park_delay_us = max_age_us;
};

// As configured in [intake].
inline BufferLimits buffer_limits(std::int64_t batch_max, std::int64_t max_parked, std::int64_t max_ack_pending) {
  BufferLimits limits;
  limits.batch_max = static_cast<std::size_t>(batch_max);
  limits.max_parked = static_cast<std::size_t>(max_parked);
  limits.max_remembered = static_cast<std::size_t>(max_ack_pending);
  return limits;
}

}  // namespace dlrgw::host
