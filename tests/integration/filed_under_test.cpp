// SPDX-License-Identifier: Apache-2.0
// US-003 rows are filed under the submit time of their message, which belongs to somebody else: whatever happens to it,
// and to whatever else the owner may change between two receipts, each message ends in one billing event.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/orphan_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Trap {
  const char* name;
  const char* before;   // the first receipt
  const char* between;  // the first receipt and the next
};

void PrintTo(const Trap& trap, std::ostream* out) { *out << trap.name; }

constexpr const char* kNothing = "SELECT 1";
constexpr const char* kPurge =
    "DELETE FROM smpp.message_correlations WHERE operator_message_id IN (SELECT "
    "operator_message_id FROM dlr.delivery_receipts)";

const Trap kTraps[] = {
    {"Nothing", kNothing, kNothing},
    {"NoTime", "UPDATE orch.sms_messages SET submitted_at = NULL", kNothing},
    {"TimeComesLater", "UPDATE orch.sms_messages SET submitted_at = NULL",
     "UPDATE orch.sms_messages SET submitted_at = now()"},
    {"TimeIsLost", kNothing, "UPDATE orch.sms_messages SET submitted_at = NULL"},
    {"AnotherMonth", kNothing, "UPDATE orch.sms_messages SET submitted_at = submitted_at - interval '40 days'"},
    {"NoSuchTime", "UPDATE orch.sms_messages SET submitted_at = '-infinity'",
     "UPDATE orch.sms_messages SET submitted_at = 'infinity'"},
    {"StatusPutBack", kNothing, "UPDATE orch.sms_messages SET status = 'SUBMITTED'"},
    {"SentAgain", kNothing, "UPDATE orch.sms_messages SET status = 'SUBMITTED', submitted_at = now()"},
    {"EndForgotten", kNothing,
     "UPDATE orch.sms_messages SET status = 'SUBMITTED', dlr_status = NULL, dlr_received_at = NULL, processed_at = "
     "NULL"},
    {"CorrelationsPurged", kNothing, kPurge},
    {"NoIndexByMessage", "DROP INDEX smpp.message_correlations_message", kNothing},
};

class FiledUnder : public testing::Test {
 protected:
  static ScenarioOptions options() {
    ScenarioOptions out;
    // Copies are judged by the history: the fingerprint of another minute is another one.
    out.gateway.config_text = quick_orphans();
    return out;
  }
  static Receipt minutes_ago(Receipt receipt, std::chrono::minutes age) {
    receipt.received_at = rfc3339_now(-age);
    return receipt;
  }
  static void publish(Scenario& s, const std::vector<Receipt>& receipts) {
    s.publish(receipts);
    ASSERT_TRUE(settles(s));
  }
  static void expect_one_billing_event(Scenario& s, const std::vector<std::string>& messages) {
    EXPECT_EQ(s.gateway().metrics().sum("dlr_billing_events_total"), static_cast<double>(messages.size()));
    const auto billed = s.events_by_message("billing.events");
    for (const std::string& message : messages)
      EXPECT_EQ(billed.contains(message) ? billed.at(message) : 0, 1) << message;
    expect_no_batch_failed(s.gateway());
  }
  static std::vector<std::string> webhooks(Scenario& s, const std::string& message) {
    std::vector<std::string> out;
    for (const CapturedEvent& event : s.events("webhook.dispatch"))
      if (event.message_id == message)
        out.push_back(json_field(event.data, "sequence") + " " + json_field(event.data, "dlrStatus"));
    std::ranges::sort(out);
    return out;
  }
};

class Us003FiledUnder : public FiledUnder, public testing::WithParamInterface<Trap> {};

