// SPDX-License-Identifier: Apache-2.0
#include "integration/portal_support.hpp"

namespace dlrgw::test {
namespace {

std::string operator_id_of(const Message& message, int segment) {
  return message.message_id + "-" + std::to_string(segment);
}

}  // namespace

Message sent_in_segments(Scenario& scenario, const SentAs& as) {
  Message message = random_message(scenario.rng(), "mno-test");
  if (!as.message_id.empty()) message.message_id = as.message_id;
  if (!as.account_id.empty()) message.account_id = as.account_id;
  message.segment_count = as.segments;
  message.operator_message_id.clear();
  insert_messages(scenario.postgres(), {message});
  std::vector<Correlation> rows;
  for (int i = 1; i <= as.segments; ++i)
    rows.push_back({message.operator_id, operator_id_of(message, i), message.message_id, i, as.segments});
  insert_correlations(scenario.postgres(), rows);
  return message;
}

Receipt segment_receipt(Scenario& scenario, const Message& message, int segment, const std::string& raw_stat,
                        const std::string& error_code) {
  Message one = message;
  one.operator_message_id = operator_id_of(message, segment);
  Receipt receipt = scenario.receipt_for(one, raw_stat);
  receipt.error_code = error_code;
  return receipt;
}

std::string impatient() {
  return shipped_config({{"grace = \"24h\"", "grace = \"2s\""}, {"sweep_every = \"5m\"", "sweep_every = \"1s\""}});
}

testing::AssertionResult give_up(Scenario& scenario, const Message& message) {
  scenario.publish({segment_receipt(scenario, message, 1, "DELIVRD", "000"),
                    segment_receipt(scenario, message, 2, "UNDELIV", "011"),
                    segment_receipt(scenario, message, 3, "ACCEPTD")});
  const auto decided = [&] {
    return lookup(scenario, "status", "dlr.message_aggregates", "message_id", message.message_id) == "PARTIAL";
  };
  if (!eventually(decided)) return testing::AssertionFailure() << "the sweep did not give the message up";
  scenario.publish({segment_receipt(scenario, message, 4, "DELIVRD")});
  return settles(scenario);
}

}  // namespace dlrgw::test
