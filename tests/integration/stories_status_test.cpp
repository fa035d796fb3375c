// SPDX-License-Identifier: Apache-2.0
// US-002 statuses, US-003 duplicates, US-004 the guarded update of the message.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

struct StatusCase {
  const char* raw_stat;  // empty: not sent
  int message_state;     // negative: not sent
  const char* expected;
  bool unrecognised = false;
};

// The nine rows of the mapping, their spellings, and the states that stand in for a missing text.
constexpr StatusCase kStatusCases[] = {
    {"DELIVRD", -1, "DELIVERED"},
    {"UNDELIV", -1, "UNDELIVERED"},
    {"EXPIRED", -1, "EXPIRED"},
    {"DELETED", -1, "FAILED"},
    {"ACCEPTD", -1, "UNKNOWN"},
    {"REJECTD", -1, "REJECTED"},
    {"UNKNOWN", -1, "UNKNOWN"},
    {"FAILED", -1, "FAILED"},
    {"BOGUS-77", -1, "UNKNOWN", true},  // anything else
    {"delivrd", -1, "DELIVERED"},
    {"  DelivRd  ", -1, "DELIVERED"},
    {" undeliv ", -1, "UNDELIVERED"},
    {"Expired", -1, "EXPIRED"},
    {"deleted", -1, "FAILED"},
    {"acceptd", -1, "UNKNOWN"},
    {"rejectd", -1, "REJECTED"},
    {"failed ", -1, "FAILED"},
    {"DELIVERED", -1, "UNKNOWN", true},  // a vendor's spelling belongs in a profile
    {"ENROUTE", -1, "UNKNOWN", true},
    {"", 2, "DELIVERED"},
    {"", 3, "EXPIRED"},
    {"", 4, "FAILED"},
    {"", 5, "UNDELIVERED"},
    {"", 8, "REJECTED"},
    {"", 6, "UNKNOWN"},
    {"", 0, "UNKNOWN"},
    {"", 255, "UNKNOWN"},
    {"", -1, "UNKNOWN"},            // no source of a status at all
    {"UNDELIV", 2, "UNDELIVERED"},  // the text outranks the state
};

bool terminal(std::string_view status) { return status != "UNKNOWN"; }

TEST(Us002Status, AllNineCasesWithTheirSpellingsAndStates) {
  Scenario s;
  const auto messages = s.add_messages(std::size(kStatusCases));
  std::vector<std::string> payloads;
  double unrecognised = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Receipt receipt = s.receipt_for(messages[i], "");
    receipt.raw_stat = kStatusCases[i].raw_stat;
    if (kStatusCases[i].message_state >= 0) receipt.message_state = kStatusCases[i].message_state;
    unrecognised += kStatusCases[i].unrecognised ? 1 : 0;
    payloads.push_back(receipt.json());
  }
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));
  const auto billing = s.events_by_message("billing.events");
  const auto webhooks = s.events("webhook.dispatch");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const StatusCase& c = kStatusCases[i];
    const std::string& id = messages[i].message_id;
    SCOPED_TRACE("rawStat '" + std::string(c.raw_stat) + "' messageState " + std::to_string(c.message_state));
    EXPECT_EQ(lookup(s, "dlr_status", "dlr.delivery_receipts", "message_id", id), c.expected);
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", id),
              terminal(c.expected) ? c.expected : "SUBMITTED");
    EXPECT_EQ(lookup(s, "coalesce(dlr_status, '-')", "orch.sms_messages", "message_id", id),
              terminal(c.expected) ? c.expected : "-");
    EXPECT_EQ(billing.contains(id), terminal(c.expected)) << "UNKNOWN is never billed";
    const auto webhook = std::ranges::find(webhooks, id, &CapturedEvent::message_id);
    ASSERT_NE(webhook, webhooks.end());
    EXPECT_EQ(json_field(webhook->data, "dlrStatus"), c.expected);
    EXPECT_EQ(json_field(webhook->data, "final"), terminal(c.expected) ? "true" : "false");
  }
  EXPECT_EQ(s.gateway().metrics().sum("dlr_unknown_stat_total"), unrecognised);
  EXPECT_EQ(s.count_by_outcome().at("applied"), static_cast<std::int64_t>(messages.size()));
}

