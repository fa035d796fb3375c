// SPDX-License-Identifier: Apache-2.0
// Every bound of the inbound contract end to end: at it a receipt is applied, just beyond it stored as invalid and
// terminated, and its neighbours go on.
#include "integration/inbound_limits.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

TEST(InboundLimits, AtTheBoundAppliedBeyondItStoredAndTerminated) {
  Scenario s;
  const auto limits = inbound_limits();
  std::vector<std::string> payloads;
  std::vector<std::string> event_ids;
  std::vector<Message> messages;
  for (const InboundLimit& limit : limits) {
    Message message = random_message(s.rng(), member_text(limit.inside, "operatorId", "mno-test"));
    // Two limits may ask for the same id; the messages of one operator must not share it.
    message.operator_message_id = member_text(limit.inside, "operatorMessageId", random_uuid(s.rng()));
    const bool taken = std::ranges::any_of(messages, [&](const Message& other) {
      return other.operator_id == message.operator_id && other.operator_message_id == message.operator_message_id;
    });
    ASSERT_FALSE(taken) << limit.name;
    event_ids.push_back(random_uuid(s.rng()));
    payloads.push_back(limit_payload(event_ids.back(), message.operator_message_id, limit.inside, limit.inside_tail));
    payloads.push_back(limit_payload(random_uuid(s.rng()), random_uuid(s.rng()), limit.outside, limit.outside_tail));
    messages.push_back(message);
  }
  insert_messages(s.postgres(), messages);
  Terminations terminations(s.nats());
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));

  std::multiset<std::uint64_t> beyond;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    SCOPED_TRACE(limits[i].name);
    EXPECT_EQ(lookup(s, "count(*)", "dlr.delivery_receipts", "message_id", messages[i].message_id), "1")
        << payloads[2 * i].substr(0, 300);
    const std::uint64_t sequence = 2 * i + 2;
    EXPECT_EQ(lookup(s, "kind || ' ' || reason", "dlr.invalid_dlrs", "stream_seq", std::to_string(sequence)),
              "invalid " + limits[i].reason)
        << payloads[2 * i + 1].substr(0, 300);
    beyond.insert(sequence);
  }
  const auto count = static_cast<std::int64_t>(limits.size());
  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), count);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), count);
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", count}, {"invalid", count}}));
  EXPECT_TRUE(eventually([&] { return terminations.so_far() == beyond; })) << "each terminated, once";
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0) << "no batch had to be split";
}

// receivedAt beyond its bounds is no reason to refuse a receipt: the stream's time takes its place.
TEST(InboundLimits, ReceivedAtOutsideItsWindowIsReplacedAndFlagged) {
  Scenario s;
  struct Case {
    std::chrono::milliseconds offset;
    bool replaced;
  };
  const Case cases[] = {{5min - 20s, false}, {5min + 20s, true}, {-72h + 20s, false}, {-72h - 20s, true}};
  std::vector<Message> messages;
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    messages.push_back(random_message(s.rng(), "mno-test"));
    messages.back().age = 80h;
  }
  insert_messages(s.postgres(), messages);
  std::vector<Receipt> receipts;
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    receipts.push_back(s.receipt_for(messages[i], "DELIVRD"));
    receipts.back().received_at = rfc3339_now(cases[i].offset);
  }
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    SCOPED_TRACE(receipts[i].received_at);
    const std::string event = receipts[i].event_id;
    EXPECT_EQ(lookup(s, "flags", "dlr.delivery_receipts", "event_id", event),
              cases[i].replaced ? "received_at_replaced" : "");
    EXPECT_EQ(lookup(s, "received_at = " + s.postgres().quote(receipts[i].received_at), "dlr.delivery_receipts",
                     "event_id", event),
              cases[i].replaced ? "f" : "t");
  }
}

}  // namespace
}  // namespace dlrgw::test
