// SPDX-License-Identifier: Apache-2.0
// What a test publishes and what it puts into the tables of other services: receipts, messages, correlations. Values.
#pragma once
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/postgres.hpp"

namespace dlrgw::test {

using Rng = std::mt19937_64;

[[nodiscard]] std::string random_uuid(Rng& rng);
// "2026-01-31T12:00:00.000Z"
[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point time);
// Now, moved by offset (negative: into the past).
[[nodiscard]] std::string rfc3339_now(std::chrono::milliseconds offset = {});

// A receipt event as the SMPP connector sends it; an empty string or no value leaves the member out.
struct Receipt {
  std::string event_id;
  std::string operator_id;
  std::string operator_message_id;
  std::string raw_stat;
  std::optional<int> message_state;
  std::string error_code;
  std::string received_at;
  std::string dlr_timestamp;
  std::string raw_receipt;
  std::vector<std::pair<std::string, std::string>> more;  // further members: name, JSON

  [[nodiscard]] std::string json() const;
};

// One message of orch.sms_messages; with an operator_message_id also its row of smpp.message_correlations.
struct Message {
  std::string message_id;
  std::string account_id;
  std::string operator_id;
  std::string operator_message_id;
  int segment_count = 1;
  std::string status = "SUBMITTED";
  std::string to_addr = "+15550100001";
  std::chrono::milliseconds age = std::chrono::minutes(1);  // submitted that long ago
  std::string submitted_at = {};                            // RFC 3339; counts instead of age where it is set
  std::string connector_id = "bind-1";
};

struct Correlation {
  std::string operator_id;
  std::string operator_message_id;
  std::string message_id;
  int segment_index = 1;
  int total_segments = 1;
  bool dlr_requested = true;
  std::chrono::milliseconds age = std::chrono::minutes(1);
  std::string submitted_at = {};  // as in Message
  std::string connector_id = "bind-1";
};

// A message with random ids.
[[nodiscard]] Message random_message(Rng& rng, const std::string& operator_id);

void insert_messages(TestPostgres& postgres, const std::vector<Message>& messages);
void insert_correlations(TestPostgres& postgres, const std::vector<Correlation>& correlations);
[[nodiscard]] Correlation correlation_of(const Message& message);

}  // namespace dlrgw::test