TEST(Us003Duplicates, FiveRapidOnesLeaveOneRowAndOneSetOfEvents) {
  Scenario s;
  const auto messages = s.add_messages(40);
  std::vector<Receipt> receipts;
  for (const Message& message : messages)
    for (int copy = 0; copy < 5; ++copy) receipts.push_back(s.receipt_for(message, "DELIVRD"));
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  const auto outcomes = s.count_by_outcome();
  EXPECT_EQ(outcomes.at("applied"), 40);
  const auto of = [&](const char* name) { return outcomes.contains(name) ? outcomes.at(name) : 0; };
  EXPECT_EQ(of("duplicate") + of("dedup"), 160);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_duplicates_total"), 160);
  EXPECT_EQ(metrics.sum("dlr_dedup_total"), static_cast<double>(of("dedup")));
  EXPECT_EQ(metrics.sum("dlr_received_total"), 200);
  EXPECT_EQ(metrics.sum("dlr_billing_events_total"), 40);
  EXPECT_EQ(s.gateway().logs("dlr.duplicate").size(), 160U);
}

TEST(Us003Duplicates, TheSecondIsCountedAcknowledgedAtOnceAndToldToNobody) {
  Scenario s;
  const auto messages = s.add_messages(1);
  Terminations given_back(s.nats(), Terminations::Kind::kGivenBack);
  ASSERT_TRUE(started(s));
  s.publish({s.receipt_for(messages[0], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 1);
  const auto events = s.events().size();
  EXPECT_EQ(events, 3U) << "billing, webhook and aggregate of the first";

  s.publish({s.receipt_for(messages[0], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 1);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_duplicates_total"), 1);
  EXPECT_EQ(s.events().size(), events);
  const auto consumer = s.nats().consumer_state(kInboundStream, kInboundConsumer);
  ASSERT_TRUE(consumer);
  EXPECT_EQ(consumer->ack_floor, 2U);
  EXPECT_TRUE(given_back.so_far().empty()) << "acknowledged at its first delivery";
}

TEST(Us003Duplicates, OneAfterAnotherAcrossMinutesPostgresKnowsThem) {
  Scenario s;
  const auto messages = add_old_messages(s, 2);
  ASSERT_TRUE(started(s));
  for (int copy = 0; copy < 5; ++copy) {  // ten minutes apart: no fingerprint is the same
    Receipt receipt = s.receipt_for(messages[0], "DELIVRD");
    Receipt intermediate = s.receipt_for(messages[1], "ACCEPTD");
    receipt.received_at = intermediate.received_at = rfc3339_now(-copy * 10min);
    s.publish({receipt, intermediate});
    ASSERT_TRUE(settles(s));
  }
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 2);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 2}, {"duplicate", 8}}));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_duplicates_total"), 8);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_dedup_total"), 0);
  EXPECT_EQ(s.events("webhook.dispatch").size(), 2U);
  EXPECT_EQ(s.events("billing.events").size(), 1U);

  // The intermediate ones must not swallow the final one.
  s.publish({s.receipt_for(messages[1], "EXPIRED")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[1].message_id), "EXPIRED");
  EXPECT_EQ(s.events_by_message("billing.events").at(messages[1].message_id), 1);
}

TEST(Us004Update, EachFinalStatusSetsTheFourColumnsAndUnknownNone) {
  struct Case {
    const char* raw_stat;
    const char* status;
  };
  constexpr Case kCases[] = {{"DELIVRD", "DELIVERED"}, {"DELETED", "FAILED"},   {"UNDELIV", "UNDELIVERED"},
                             {"EXPIRED", "EXPIRED"},   {"REJECTD", "REJECTED"}, {"ACCEPTD", "UNKNOWN"}};
  Scenario s;
  const auto messages = s.add_messages(std::size(kCases));
  std::vector<Receipt> receipts;
  for (std::size_t i = 0; i < messages.size(); ++i) receipts.push_back(s.receipt_for(messages[i], kCases[i].raw_stat));
  const std::string all_but_the_four =
      "SELECT message_id, account_id, operator_id, to_addr, from_addr, client_ref, segment_count, submitted_at "
      "FROM orch.sms_messages ORDER BY message_id";
  const auto before = s.postgres().rows(all_but_the_four);
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().rows(all_but_the_four), before);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    SCOPED_TRACE(kCases[i].raw_stat);
    const auto row = s.postgres().rows(
        "SELECT m.status, coalesce(m.dlr_status, '-'), coalesce((m.dlr_received_at = r.received_at)::text, '-'), "
        "coalesce((m.processed_at >= r.received_at)::text, '-') FROM orch.sms_messages m "
        "JOIN dlr.delivery_receipts r USING (message_id) WHERE m.message_id = " +
        s.postgres().quote(messages[i].message_id));
    ASSERT_EQ(row.size(), 1U);
    const bool final = terminal(kCases[i].status);
    EXPECT_EQ(row[0], (final ? Row{kCases[i].status, kCases[i].status, "true", "true"}
                             : Row{messages[i].status, "-", "-", "-"}));
  }
}

