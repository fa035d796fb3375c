// SPDX-License-Identifier: Apache-2.0
// What stands in the rows of other services may be anything that their columns can hold: each receipt gets its outcome
// all the same, and nobody pays for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/long_messages.hpp"
#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

void expect_nobody_paid(Scenario& s) {
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_stage_receipts_total", {{"verdict", "retry"}}), 0);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0) << log_summary(s.gateway());
  EXPECT_EQ(s.gateway().logs("dlr.processing_failed").size(), 0U) << log_summary(s.gateway());
}

TEST(ForeignValues, OfEveryColumnOutOfEveryRange) {
  Scenario s;
  s.postgres().exec(
      "ALTER TABLE orch.sms_messages ALTER operator_id DROP NOT NULL, ALTER to_addr DROP NOT NULL, ALTER segment_count "
      "DROP NOT NULL, ALTER segment_count TYPE bigint, ALTER status DROP NOT NULL, ALTER submitted_at DROP NOT NULL; "
      "ALTER TABLE smpp.message_correlations ALTER segment_index DROP NOT NULL, ALTER segment_index TYPE bigint, ALTER "
      "total_segments DROP NOT NULL, ALTER total_segments TYPE bigint, ALTER dlr_requested DROP NOT NULL, ALTER "
      "connector_id DROP NOT NULL");
  const std::vector<std::string> times = {"NULL", "'infinity'", "'-infinity'", "'4713-01-01 00:00:00 BC'",
                                          "'294276-12-31 00:00:00'"};
  const std::vector<std::string> numbers = {"NULL", "0", "-1", "32767", "9223372036854775807"};
  const std::vector<std::string> texts = {"NULL", "''", "repeat('x', 100000)", "repeat(E'\\u00e9', 300)",
                                          "E'\\t\\x01'"};
  const std::vector<std::string> booleans = {"NULL", "false"};
  struct Column {
    std::string name;
    const std::vector<std::string>& values;
  };
  const Column of_messages[] = {{"processed_at", times},    {"dlr_received_at", times}, {"submitted_at", times},
                                {"segment_count", numbers}, {"operator_id", texts},     {"to_addr", texts},
                                {"client_ref", texts},      {"status", texts},          {"dlr_status", texts}};
  const Column of_submits[] = {
      {"segment_index", numbers}, {"total_segments", numbers}, {"connector_id", texts}, {"dlr_requested", booleans}};
  std::vector<Message> messages;
  for (const Column& column : of_messages)
    for (const std::string& value : column.values) {
      messages.push_back(s.add_messages(1)[0]);
      s.postgres().exec("UPDATE orch.sms_messages SET " + column.name + " = " + value + " WHERE message_id = '" +
                        messages.back().message_id + "'");
    }
  for (const Column& column : of_submits)
    for (const std::string& value : column.values) {
      messages.push_back(s.add_messages(1)[0]);
      s.postgres().exec("UPDATE smpp.message_correlations SET " + column.name + " = " + value +
                        " WHERE message_id = '" + messages.back().message_id + "'");
    }
  // A second submit of the message at such a time.
  for (const std::string& value : times) {
    if (value == "NULL") continue;  // of the key
    messages.push_back(s.add_messages(1)[0]);
    s.postgres().exec(
        "INSERT INTO smpp.message_correlations (operator_id, operator_message_id, message_id, submitted_at) "
        "SELECT operator_id, 'other-' || operator_message_id, message_id, " +
        value + " FROM smpp.message_correlations WHERE message_id = '" + messages.back().message_id + "'");
  }
  // Failures ask for the other submits too; a second receipt meets the message as the first has left it.
  std::vector<Receipt> receipts = s.receipts_for(messages, "UNDELIV");
  for (const Receipt& receipt : s.receipts_for(messages, "DELIVRD")) receipts.push_back(receipt);
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_received_total"), static_cast<double>(receipts.size()));
  EXPECT_EQ(
      s.postgres().count("SELECT (SELECT count(*) FROM dlr.delivery_receipts) + (SELECT count(*) FROM dlr.late_dlrs)"),
      static_cast<std::int64_t>(receipts.size()));
  expect_nobody_paid(s);
  EXPECT_EQ(s.gateway().terminate(), 0);
}

TEST(ForeignValues, ATimeThatIsNoneIsCutAndTheReceiptSaysSo) {
  Scenario s;
  const auto messages = s.add_messages(3);
  s.postgres().exec("UPDATE orch.sms_messages SET processed_at = 'infinity' WHERE message_id = '" +
                    messages[0].message_id +
                    "'; UPDATE orch.sms_messages SET processed_at = NULL, dlr_received_at = "
                    "'-infinity' WHERE message_id = '" +
                    messages[1].message_id + "'");
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "DELIVRD"));
  ASSERT_TRUE(settles(s));
  const auto flags = [&](const Message& message) {
    return lookup(s, "flags", "dlr.delivery_receipts", "message_id", message.message_id);
  };
  EXPECT_THAT(flags(messages[0]), HasSubstr("terminal_time_cut"));
  EXPECT_THAT(flags(messages[1]), HasSubstr("terminal_time_cut"));
  EXPECT_EQ(flags(messages[2]), "");
  expect_nobody_paid(s);
}

// The second submit is the newest by name only: its failure is the message's end.
TEST(ForeignValues, AnInfiniteSubmitSupersedesNobody) {
  Scenario s;
  const auto messages = s.add_messages(1);
  s.postgres().exec(
      "INSERT INTO smpp.message_correlations (operator_id, operator_message_id, message_id, submitted_at) "
      "SELECT operator_id, 'later', message_id, 'infinity' FROM smpp.message_correlations");
  ASSERT_TRUE(started(s));
  s.publish(s.receipts_for(messages, "UNDELIV"));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.late_dlrs"), 0);
  EXPECT_EQ(s.events_by_message("billing.events").at(messages[0].message_id), 1);
  expect_nobody_paid(s);
}

// More segments than one byte counts, and a receipt was asked for one of them alone.
TEST(ForeignValues, AMessageWithManySegmentsThatNobodyAskedAboutIsEndedByTheOthers) {
  constexpr int kSegments = 255;
  Scenario s;
  const auto messages = add_long_messages(s, 2, kSegments);
  s.postgres().exec("UPDATE smpp.message_correlations SET dlr_requested = false WHERE segment_index > 1");
  ASSERT_TRUE(started(s));
  s.publish({segment_receipt(s, messages[0], 1, "DELIVRD"), segment_receipt(s, messages[1], 1, "UNDELIV")});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status(), (std::map<std::string, std::int64_t>{{"DELIVERED", 1}, {"UNDELIVERED", 1}}));
  EXPECT_EQ(s.events_by_message("billing.events").size(), 2U);
  expect_nobody_paid(s);
}

}  // namespace
}  // namespace dlrgw::test
