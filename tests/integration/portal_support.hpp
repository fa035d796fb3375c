// SPDX-License-Identifier: Apache-2.0
// What the tests of the portal share: messages of several segments, receipts of single ones, and one message that has a
// segment of each kind. Used by one test, on its thread.
#pragma once
#include <string>
#include <vector>

#include "integration/admin_support.hpp"

namespace dlrgw::test {

struct SentAs {
  int segments = 1;
  std::string message_id{};  // empty: a random one
  std::string account_id{};  // likewise
};
// Inserted with a correlation per segment; each has its own id at the operator.
Message sent_in_segments(Scenario& scenario, const SentAs& as);
[[nodiscard]] Receipt segment_receipt(Scenario& scenario, const Message& message, int segment,
                                      const std::string& raw_stat, const std::string& error_code = {});

// The shipped configuration, but messages are given up after two seconds.
[[nodiscard]] std::string impatient();
// Of a message of five: delivered, not delivered, on its way, delivered after the message was given up, and silent.
// Needs a running gateway with the configuration above.
[[nodiscard]] testing::AssertionResult give_up(Scenario& scenario, const Message& message);

}  // namespace dlrgw::test
