// SPDX-License-Identifier: Apache-2.0
#include "fault/long_messages.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace dlrgw::test {

std::vector<LongMessage> add_long_messages(Scenario& scenario, std::size_t count, int segments) {
  std::vector<LongMessage> out;
  std::vector<Message> messages;
  std::vector<Correlation> rows;
  for (std::size_t i = 0; i < count; ++i) {
    LongMessage item{random_message(scenario.rng(), "mno-test"), {}};
    item.message.operator_message_id.clear();
    item.message.segment_count = segments;
    for (int segment = 1; segment <= segments; ++segment) {
      item.ids.push_back("op-" + random_uuid(scenario.rng()));
      Correlation row = correlation_of(item.message);
      row.operator_message_id = item.ids.back();
      row.segment_index = segment;
      rows.push_back(row);
    }
    messages.push_back(item.message);
    out.push_back(std::move(item));
  }
  insert_messages(scenario.postgres(), messages);
  insert_correlations(scenario.postgres(), rows);
  return out;
}

Receipt segment_receipt(Scenario& scenario, const LongMessage& message, int segment, const std::string& raw_stat) {
  Receipt receipt = scenario.receipt_for(message.message, raw_stat);
  receipt.operator_message_id = message.ids.at(static_cast<std::size_t>(segment - 1));
  return receipt;
}

void expect_each_aggregated_once(Scenario& scenario, const std::vector<LongMessage>& messages,
                                 const std::vector<std::string>& statuses) {
  TestPostgres& postgres = scenario.postgres();
  const auto wanted = static_cast<std::int64_t>(messages.size());
  std::map<std::string, std::string> ends;
  for (const Row& row : postgres.rows("SELECT message_id, status FROM orch.sms_messages")) ends[row[0]] = row[1];
  std::size_t wrong = 0;
  std::int64_t segments = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    wrong += ends[messages[i].message.message_id] == statuses.at(i) ? 0U : 1U;
    segments += messages[i].message.segment_count;
  }
  EXPECT_EQ(wrong, 0U) << "messages with another status than their segments make";
  EXPECT_EQ(postgres.count("SELECT count(*) FROM dlr.message_aggregates a JOIN orch.sms_messages m USING (message_id) "
                           "WHERE a.status = m.status AND m.dlr_status = m.status AND a.received = a.expected AND "
                           "a.reason = 'complete'"),
            wanted);
  EXPECT_EQ(scenario.count_rows("dlr.delivery_receipts"), segments);
  EXPECT_EQ(scenario.count_rows("dlr.segment_dlrs"), segments);
  for (const char* table :
       {"dlr.late_dlrs", "dlr.quarantined_dlrs", "dlr.invalid_dlrs", "dlr.orphan_dlrs", "dlr.outbox"})
    EXPECT_EQ(scenario.count_rows(table), 0) << table;

  std::map<std::string, std::map<std::string, int>> events;
  std::map<std::string, std::set<std::string>> ids;
  for (const CapturedEvent& event : scenario.events()) {
    ++events[event.subject][event.message_id];
    ids[event.subject].insert(event.msg_id);
  }
  EXPECT_EQ(events.size(), 3U) << "no other subject";
  for (const char* subject : {"sms.dlr.aggregated.v1", "billing.events", "webhook.dispatch"}) {
    EXPECT_EQ(events[subject].size(), messages.size()) << subject;
    EXPECT_EQ(ids[subject].size(), messages.size()) << subject << ": distinct Nats-Msg-Id";
    EXPECT_EQ(std::ranges::count_if(events[subject], [](const auto& one) { return one.second != 1; }), 0)
        << subject << ": messages with more than one";
  }
}

}  // namespace dlrgw::test
