// SPDX-License-Identifier: Apache-2.0
// US-005, US-007, US-015 whose receipt it is when several messages bear one id: two nodes of an operator that count by
// themselves, ids of two digits that come again. The phone, the connector and the time tell; a fingerprint alone never
// loses a receipt.
#include <set>

#include <gtest/gtest.h>

#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Outcomes = std::vector<std::string>;
using ByOutcome = std::map<std::string, std::int64_t>;

// Messages and receipts of a minute that is ten minutes old.
class Shared {
 public:
  explicit Shared(Scenario& s) : s_(s), start_(floor<std::chrono::minutes>(std::chrono::system_clock::now()) - 10min) {}

  [[nodiscard]] std::string at(milliseconds offset) const { return rfc3339(start_ + offset); }

  // A message to that phone, submitted on that connector at that time; not inserted.
  Message message(const std::string& id, const std::string& phone, const std::string& connector, milliseconds when) {
    Message out = random_message(s_.rng(), "mno-test");
    out.operator_message_id = id;
    out.to_addr = phone;
    out.connector_id = connector;
    out.submitted_at = at(when);
    return out;
  }
  // Phone and connector as the producer writes them; empty: left out.
  Receipt receipt(const std::string& id, milliseconds when, const std::string& source, const std::string& connector,
                  const std::string& dest = {}) {
    Message anybody = random_message(s_.rng(), "mno-test");
    anybody.operator_message_id = id;
    Receipt out = s_.receipt_for(anybody, "DELIVRD");
    out.received_at = at(when);
    if (!source.empty()) out.more.emplace_back("sourceAddr", '"' + source + '"');
    if (!dest.empty()) out.more.emplace_back("destAddr", '"' + dest + '"');
    if (!connector.empty()) out.more.emplace_back("connectorId", '"' + connector + '"');
    return out;
  }
  // Publishes it and waits until it is settled and, where it is kept, its fingerprint is stored.
  void put_through(const Receipt& receipt) {
    s_.publish({receipt});
    ASSERT_TRUE(settles(s_));
  }

 private:
  Scenario& s_;
  std::chrono::system_clock::time_point start_;
};

std::string message_of(Scenario& s, const Receipt& receipt) {
  return lookup(s, "message_id", "dlr.delivery_receipts", "event_id", receipt.event_id);
}

enum class Redis { kOn, kOff, kFlushed };

class Us015Whose : public testing::TestWithParam<Redis> {};

TEST_P(Us015Whose, TwoNodesAndTheSameIdAgainAreFourMessagesAndFourBillingEvents) {
  Scenario s;
  Shared shared(s);
  const std::vector<Message> messages = {
      shared.message("17", "+491715550101", "node-1", 0s), shared.message("17", "+491715550102", "node-2", 100ms),
      shared.message("17", "+491715550103", "node-1", 40s), shared.message("17", "+491715550104", "node-2", 40100ms)};
  insert_messages(s.postgres(), messages);
  // As producers write numbers: with a plus, international, national, turned round.
  const std::vector<Receipt> receipts = {
      shared.receipt("17", 5s, "+491715550101", "node-1"), shared.receipt("17", 6s, "00491715550102", "node-2"),
      shared.receipt("17", 45s, "01715550103", ""), shared.receipt("17", 46s, "77333", "node-2", "491715550104")};
  if (GetParam() == Redis::kOff) s.redis().stop();
  ASSERT_TRUE(started(s));
  for (const Receipt& receipt : receipts) {
    shared.put_through(receipt);
    if (GetParam() == Redis::kFlushed) s.redis().flush();
  }
  for (std::size_t i = 0; i < receipts.size(); ++i)
    EXPECT_EQ(message_of(s, receipts[i]), messages[i].message_id) << "receipt " << i;
  EXPECT_EQ(s.count_by_outcome(), (ByOutcome{{"applied", 4}}));
  for (const char* subject : {"billing.events", "webhook.dispatch", "sms.dlr.aggregated.v1"}) {
    const auto events = s.events_by_message(subject);
    EXPECT_EQ(events.size(), 4U) << subject;
    for (const Message& message : messages) EXPECT_EQ(events.contains(message.message_id), true) << subject;
  }

  // Each once more, under another event id: copies, however they are found out.
  for (Receipt copy : receipts) {
    copy.event_id = random_uuid(s.rng());
    shared.put_through(copy);
  }
  EXPECT_EQ(s.events_by_message("billing.events").size(), 4U);
  EXPECT_EQ(s.events("billing.events").size(), 4U);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 4);
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_duplicates_total"), 4);
  if (GetParam() != Redis::kOn) {
    EXPECT_EQ(metrics.sum("dlr_dedup_total"), 0);
  }
}

