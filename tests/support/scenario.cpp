// SPDX-License-Identifier: Apache-2.0
#include "support/scenario.hpp"

#include <set>

#include "support/eventually.hpp"
#include "support/json.hpp"
#include "support/migrated_cluster.hpp"

namespace dlrgw::test {

namespace {

bool is_of_this_build(const GatewayOptions& options) { return options.binary.empty() && options.plugin_dir.empty(); }

bool migrates_as_shipped(const GatewayOptions& options) {
  return is_of_this_build(options) && options.config_path.empty() && options.config_text.empty() && options.env.empty();
}

PostgresOptions with_cluster(PostgresOptions postgres, const GatewayOptions& gateway) {
  if (postgres.cluster.empty() && is_of_this_build(gateway)) postgres.cluster = migrated_cluster();
  return postgres;
}

}  // namespace

Scenario::Scenario(ScenarioOptions options)
    : servers_(with_cluster(std::move(options.postgres), options.gateway)), gateway_(servers_, options.gateway) {
  if (!migrates_as_shipped(options.gateway)) gateway_.migrate();
  gateway_.provision();
}

std::vector<Message> Scenario::add_messages(std::size_t count, const std::string& operator_id) {
  std::vector<Message> messages;
  for (std::size_t i = 0; i < count; ++i) messages.push_back(random_message(rng_, operator_id));
  insert_messages(postgres(), messages);
  return messages;
}

Receipt Scenario::receipt_for(const Message& message, const std::string& raw_stat) {
  Receipt receipt;
  receipt.event_id = random_uuid(rng_);
  receipt.operator_id = message.operator_id;
  receipt.operator_message_id = message.operator_message_id;
  receipt.raw_stat = raw_stat;
  receipt.received_at = rfc3339_now();
  return receipt;
}

std::vector<Receipt> Scenario::receipts_for(const std::vector<Message>& messages, const std::string& raw_stat) {
  std::vector<Receipt> receipts;
  for (const auto& message : messages) receipts.push_back(receipt_for(message, raw_stat));
  return receipts;
}

void Scenario::publish(const std::vector<Receipt>& receipts) {
  std::vector<std::string> payloads;
  for (const auto& receipt : receipts) payloads.push_back(receipt.json());
  publish_raw(payloads);
}

void Scenario::publish_raw(const std::vector<std::string>& payloads) {
  std::vector<NatsMessage> messages;
  for (const auto& payload : payloads) messages.push_back({kInboundSubject, payload, {}, {}, 0});
  nats().publish(messages);
}

bool Scenario::settled() {
  const auto consumer = nats().consumer_state(kInboundStream, kInboundConsumer);
  return consumer && consumer->pending == 0 && consumer->ack_pending == 0 && count_rows("dlr.outbox") == 0;
}

bool Scenario::wait_settled() {
  return eventually([this] { return settled(); });
}

std::map<std::string, std::int64_t> Scenario::count_by_status() {
  std::map<std::string, std::int64_t> counts;
  for (const Row& row : postgres().rows("SELECT dlr_status, count(*) FROM dlr.delivery_receipts GROUP BY 1"))
    counts[row[0]] = std::stoll(row[1]);
  return counts;
}

std::map<std::string, std::int64_t> Scenario::count_by_outcome() {
  std::map<std::string, std::int64_t> counts;
  const Metrics metrics = gateway_.metrics();
  for (const Sample& sample : metrics.samples())
    if (sample.name == "dlr_processed_total" && sample.value > 0)
      counts[sample.labels.at("outcome")] += static_cast<std::int64_t>(sample.value);
  return counts;
}

std::int64_t Scenario::count_rows(const std::string& table) {
  return postgres().count("SELECT count(*) FROM " + table);
}

std::vector<CapturedEvent> Scenario::events(const std::string& subject) {
  std::vector<CapturedEvent> result;
  for (auto& message : nats().read_stream(kCaptureStream))
    if (subject.empty() || message.subject == subject)
      result.push_back({message.subject, json_field(message.data, "messageId"), message.msg_id, message.data});
  return result;
}

std::map<std::string, std::int64_t> Scenario::events_by_message(const std::string& subject, bool distinct) {
  std::map<std::string, std::int64_t> counts;
  std::set<std::string> seen;
  for (const auto& event : events(subject))
    if (!distinct || seen.insert(event.msg_id).second) ++counts[event.message_id];
  return counts;
}

}  // namespace dlrgw::test
