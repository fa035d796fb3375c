// SPDX-License-Identifier: Apache-2.0
// One batch of 256 that holds everything that can meet in one: the exact outcome of each receipt, by its event id.
#include <set>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using Outcomes = std::vector<std::string>;

constexpr std::size_t kBatch = 256;

// Where the event is stored: the table and what its row says; "-" when nowhere.
std::string stored_as(Scenario& s, const std::string& event_id) {
  std::string text;
  for (const auto& [table, columns] : std::vector<std::pair<std::string, std::string>>{
           {"delivery_receipts", "dlr_status || '/' || state_key"},
           {"late_dlrs", "dlr_status || '/' || kind || '/' || prior_status"},
           {"orphan_dlrs", "dlr_status || '/' || reason || '/' || attempts"},
           {"quarantined_dlrs", "dlr_status"},
           {"invalid_dlrs", "reason"}}) {
    for (const Row& row : s.postgres().rows("SELECT " + columns + " FROM dlr." + table +
                                            " WHERE event_id = " + s.postgres().quote(event_id)))
      text += (text.empty() ? "" : " + ") + table + " " + row[0];
  }
  return text.empty() ? "-" : text;
}

TEST(BatchOf256, HasTheExactOutcomeOfEach) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"max_concurrency = 10", "max_concurrency = 1"}});
  Scenario s(std::move(options));
  const auto before = s.add_messages(kBatch);
  const auto special = s.add_messages(5);
  const Message unknown = random_message(s.rng(), "mno-test");
  std::vector<Receipt> batch;
  const auto add = [&](const Message& message, const char* stat) {
    batch.push_back(s.receipt_for(message, stat));
    return batch.back();
  };
  // Spread over the batch, so that the order of the stream decides and not the neighbourhood.
  const auto padding = s.add_messages(kBatch - 11);
  auto pad = [&, next = std::size_t{0}](std::size_t count) mutable {
    for (std::size_t i = 0; i < count; ++i) add(padding.at(next++), "DELIVRD");
  };
  pad(30);
  const Receipt failed_first = add(special[0], "UNDELIV");
  const Receipt original = add(special[1], "DELIVRD");
  const Receipt accepted = add(special[2], "ACCEPTD");
  const Receipt lost_one = add(unknown, "DELIVRD");
  pad(100);
  const Receipt delivered_second = add(special[0], "DELIVRD");
  const Receipt copy = add(special[1], "DELIVRD");
  const Receipt final = add(special[2], "DELIVRD");
  pad(100);
  const Receipt lost_two = add(unknown, "DELIVRD");
  const Receipt final_first = add(special[3], "EXPIRED");
  const Receipt accepted_late = add(special[3], "ACCEPTD");
  batch.push_back(failed_first);  // the same event twice
  pad(15);
  ASSERT_EQ(batch.size(), kBatch);

  // The only lane waits for one message while 255 more are fetched, then for one of those while the 256 are: the first
  // request is used up by then, so that the next one brings exactly these.
  ASSERT_TRUE(started(s));
  const auto lock_on = [&](const Message& message) {
    return "SELECT 1 FROM orch.sms_messages WHERE message_id = " + s.postgres().quote(message.message_id) +
           " FOR UPDATE";
  };
  const auto fetched = [&](std::size_t count) {
    return eventually([&] {
      const auto state = s.nats().consumer_state(kInboundStream, kInboundConsumer);
      return state && state->ack_pending == static_cast<std::int64_t>(count);
    });
  };
  HeldLock first(s.postgres(), lock_on(before[0]));
  HeldLock second(s.postgres(), lock_on(before[1]));
  const auto ahead = s.receipts_for(before, "DELIVRD");
  s.publish({ahead[0]});
  ASSERT_TRUE(reaches(s.gateway(), "dlr_lanes_busy", {}, 1));
  s.publish({ahead.begin() + 1, ahead.end()});
  ASSERT_TRUE(fetched(kBatch));
  first.release();
  ASSERT_TRUE(reaches(s.gateway(), "dlr_batches_total", {}, 1));
  s.publish(batch);
  ASSERT_TRUE(fetched(kBatch - 1 + kBatch));
  second.release();
  ASSERT_TRUE(reaches(s.gateway(), "dlr_correlation_retry_total", {}, 2));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_batches_total"), 3) << "one receipt, 255, and the 256";
  ASSERT_TRUE(settles(s));

  struct Expected {
    const Receipt& receipt;
    Outcomes outcomes;
    std::string stored;
  };
  const Expected expected[] = {
      {failed_first, {"applied", "redelivered"}, "delivery_receipts UNDELIVERED/T"},
      {delivered_second, {"late"}, "late_dlrs DELIVERED/terminal_conflict/UNDELIVERED"},
      {original, {"applied"}, "delivery_receipts DELIVERED/T"},
      {copy, {"duplicate"}, "-"},
      {accepted, {"applied"}, "delivery_receipts UNKNOWN/~ACCEPTD"},
      {final, {"applied"}, "delivery_receipts DELIVERED/T"},
      {final_first, {"applied"}, "delivery_receipts EXPIRED/T"},
      {accepted_late, {"late"}, "late_dlrs UNKNOWN/transient/EXPIRED"},
      {lost_one, {"orphan"}, "orphan_dlrs DELIVERED/no_correlation/3"},
      {lost_two, {"orphan"}, "orphan_dlrs DELIVERED/no_correlation/3"},
  };
  auto outcomes = outcomes_by_event(s.gateway());
  std::set<std::string> checked;
  for (const Expected& e : expected) {
    SCOPED_TRACE(&e - expected);
    EXPECT_EQ(outcomes[e.receipt.event_id], e.outcomes);
    EXPECT_EQ(stored_as(s, e.receipt.event_id), e.stored);
    checked.insert(e.receipt.event_id);
  }
  for (const Receipt& receipt : batch) {
    if (checked.contains(receipt.event_id)) continue;
    EXPECT_EQ(outcomes[receipt.event_id], Outcomes{"applied"});
    EXPECT_EQ(stored_as(s, receipt.event_id), "delivery_receipts DELIVERED/T");
  }

  const std::string statuses[] = {"UNDELIVERED", "DELIVERED", "DELIVERED", "EXPIRED", "SUBMITTED"};
  const auto billing = s.events_by_message("billing.events");
  const auto webhooks = s.events("webhook.dispatch");
  for (std::size_t i = 0; i < special.size(); ++i) {
    const std::string& id = special[i].message_id;
    SCOPED_TRACE(i);
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", id), statuses[i]);
    EXPECT_EQ(billing.contains(id) ? billing.at(id) : 0, i == 4 ? 0 : 1);
    std::vector<std::string> sent;
    for (const CapturedEvent& event : webhooks)
      if (event.message_id == id)
        sent.push_back(json_field(event.data, "sequence") + json_field(event.data, "dlrStatus"));
    const std::vector<std::string> wanted = i == 2   ? std::vector<std::string>{"1UNKNOWN", "2DELIVERED"}
                                            : i == 4 ? std::vector<std::string>{}
                                                     : std::vector<std::string>{"1" + statuses[i]};
    EXPECT_EQ(sent, wanted);
  }
  EXPECT_EQ(billing.size(), padding.size() + kBatch + 4);
  EXPECT_EQ(s.events("sms.dlr.unmatched").size(), 2U);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_received_total"), 2 * kBatch);
  EXPECT_EQ(metrics.sum("dlr_processed_total"), 2 * kBatch);
  EXPECT_EQ(metrics.sum("dlr_duplicates_total"), 1);
  EXPECT_EQ(metrics.sum("dlr_dedup_total"), 0);
}

}  // namespace
}  // namespace dlrgw::test