// All at once, each with its copy beside it: whichever of the two is settled first is history for the other.
TEST_P(Us015Whose, AtOnceTheyAreFourMessagesToo) {
  Scenario s;
  Shared shared(s);
  std::vector<Message> messages;
  std::vector<Receipt> receipts;
  for (int i = 0; i < 4; ++i) {
    const std::string phone = "+49171555010" + std::to_string(i);
    const std::string node = i % 2 == 0 ? "node-1" : "node-2";
    const auto submitted = i < 2 ? 0s : 40s;
    messages.push_back(shared.message("17", phone, node, submitted + i * 1ms));
    receipts.push_back(shared.receipt("17", submitted + 5s, phone, node));
    receipts.push_back(receipts.back());
    receipts.back().event_id = random_uuid(s.rng());
  }
  insert_messages(s.postgres(), messages);
  if (GetParam() == Redis::kOff) s.redis().stop();
  s.publish(receipts);  // before the gateway starts, so that it fetches them together
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  if (GetParam() == Redis::kFlushed) s.redis().flush();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::set<std::string> kept = {message_of(s, receipts[2 * i]), message_of(s, receipts[2 * i + 1])};
    EXPECT_EQ(kept, (std::set<std::string>{messages[i].message_id, "(none)"})) << "receipt " << i;
  }
  EXPECT_EQ(s.count_by_outcome().at("applied"), 4);
  EXPECT_EQ(s.events("billing.events").size(), 4U);
  EXPECT_EQ(s.events_by_message("billing.events").size(), 4U);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_duplicates_total"), 4);

  std::vector<Receipt> copies;
  for (std::size_t i = 0; i < receipts.size(); i += 2) {
    copies.push_back(receipts[i]);
    copies.back().event_id = random_uuid(s.rng());
  }
  s.publish(copies);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_outcome().at("applied"), 4);
  EXPECT_EQ(s.events("billing.events").size(), 4U);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 4);
}

INSTANTIATE_TEST_SUITE_P(RedisIs, Us015Whose, testing::Values(Redis::kOn, Redis::kOff, Redis::kFlushed),
                         [](const auto& redis) {
                           return redis.param == Redis::kOn ? "On" : redis.param == Redis::kOff ? "Off" : "Flushed";
                         });

TEST(Us007Whose, TimeTellsWhereThePhoneDoesNot) {
  Scenario s;
  Shared shared(s);
  const std::string phone = "+491715550101";
  const std::vector<Message> messages = {shared.message("18", phone, "node-1", 0s),
                                         shared.message("18", phone, "node-1", 40s),
                                         shared.message("19", phone, "node-1", 60s + 4min)};
  insert_messages(s.postgres(), messages);
  const std::vector<Receipt> receipts = {
      shared.receipt("18", 39s, "", ""),              // before the second submit
      shared.receipt("18", 70s, "", ""),              // behind it
      shared.receipt("19", 60s, "+4930555000", "")};  // the only submit, by a clock that runs ahead
  ASSERT_TRUE(started(s));
  for (const Receipt& receipt : receipts) shared.put_through(receipt);
  for (std::size_t i = 0; i < receipts.size(); ++i)
    EXPECT_EQ(message_of(s, receipts[i]), messages[i].message_id) << "receipt " << i;
}