TEST_P(Us003FiledUnder, EachMessageEndsInOneBillingEvent) {
  const Trap& trap = GetParam();
  Scenario s(options());
  s.postgres().exec("ALTER TABLE orch.sms_messages ALTER COLUMN submitted_at DROP NOT NULL");
  const auto messages = s.add_messages(3);
  const Message& copied = messages[0];       // final, the same again, another final
  const Message& told_before = messages[1];  // intermediate, final, the same again
  const Message& tried_twice = messages[2];  // two attempts under two ids
  const auto segmented = add_long_messages(s, 1, 2);
  Correlation second = correlation_of(tried_twice);
  second.operator_message_id += "-2";
  second.age = 10s;
  insert_correlations(s.postgres(), {second});
  Message again = tried_twice;
  again.operator_message_id = second.operator_message_id;
  s.postgres().exec(trap.before);
  ASSERT_TRUE(started(s));

  publish(
      s, {minutes_ago(s.receipt_for(copied, "DELIVRD"), 4min), minutes_ago(s.receipt_for(told_before, "ACCEPTD"), 4min),
          s.receipt_for(tried_twice, "UNDELIV"), minutes_ago(segment_receipt(s, segmented[0], 1, "DELIVRD"), 4min)});
  s.postgres().exec("CREATE TABLE public.purged AS SELECT * FROM smpp.message_correlations");
  s.postgres().exec(trap.between);
  std::vector<Receipt> rest = {
      minutes_ago(s.receipt_for(copied, "DELIVRD"), 2min), minutes_ago(s.receipt_for(told_before, "DELIVRD"), 2min),
      s.receipt_for(again, "DELIVRD"), minutes_ago(segment_receipt(s, segmented[0], 2, "DELIVRD"), 2min)};
  publish(s, rest);
  publish(s, {s.receipt_for(copied, "UNDELIV"), s.receipt_for(told_before, "DELIVRD"), s.receipt_for(again, "DELIVRD"),
              segment_receipt(s, segmented[0], 2, "DELIVRD")});
  if (trap.between == kPurge) {  // the rows come back, and the orphans are put through
    s.postgres().exec("INSERT INTO smpp.message_correlations SELECT * FROM public.purged ON CONFLICT DO NOTHING");
    publish(s, {s.receipt_for(told_before, "DELIVRD")});
  }

  expect_one_billing_event(
      s, {copied.message_id, told_before.message_id, tried_twice.message_id, segmented[0].message.message_id});
  EXPECT_THAT(webhooks(s, told_before.message_id), ElementsAre("1 UNKNOWN", "2 DELIVERED"));
  EXPECT_THAT(webhooks(s, segmented[0].message.message_id), ElementsAre("1 DELIVERED"));
  EXPECT_EQ(s.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE state_key = 'T' AND segment_index = 1 "
                               "GROUP BY message_id ORDER BY 1 DESC LIMIT 1"),
            1)
      << "two final receipts of one segment";
  // What a customer sees.
  s.postgres().exec("SELECT set_config('app.account_id', '" + segmented[0].message.account_id + "', false)");
  EXPECT_EQ(s.postgres().value("SELECT string_agg(status || late, ' ' ORDER BY segment_index) FROM dlr.portal_segments "
                               "WHERE message_id = '" +
                               segmented[0].message.message_id + "'"),
            "DELIVEREDfalse DELIVEREDfalse");
}

INSTANTIATE_TEST_SUITE_P(Owner, Us003FiledUnder, testing::ValuesIn(kTraps),
                         [](const auto& trap) { return std::string(trap.param.name); });

class Us003Safety : public FiledUnder {};

// The decision sees no receipt of the message any more, and still nothing is billed twice: first because the message
// has ended; then, with that put back too, because the row is there. The batch commits nothing and comes again until
// the decision sees.
TEST_F(Us003Safety, ABlindDecisionRunsIntoTheMessageThenIntoTheKey) {
  Scenario s(options());
  const auto messages = s.add_messages(2);
  ASSERT_TRUE(started(s));
  publish(s, {minutes_ago(s.receipt_for(messages[0], "DELIVRD"), 4min),
              minutes_ago(s.receipt_for(messages[1], "DELIVRD"), 4min)});
  s.postgres().exec("CREATE POLICY blind ON dlr.delivery_receipts AS RESTRICTIVE FOR SELECT TO dlr_svc USING (false)");

  const Receipt first = minutes_ago(s.receipt_for(messages[0], "DELIVRD"), 2min);
  publish(s, {first});
  EXPECT_EQ(lookup(s, "kind", "dlr.late_dlrs", "event_id", first.event_id), "terminal_conflict");

  s.postgres().exec(
      "UPDATE orch.sms_messages SET status = 'SUBMITTED', dlr_status = NULL, dlr_received_at = NULL, processed_at = "
      "NULL");
  const Receipt second = minutes_ago(s.receipt_for(messages[1], "DELIVRD"), 2min);
  s.publish({second});
  const auto failures = [&] { return s.gateway().logs("dlr.processing_failed"); };
  ASSERT_TRUE(eventually([&] { return !failures().empty(); })) << log_summary(s.gateway());
  EXPECT_THAT(failures().front(), ::testing::HasSubstr("invariant"));
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 2);
  EXPECT_EQ(s.postgres().value("SELECT count(*) FROM orch.sms_messages WHERE status = 'DELIVERED'"), "0");

  s.postgres().exec("DROP POLICY blind ON dlr.delivery_receipts");
  ASSERT_TRUE(settles(s));
  EXPECT_THAT(outcomes_by_event(s.gateway()).at(second.event_id), ::testing::Each("duplicate"));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_billing_events_total"), 2);
  EXPECT_EQ(s.events("billing.events").size(), 2U);
}

// The one way round everything: the owner makes the message new in all that says that it ended, and moves its time.
// Nobody can tell it from a message that never was; its second billing event is known by its id.
TEST_F(Us003Safety, AMessageMadeNewInEverythingIsBilledAgainUnderTheSameId) {
  Scenario s(options());
  const auto messages = s.add_messages(1);
  ASSERT_TRUE(started(s));
  publish(s, {minutes_ago(s.receipt_for(messages[0], "DELIVRD"), 4min)});
  s.postgres().exec(
      "UPDATE orch.sms_messages SET status = 'SUBMITTED', dlr_status = NULL, dlr_received_at = NULL, processed_at = "
      "NULL, "
      "submitted_at = submitted_at + interval '1 second'");
  publish(s, {minutes_ago(s.receipt_for(messages[0], "DELIVRD"), 2min)});
  EXPECT_EQ(s.gateway().metrics().sum("dlr_billing_events_total"), 2);
  EXPECT_EQ(s.events("billing.events").size(), 1U) << "the stream knows the id";
}

