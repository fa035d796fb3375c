// SPDX-License-Identifier: Apache-2.0
#include "integration/orphan_support.hpp"

namespace dlrgw::test {

std::string quick_orphans(std::vector<std::pair<std::string, std::string>> replacements) {
  replacements.emplace_back("retry_delay = \"3s\"", "retry_delay = \"20ms\"");
  return shipped_config(replacements);
}

std::vector<Message> strangers(Scenario& scenario, std::size_t count) {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) messages.push_back(random_message(scenario.rng(), "mno-test"));
  return messages;
}

std::vector<std::string> orphaned(Scenario& scenario, const std::vector<Receipt>& receipts) {
  scenario.publish(receipts);
  EXPECT_TRUE(settles(scenario));
  std::vector<std::string> ids;
  for (const Receipt& receipt : receipts)
    ids.push_back(lookup(scenario, "orphan_id", "dlr.orphan_dlrs", "event_id", receipt.event_id));
  return ids;
}

std::string insert_orphan(Scenario& scenario, const Receipt& receipt, const std::string& received_at) {
  TestPostgres& postgres = scenario.postgres();
  const std::string id = random_uuid(scenario.rng());
  postgres.exec(
      "INSERT INTO dlr.orphan_dlrs (orphan_id, received_at, operator_id, operator_message_id, id_candidates, raw_stat, "
      "dlr_status, reason, attempts, event_id, fingerprint, raw_payload) VALUES ('" +
      id + "', " + postgres.quote(received_at) + ", " + postgres.quote(receipt.operator_id) + ", " +
      postgres.quote(receipt.operator_message_id) + ", jsonb_build_array(" +
      postgres.quote(receipt.operator_message_id) + "), " + postgres.quote(receipt.raw_stat) +
      ", 'DELIVERED', 'no_correlation', 3, '" + receipt.event_id + "', '\\x00', convert_to(" +
      postgres.quote(receipt.json()) + ", 'UTF8'))");
  return id;
}

HttpReply call_with(const GatewayProcess& gateway, const AdminKeys& keys, const std::string& scopes,
                    const std::string& method, const std::string& target) {
  HttpRequest request{method, target, {{"Authorization", "Bearer " + keys.token(scopes)}}, {}};
  return http_send(gateway.admin_address(), request, std::chrono::seconds(40));
}

}  // namespace dlrgw::test