TEST(Us007Whose, TheConnectorTellsWhereThePhoneDoesNot) {
  Scenario s;
  Shared shared(s);
  const std::string phone = "+491715550101";
  const std::vector<Message> messages = {shared.message("17", phone, "node-1", 0s),
                                         shared.message("17", phone, "node-2", 20s),
                                         shared.message("17", "+491715550102", "node-1", 40s)};
  insert_messages(s.postgres(), messages);
  const std::vector<Receipt> receipts = {
      shared.receipt("17", 57s, phone, "node-1"),    // though others are newer
      shared.receipt("17", 58s, phone, "receiver"),  // of a bind that submits nothing: the newest of its phone
      shared.receipt("17", 59s, "", "node-1")};      // without a phone: the newest of its connector
  ASSERT_TRUE(started(s));
  for (const Receipt& receipt : receipts) shared.put_through(receipt);
  for (std::size_t i = 0; i < receipts.size(); ++i)
    EXPECT_EQ(message_of(s, receipts[i]), messages[i].message_id) << "receipt " << i;
}

// Ids that are unique on one connector only: another connector's row is nobody's, whatever its phone.
TEST(Us007Whose, IdsOfOneConnectorAreLookedForThereOnly) {
  ScenarioOptions options;
  options.gateway.config_text =
      quick_orphans({{"# [operators.\"example-mno\"]", "[operators.\"mno-test\"]\nid_scope = \"connector\"\n"}});
  Scenario s(std::move(options));
  Shared shared(s);
  const std::string phone = "+491715550101";
  const std::vector<Message> messages = {shared.message("17", phone, "node-1", 0s),
                                         shared.message("17", phone, "node-2", 1s)};
  insert_messages(s.postgres(), messages);
  const Receipt first = shared.receipt("17", 5s, "", "node-1");
  const Receipt second = shared.receipt("17", 6s, "", "node-2");
  const Receipt stranger = shared.receipt("17", 7s, phone, "node-3");
  const Receipt without = shared.receipt("17", 8s, phone, "");  // kept to the operator: the newest, which has one
  ASSERT_TRUE(started(s));
  for (const Receipt& receipt : {first, second, stranger, without}) shared.put_through(receipt);
  EXPECT_EQ(message_of(s, first), messages[0].message_id);
  EXPECT_EQ(message_of(s, second), messages[1].message_id);
  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(stranger.event_id), Outcomes{"orphan"});
  EXPECT_EQ(lookup(s, "connector_id", "dlr.orphan_dlrs", "event_id", stranger.event_id), "node-3");
  EXPECT_EQ(outcomes.at(without.event_id), Outcomes{"duplicate"});
  EXPECT_EQ(s.postgres().count("SELECT count(DISTINCT fingerprint) FROM dlr.delivery_receipts"), 2);
}

