// SPDX-License-Identifier: Apache-2.0
// The receipts of the bench: number i is the only receipt of preloaded message i. Pure but for the publishing.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/progress.hpp"
#include "support/nats.hpp"

namespace dlrgw::bench {

using Clock = std::chrono::steady_clock;

inline constexpr const char* kOperator = "mno-bench";
[[nodiscard]] std::string operator_message_id(std::int64_t index);
// About 600 bytes of JSON: one in ten is UNDELIV, the others DELIVRD.
[[nodiscard]] std::string receipt_json(std::int64_t index);
// The order in which receipts arrive: that of submission, shuffled within a thousand.
[[nodiscard]] std::int64_t nth_to_arrive(std::int64_t position);

// Receipts first … first+count-1 into the stream, as the SMPP connector. Returns when all are stored.
void publish_all(test::TestNats& nats, std::int64_t first, std::int64_t count, Progress& progress);

struct Paced {
  std::vector<Clock::time_point> sent;  // of receipt first + i
  double achieved_per_s = 0;
};
// The same at a steady rate, in ticks of a millisecond.
[[nodiscard]] Paced publish_paced(test::TestNats& nats, std::int64_t first, std::int64_t count, int per_second,
                                  Progress& progress);

}  // namespace dlrgw::bench