TEST(Us004Update, ATerminalMessageIsNeverTouched) {
  constexpr std::array kTerminal{"DELIVERED", "FAILED", "UNDELIVERED", "EXPIRED", "REJECTED", "PARTIAL"};
  Scenario s;
  std::vector<Message> messages;
  for (const char* status : kTerminal) {
    messages.push_back(random_message(s.rng(), "mno-test"));
    messages.back().status = status;
  }
  insert_messages(s.postgres(), messages);
  const std::string all =
      "SELECT message_id, status, dlr_status, dlr_received_at, processed_at, xmin "
      "FROM orch.sms_messages ORDER BY message_id";
  const auto before = s.postgres().rows(all);
  ASSERT_TRUE(started(s));
  std::vector<Receipt> receipts;
  for (const Message& message : messages) {
    receipts.push_back(s.receipt_for(message, message.status == "EXPIRED" ? "FAILED" : "EXPIRED"));
    receipts.push_back(s.receipt_for(message, "ACCEPTD"));
  }
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.postgres().rows(all), before) << "not even written with the same values";
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 0);
  EXPECT_TRUE(s.events().empty());
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const std::string& event_id = receipts[i].event_id;
    EXPECT_EQ(lookup(s, "kind", "dlr.late_dlrs", "event_id", event_id), i % 2 == 0 ? "terminal_conflict" : "transient");
    EXPECT_EQ(lookup(s, "prior_status", "dlr.late_dlrs", "event_id", event_id), messages[i / 2].status);
    EXPECT_EQ(lines_with(s.gateway(), "dlr.late", "eventId", event_id).size(), 1U);
  }
  EXPECT_EQ(s.gateway().metrics().sum("dlr_late_total", {{"kind", "terminal_conflict"}}), 6);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_late_total", {{"kind", "transient"}}), 6);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"late", 12}}));
}

TEST(Us004Update, RowUpdateAndEventsAreOneTransaction) {
  Scenario s;
  const auto messages = s.add_messages(3);
  s.postgres().exec("REVOKE DELETE ON dlr.outbox FROM dlr_relay");  // so that the events can be looked at
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.outbox_events") == 9; }));
  EXPECT_EQ(
      s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts r JOIN orch.sms_messages m USING (message_id) "
                         "JOIN dlr.outbox_events e ON e.message_key = r.message_id::text "
                         "JOIN dlr.outbox o ON o.id = e.outbox_id WHERE r.xmin = m.xmin AND r.xmin = o.xmin"),
      9);
  s.postgres().exec("GRANT DELETE ON dlr.outbox TO dlr_relay");
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.events_by_message("billing.events", true).size(), 3U);
}

#ifdef DLRGW_FAIL_POINTS
TEST(Us004Update, KilledBeforeCommitLeavesNeitherRowNorUpdateNorEvents) {
  Scenario s;
  const auto messages = s.add_messages(20);
  s.publish(s.receipts_for(messages, "DELIVRD"));
  s.gateway().start("host.before_commit");
  ASSERT_EQ(s.gateway().wait_exit(), 128 + 9) << log_summary(s.gateway());
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 0);
  EXPECT_EQ(s.count_rows("dlr.outbox"), 0);
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM orch.sms_messages WHERE status = 'SUBMITTED'"), 20);
  EXPECT_EQ(s.redis().key_count(), 0);
  EXPECT_TRUE(s.gateway().logs("dlr.processed").empty());
  expire_ack_wait(s.nats());
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  expect_each_once(s, messages);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 20}}));
}
#endif

// An intermediate notification may be of a first attempt that failed: only the receipt decides about money.
TEST(Us004Finality, AnIntermediateNotificationIsNeverBilled) {
  Scenario s;
  const auto messages = s.add_messages(1);
  const auto receipt = [&](const char* stat, const char* esm_class) {
    Receipt out = s.receipt_for(messages[0], stat);
    out.more.emplace_back("esmClass", esm_class);
    return out;
  };
  ASSERT_TRUE(started(s));
  s.publish({receipt("UNDELIV", "32")});
  ASSERT_TRUE(settles(s));
  EXPECT_TRUE(s.events("billing.events").empty());
  ASSERT_EQ(s.events("webhook.dispatch").size(), 1U);
  EXPECT_EQ(json_field(s.events("webhook.dispatch").front().data, "final"), "false");
  s.publish({receipt("DELIVRD", "4")});
  ASSERT_TRUE(settles(s));
  ASSERT_EQ(s.events("billing.events").size(), 1U);
  EXPECT_EQ(json_field(s.events("billing.events").front().data, "dlrStatus"), "DELIVERED");
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 2}}));
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[0].message_id), "DELIVERED");
}

}  // namespace
}  // namespace dlrgw::test