// An id of two digits that was given 1,500 times within the window.
TEST(Us007Whose, ABusyIdIsReadAsFarAsThePhoneNeedsAndNoFurther) {
  ScenarioOptions options;
  options.gateway.config_text = quick_orphans();
  Scenario s(std::move(options));
  Shared shared(s);
  std::vector<Message> messages;
  for (int i = 0; i < 1'500; ++i)  // the newest first
    messages.push_back(shared.message("17", "+49171" + std::to_string(5'550'000 + i), "node-1", -i * 40s));
  insert_messages(s.postgres(), messages);
  const std::vector<std::size_t> own = {0, 7, 100, 1'000, 1'400};
  std::vector<Receipt> receipts;
  for (const std::size_t i : own)
    receipts.push_back(shared.receipt("17", std::chrono::seconds(5 + i % 7), messages[i].to_addr, "node-1"));
  ASSERT_TRUE(started(s));
  for (const Receipt& receipt : receipts) shared.put_through(receipt);
  for (std::size_t i = 0; i + 1 < own.size(); ++i)
    EXPECT_EQ(message_of(s, receipts[i]), messages[own[i]].message_id) << "row " << own[i];
  EXPECT_EQ(lookup(s, "reason", "dlr.orphan_dlrs", "event_id", receipts.back().event_id), "no_correlation")
      << "behind what is read: no guess";
}

TEST(Us015Whose, AFingerprintOfNoMessageStopsCopiesOfTheOrphanOnly) {
  ScenarioOptions options;
  options.gateway.config_text = quick_orphans();
  Scenario s(std::move(options));
  Shared shared(s);
  const Message message = shared.message("17", "+491715550101", "node-1", 0s);
  const Receipt orphan = shared.receipt("17", 5s, "+491715550101", "node-1");
  const auto again = [&] {
    Receipt copy = orphan;
    copy.event_id = random_uuid(s.rng());
    return copy;
  };
  ASSERT_TRUE(started(s));
  shared.put_through(orphan);
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 1; }));
  const Receipt copy = again();
  shared.put_through(copy);
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 1);
  EXPECT_EQ(s.events("sms.dlr.unmatched").size(), 1U);
  shared.put_through(orphan);  // the stream's own redelivery
  insert_messages(s.postgres(), {message});
  const Receipt found = again();
  shared.put_through(found);

  const auto outcomes = outcomes_by_event(s.gateway());
  EXPECT_EQ(outcomes.at(orphan.event_id), (Outcomes{"orphan", "redelivered"}));
  EXPECT_EQ(outcomes.at(copy.event_id), Outcomes{"dedup"});
  EXPECT_EQ(outcomes.at(found.event_id), Outcomes{"applied"});
  const Metrics metrics = s.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_dedup_total"), 1);
  EXPECT_EQ(metrics.sum("dlr_duplicates_total"), 1);
  EXPECT_EQ(metrics.sum("dlr_received_total"), metrics.sum("dlr_processed_total"));
}

TEST(Us015Whose, AValueWithoutAMessageFromAnEarlierVersionLosesNothing) {
  Scenario s;
  Shared shared(s);
  const Message message = shared.message("17", "+491715550101", "node-1", 0s);
  const Message other = shared.message("17", "+491715550102", "node-1", 100ms);
  insert_messages(s.postgres(), {message, other});
  const Receipt first = shared.receipt("17", 5s, "+491715550101", "node-1");
  const Receipt second = shared.receipt("17", 6s, "+491715550102", "node-1");
  Receipt copy = first;
  copy.event_id = random_uuid(s.rng());
  ASSERT_TRUE(started(s));
  shared.put_through(first);
  ASSERT_TRUE(eventually([&] { return s.redis().key_count() == 1; }));
  const std::string key =
      "dlr:fp:" + lookup(s, "encode(fingerprint, 'hex')", "dlr.delivery_receipts", "event_id", first.event_id);
  EXPECT_EQ(s.redis().command({"GET", key}), first.event_id + " " + message.message_id);
  s.redis().command({"SET", key, first.event_id, "EX", "3600"});
  shared.put_through(second);
  shared.put_through(copy);
  EXPECT_EQ(message_of(s, second), other.message_id);
  EXPECT_EQ(outcomes_by_event(s.gateway()).at(copy.event_id), Outcomes{"duplicate"}) << "PostgreSQL guards";
}

class Us005Whose : public testing::Test {
 protected:
  HttpReply post(Scenario& s, const std::string& path) { return admin(s.gateway(), keys_, "POST", path); }
  AdminKeys keys_;
};

// The one that the orphan belongs to, between two others under its id: an older and a newer one.
TEST_F(Us005Whose, AnOrphanGoesToItsMessageAmongOthersOfItsId) {
  Scenario s(with_keys(keys_, quick_orphans({{"recorrelate_every = \"5m\"", "recorrelate_every = \"1s\""}})));
  Shared shared(s);
  const std::vector<Message> messages = {shared.message("17", "+491715550102", "node-1", 0s),
                                         shared.message("17", "+491715550101", "node-1", 1s),
                                         shared.message("17", "+491715550103", "node-1", 2s)};
  const Receipt receipt = shared.receipt("17", 5s, "01715550101", "node-1");
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, {receipt})[0];
  insert_messages(s.postgres(), messages);
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.orphan_resolutions") == 1; }));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(message_of(s, receipt), messages[1].message_id);
  EXPECT_EQ(lookup(s, "message_id", "dlr.orphan_resolutions", "orphan_id", id), messages[1].message_id);
  EXPECT_EQ(lookup(s, "outcome", "dlr.orphan_resolutions", "orphan_id", id), "applied");
}

