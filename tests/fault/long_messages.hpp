// SPDX-License-Identifier: Apache-2.0
// Messages of several segments for the fault tests: their rows, their receipts, and the oracle. Used by one test.
#pragma once
#include <string>
#include <vector>

#include "support/scenario.hpp"

namespace dlrgw::test {

struct LongMessage {
  Message message;
  std::vector<std::string> ids;  // the operator's, one per segment
};

[[nodiscard]] std::vector<LongMessage> add_long_messages(Scenario& scenario, std::size_t count, int segments);
[[nodiscard]] Receipt segment_receipt(Scenario& scenario, const LongMessage& message, int segment,
                                      const std::string& raw_stat);

// Each message has exactly one aggregate row, one event of each of the three kinds (by message and by Nats-Msg-Id) and
// the status of its aggregate; every segment has one final receipt; nothing is late, quarantined, invalid, orphaned or
// waiting to be sent. statuses: by message, in the same order.
void expect_each_aggregated_once(Scenario& scenario, const std::vector<LongMessage>& messages,
                                 const std::vector<std::string>& statuses);

}  // namespace dlrgw::test