class Us003Months : public FiledUnder {
 protected:
  bool run_job(Scenario& s, const std::string& job) {
    const auto runs = [&] {
      const HttpReply jobs = admin(s.gateway(), keys_, "GET", "/v1/admin/jobs");
      return std::stoll("0" + json_field(part_of(jobs.body, "jobs", job), "runs"));
    };
    const std::int64_t before = runs();
    if (admin(s.gateway(), keys_, "POST", "/v1/admin/jobs/" + job + "/run").status >= 300) return false;
    return eventually([&] { return runs() > before; });
  }
  static constexpr const char* kTables[] = {"delivery_receipts", "segment_dlrs", "message_aggregates"};
  AdminKeys keys_;
};

TEST_F(Us003Months, RowsOfAMissingMonthWaitInTheDefaultPartitionAndMove) {
  Scenario s(with_keys(keys_, quick_orphans()));
  for (const char* table : kTables)
    for (const Row& row : s.postgres().rows("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'dlr." +
                                            std::string(table) + "'::regclass"))
      if (!row[0].ends_with("_default") && !row[0].ends_with("_undated")) s.postgres().exec("DROP TABLE " + row[0]);
  const auto messages = s.add_messages(2);
  s.postgres().exec(
      "UPDATE orch.sms_messages SET submitted_at = submitted_at - interval '3 years' WHERE message_id = '" +
      messages[1].message_id + "'");
  const auto segmented = add_long_messages(s, 1, 2);
  ASSERT_TRUE(started(s));
  std::vector<Receipt> receipts;
  for (const Message& message : messages) receipts.push_back(minutes_ago(s.receipt_for(message, "DELIVRD"), 4min));
  for (int i = 1; i <= 2; ++i) receipts.push_back(minutes_ago(segment_receipt(s, segmented[0], i, "DELIVRD"), 4min));
  publish(s, receipts);
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts_default"), 4);
  EXPECT_EQ(s.count_rows("dlr.segment_dlrs_default"), 2);
  EXPECT_EQ(s.count_rows("dlr.message_aggregates_default"), 1);
  publish(s, {minutes_ago(s.receipt_for(messages[0], "DELIVRD"), 2min)});

  ASSERT_TRUE(run_job(s, "outbox.partitions"));
  ASSERT_TRUE(run_job(s, "segments.partitions"));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_default_partition_rows", {{"table", "dlr.delivery_receipts"}}), 4);
  const auto alarms = lines_with(s.gateway(), "dlr.partitions.default_rows", "table", "dlr.delivery_receipts");
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_EQ(json_field(alarms[0], "level"), "error");
  for (const char* table : kTables) EXPECT_EQ(s.count_rows("dlr." + std::string(table) + "_default"), 0) << table;
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), 4);
  EXPECT_EQ(s.count_rows("dlr.segment_dlrs"), 2);
  EXPECT_EQ(s.count_rows("dlr.message_aggregates"), 1);

  publish(s, {s.receipt_for(messages[0], "DELIVRD"), s.receipt_for(messages[1], "DELIVRD"),
              segment_receipt(s, segmented[0], 2, "DELIVRD")});
  EXPECT_EQ(s.gateway().metrics().sum("dlr_processed_total", {{"outcome", "duplicate"}}), 4);
  expect_one_billing_event(s, {messages[0].message_id, messages[1].message_id, segmented[0].message.message_id});
  ASSERT_TRUE(run_job(s, "outbox.partitions"));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_default_partition_rows", {{"table", "dlr.delivery_receipts"}}), 0);
}

// Those that the migration made, and one that the job's function makes.
TEST_F(Us003Months, RightsAndRowSecurityOfEveryPartitionAreThoseOfItsTable) {
  Scenario s;
  s.postgres().exec(
      "SELECT dlr.make_receipt_partitions('2031-05-01', 1), dlr.make_segment_partitions('2031-05-01', 1), "
      "dlr.make_aggregate_partitions('2031-05-01', 1), dlr.make_orphan_partitions('2031-05-01', 1)");
  const char* differs = R"(
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
WHERE p.relnamespace = 'dlr'::regnamespace AND p.relkind = 'p' AND (
  (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(c.relacl) a) IS DISTINCT FROM (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(p.relacl) a)
  OR c.relrowsecurity <> p.relrowsecurity
  OR (SELECT array_agg((polname, polcmd, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid)
     IS DISTINCT FROM
     (SELECT array_agg((polname, polcmd, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text ORDER BY polname) FROM pg_policy WHERE polrelid = p.oid)))";
  EXPECT_THAT(s.postgres().rows(differs), IsEmpty());
  EXPECT_GE(s.postgres().count("SELECT count(*) FROM pg_inherits WHERE inhparent::regclass::text LIKE 'dlr.%' AND "
                               "inhparent IN (SELECT oid FROM pg_class WHERE relkind = 'p')"),
            25);
}

}  // namespace
}  // namespace dlrgw::test
