// SPDX-License-Identifier: Apache-2.0
#include "fault/load.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/json.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPublishTick = 100ms;
constexpr const char* kPerReceipt[] = {"dlr.processed",         "dlr.received",  "dlr.aggregated",
                                       "dlr.correlation_retry", "dlr.duplicate", "dlr.late"};

}  // namespace

std::string shipped_config(const std::vector<std::pair<std::string, std::string>>& replacements) {
  std::string text = read_file(DLRGW_FAULT_CONFIG);
  for (const auto& [from, to] : replacements) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::invalid_argument("the shipped configuration has no " + from);
    text.replace(at, from.size(), to);
  }
  return text;
}

std::vector<Receipt> final_receipts(Scenario& scenario, const std::vector<Message>& messages) {
  constexpr std::array kStats{"DELIVRD", "DELIVRD", "UNDELIV", "DELIVRD", "EXPIRED", "DELETED", "REJECTD"};
  std::vector<Receipt> receipts;
  receipts.reserve(messages.size());
  for (const Message& message : messages)
    receipts.push_back(scenario.receipt_for(message, kStats[receipts.size() % kStats.size()]));
  return receipts;
}

void publish_once(TestNats& nats, const std::vector<Receipt>& receipts, std::size_t first, std::size_t last) {
  std::vector<NatsMessage> messages;
  for (std::size_t i = first; i < std::min(last, receipts.size()); ++i)
    messages.push_back({kInboundSubject, receipts[i].json(), receipts[i].event_id, {}, 0});
  nats.publish(messages);
}

Publisher::Publisher(TestNats& nats, std::vector<Receipt> receipts, std::size_t per_second)
    : nats_(nats), receipts_(std::move(receipts)), per_second_(per_second) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Publisher::~Publisher() = default;

void Publisher::run(const std::stop_token& stop) {
  const auto start = std::chrono::steady_clock::now();
  while (!stop.stop_requested() && !done()) {
    const auto elapsed = std::chrono::steady_clock::now() - start;
    const auto due = static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed) / 1ms) *
                     per_second_ / 1000;
    const std::size_t next = published_;
    const std::size_t count = std::min({due > next ? due - next : 0, receipts_.size() - next, per_second_});
    if (count != 0 && publish(next, count)) published_ += count;
    beat(kPublishTick);
  }
}

bool Publisher::publish(std::size_t first, std::size_t count) {
  try {
    publish_once(nats_, receipts_, first, first + count);
    return true;
  } catch (const std::runtime_error&) {
    return false;  // NATS is away: the same receipts again at the next tick
  }
}

bool Publisher::wait() const {
  while (!done()) {
    const std::size_t before = published();
    if (!eventually([&] { return published() != before; })) return false;
  }
  return true;
}

void expire_ack_wait(TestNats& nats) {
  const auto before = nats.consumer_state(kInboundStream, kInboundConsumer);
  if (!before) throw std::runtime_error("no consumer");
  if (before->ack_pending == 0) return;
  nats.set_ack_wait(1ms);
  // The server looks at its deliveries 100 ms after such an update, and nothing tells of it: what it found waits for
  // the next request. Where that was too short they come again after 30 s.
  beat(400ms);
  nats.set_ack_wait(30s);
}

void expect_each_once(Scenario& scenario, const std::vector<Message>& messages) {
  TestPostgres& postgres = scenario.postgres();
  std::set<std::string> expected;
  for (const Message& message : messages) expected.insert(message.message_id);
  const auto wanted = static_cast<std::int64_t>(expected.size());

  std::map<std::string, int> rows;
  for (const Row& row : postgres.rows("SELECT message_id FROM dlr.delivery_receipts")) ++rows[row[0]];
  EXPECT_EQ(rows.size(), expected.size()) << "messages with a receipt row";
  EXPECT_EQ(std::ranges::count_if(rows, [](const auto& row) { return row.second != 1; }), 0) << "more than one row";
  EXPECT_EQ(std::ranges::count_if(rows, [&](const auto& row) { return !expected.contains(row.first); }), 0);
  EXPECT_EQ(postgres.count("SELECT count(*) FROM orch.sms_messages m JOIN dlr.delivery_receipts r USING (message_id) "
                           "WHERE m.status = r.dlr_status AND m.dlr_status = r.dlr_status AND r.state_key = 'T'"),
            wanted)
      << "messages that became final with their receipt";
  for (const char* table :
       {"dlr.late_dlrs", "dlr.quarantined_dlrs", "dlr.invalid_dlrs", "dlr.orphan_dlrs", "dlr.outbox"})
    EXPECT_EQ(scenario.count_rows(table), 0) << table;

  struct Count {
    std::map<std::string, int> by_message;
    std::set<std::string> msg_ids;
    std::int64_t events = 0;
  };
  std::map<std::string, Count> subjects;
  for (const CapturedEvent& event : scenario.events()) {
    Count& count = subjects[event.subject];
    ++count.by_message[event.message_id];
    count.msg_ids.insert(event.msg_id);
    ++count.events;
  }
  EXPECT_FALSE(subjects.contains("sms.dlr.unmatched"));
  for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"}) {
    const Count& count = subjects[subject];
    EXPECT_EQ(count.events, wanted) << subject;
    EXPECT_EQ(count.msg_ids.size(), expected.size()) << subject << ": distinct Nats-Msg-Id";
    EXPECT_EQ(count.by_message.size(), expected.size()) << subject << ": messages";
    EXPECT_EQ(std::ranges::count_if(count.by_message, [](const auto& one) { return one.second != 1; }), 0)
        << subject << ": messages with more than one";
  }
}

std::optional<std::chrono::milliseconds> time_until_ready_is(GatewayProcess& gateway, int status) {
  const auto start = std::chrono::steady_clock::now();
  const bool reached = eventually([&] { return gateway.get("/ready").status == status; });
  if (!reached) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

void expect_no_batch_failed(const GatewayProcess& gateway) {
  const auto failed = gateway.logs("dlr.processing_failed");
  EXPECT_EQ(failed.size(), 0U) << (failed.empty() ? std::string() : failed.front());
  EXPECT_EQ(gateway.metrics().sum("dlr_plugin_errors_total"), 0);
}

std::size_t fault_log_lines(const GatewayProcess& gateway) {
  std::size_t count = 0;
  for (const std::string& line : gateway.logs()) {
    const std::string event = json_field(line, "event");
    if (std::ranges::none_of(kPerReceipt, [&](const char* name) { return event == name; })) ++count;
  }
  return count;
}

std::string log_summary(const GatewayProcess& gateway) {
  std::map<std::string, std::pair<int, std::string>> events;
  for (const std::string& line : gateway.logs()) {
    auto& entry = events[json_field(line, "event")];
    ++entry.first;
    entry.second = line;
  }
  std::string text;
  for (const auto& [event, entry] : events)
    text += event + " × " + std::to_string(entry.first) + ", last: " + entry.second + "\n";
  return text + gateway.error_output();
}

}  // namespace dlrgw::test