TEST_F(Us005Whose, ByHandToo) {
  Scenario s(with_keys(keys_, quick_orphans()));
  Shared shared(s);
  const std::vector<Message> messages = {shared.message("17", "+491715550101", "node-1", 1s),
                                         shared.message("17", "+491715550103", "node-1", 2s)};
  const Receipt receipt = shared.receipt("17", 5s, "+491715550101", "");
  ASSERT_TRUE(started(s));
  const std::string id = orphaned(s, {receipt})[0];
  insert_messages(s.postgres(), messages);
  EXPECT_EQ(json_field(post(s, "/v1/admin/dlr/orphans/" + id + "/retry").body, "outcome"), "applied");
  EXPECT_EQ(message_of(s, receipt), messages[0].message_id);
  EXPECT_EQ(lookup(s, "message_id", "dlr.orphan_resolutions", "orphan_id", id), messages[0].message_id);
}

TEST_F(Us005Whose, AReleaseFromQuarantineToo) {
  Scenario s(with_keys(keys_));
  Shared shared(s);
  const std::vector<Message> messages = {shared.message("17", "+491715550101", "node-1", 1s),
                                         shared.message("17", "+491715550103", "node-1", 2s)};
  insert_messages(s.postgres(), messages);
  s.postgres().exec(
      "UPDATE orch.sms_messages SET status = 'FAILED', processed_at = now() - interval '2 days' WHERE message_id = " +
      s.postgres().quote(messages[0].message_id));
  Receipt receipt = shared.receipt("17", 5s, "+491715550101", "node-1");
  receipt.dlr_timestamp = shared.at(-49h);
  ASSERT_TRUE(started(s));
  shared.put_through(receipt);
  const std::string id = lookup(s, "id", "dlr.quarantined_dlrs", "event_id", receipt.event_id);
  EXPECT_EQ(lookup(s, "message_id", "dlr.quarantined_dlrs", "event_id", receipt.event_id), messages[0].message_id);
  EXPECT_EQ(json_field(post(s, "/v1/admin/dlr/quarantine/" + id + "/release").body, "outcome"), "late");
  EXPECT_EQ(lookup(s, "message_id", "dlr.late_dlrs", "event_id", receipt.event_id), messages[0].message_id);
  EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[1].message_id), "SUBMITTED");
}

// What a stage refused is put through later, when its id has been given again.
TEST_F(Us005Whose, AResubmissionToo) {
  Scenario s(with_keys(keys_));
  Shared shared(s);
  const std::vector<Message> messages = {shared.message("17", "+491715550101", "node-1", 1s),
                                         shared.message("17", "+491715550103", "node-1", 2s)};
  insert_messages(s.postgres(), messages);
  const Receipt receipt = shared.receipt("17", 5s, "+491715550101", "node-1");
  s.postgres().exec(
      "INSERT INTO dlr.invalid_dlrs (stream_identity, stream_seq, kind, reason, stage, operator_id, event_id, "
      "received_at, payload) VALUES ('SMS_DLR@1', 7, 'rejected', 'refused', 'acme', 'mno-test', '" +
      receipt.event_id + "', " + s.postgres().quote(receipt.received_at) + ", convert_to(" +
      s.postgres().quote(receipt.json()) + ", 'UTF8'))");
  ASSERT_TRUE(started(s));
  EXPECT_EQ(json_field(post(s, "/v1/admin/dlr/rejected/SMS_DLR@1/7/resubmit").body, "outcome"), "applied");
  EXPECT_EQ(message_of(s, receipt), messages[0].message_id);
}

}  // namespace
}  // namespace dlrgw::test
