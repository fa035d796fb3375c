// SPDX-License-Identifier: Apache-2.0
// The bounds of what waits between the server and the lanes, all derived in one place from the configuration, so that
// they cannot contradict one another. Pure.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dlrgw::host {

// A batch ends within this time, or is given up.
inline constexpr std::chrono::seconds kBatchDeadline{20};
// The least AckWait of the consumer: what a batch may take, and before it some time in queue and park.
inline constexpr std::chrono::seconds kLeastAckWait{30};

struct BufferLimits {
  std::size_t batch_max = 256;
  std::size_t max_parked = 10'000;
  // Counts of retries that are remembered of receipts that went back to the server. A receipt that was given back still
  // counts as unsettled there: more than the consumer's limit of these cannot wait to be delivered again.
  std::size_t max_remembered = 20'000;
  // How long they are remembered beyond the delay with which the receipt was given back.
  std::int64_t remember_us = 300'000'000;
  // In this process, when a lane takes it: with the batch's deadline it is still within the AckWait.
  std::int64_t max_age_us = std::chrono::microseconds(kLeastAckWait - kBatchDeadline).count();
  // What is to wait for longer goes back to the server.
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
