// SPDX-License-Identifier: Apache-2.0
// Connection, publish slots and provisioning on a real nats-server.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/nats_fixture.hpp"
#include "nats/publish_slots.hpp"
#include "nats/subjects.hpp"
#include "support/silent_subject.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using host::ErrorCode;
using host::PublishItem;
using host::PublishSlots;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kSlots = host::subjects::kInboxSlots - host::subjects::kFirstPublishSlot;
constexpr std::size_t kMany = 500;        // more than there are inboxes
constexpr auto kLongerThanThisTest = 1h;  // a call that waits it out is ended by ctest

class NatsPublish : public NatsFixture {
 protected:
  void open() {
    connection = connect(server.url());
    slots = std::make_unique<PublishSlots>(*connection, 0, host::subjects::kFirstPublishSlot,
                                           host::subjects::kInboxSlots - 1);
  }
  static std::vector<std::string> ids(std::size_t count, const std::string& prefix) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(prefix + std::to_string(i));
    return out;
  }
  static std::vector<PublishItem> items(const std::vector<std::string>& ids,
                                        std::string_view subject = "billing.events", std::string_view payload = "{}") {
    std::vector<PublishItem> out;
    for (const std::string& id : ids) {
      PublishItem& item = out.emplace_back();
      item.subject = subject;
      item.msg_id = id;
      item.schema = "billing.events/1";
      item.payload = payload;
    }
    return out;
  }
  static std::size_t acked(const std::vector<PublishItem>& list) {
    return static_cast<std::size_t>(std::ranges::count_if(list, [](const PublishItem& item) { return !item.result; }));
  }
  // The server is killed after these were sent and before it could answer, and comes back.
  void crash_in_flight(std::vector<PublishItem>& list) {
    server.pause();
    slots->publish(list, 300ms);
    server.kill9();
    EXPECT_TRUE(eventually([&] { return !connection->connected(); }));
    server.start();
    EXPECT_TRUE(eventually([&] { return connection->connected(); }));
  }
  // All of them, in as many attempts as it takes: after a silence the first is a probe.
  bool published(std::vector<PublishItem>& list) {
    return eventually([&] {
      slots->publish(list, kPatience);
      return acked(list) == list.size();
    });
  }
  std::unique_ptr<host::NatsConnection> connection;
  std::unique_ptr<PublishSlots> slots;
};

TEST_F(NatsPublish, EveryMessageIsAcknowledgedStoredOnceAndCarriesItsHeaders) {
  provision();
  open();
  const auto names = ids(3, "id-");
  auto list = items(names);
  list[1].traceparent = "00-ab-cd-01";
  list[2].schema = {};
  slots->publish(list, kPatience);
  EXPECT_EQ(acked(list), 3U) << list[0].text;
  slots->publish(list, kPatience);  // once more, the same ids
  EXPECT_EQ(acked(list), 3U);
  const auto stored = server.read_stream(kCaptureStream);
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[1].msg_id, "id-1");
  EXPECT_EQ(stored[1].headers.at("Dlr-Schema"), "billing.events/1");
  EXPECT_EQ(stored[1].headers.at("traceparent"), "00-ab-cd-01");
  EXPECT_EQ(stored[2].headers.count("Dlr-Schema"), 0U);
}

TEST_F(NatsPublish, SixtyThousandInBulkAreEachAcknowledgedAndStored) {
  constexpr std::size_t kCount = 60'000;
  provision();
  open();
  const auto names = ids(kCount, "0123abcd-4567-89ab-cdef-0123456789ab-");
  const std::string payload(400, 'x');
  auto list = items(names, "billing.events", payload);
  constexpr std::size_t kBulk = 1'000;
  for (std::size_t at = 0; at < kCount; at += kBulk) slots->publish(std::span(list).subspan(at, kBulk), kPatience);
  EXPECT_EQ(acked(list), kCount);
  EXPECT_EQ(server.stream_state(kCaptureStream)->messages, kCount);
}

TEST_F(NatsPublish, ASubjectWithoutAStreamIsNotFoundAndHoldsNothingUp) {
  provision({});
  open();
  const auto names = ids(200, "id-");
  auto list = items(names);
  slots->publish(list, kLongerThanThisTest);
  for (const PublishItem& item : list) EXPECT_EQ(item.result, ErrorCode::kNotFound);
  EXPECT_THAT(list[0].text, HasSubstr("billing.events"));
}

// The acknowledgements of one inbox do not say which of its messages they are about.
TEST_F(NatsPublish, OneThatIsRefusedAmongOthersIsFound) {
  constexpr std::size_t kLarge = 5;
  provision();
  server.set_capture_max_message(1'000);
  open();
  const auto names = ids(100, "id-");
  const std::string large(2'000, 'x');
  auto list = items(names);
  list[kLarge].payload = large;
  slots->publish(list, kPatience);
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i == kLarge) continue;
    EXPECT_FALSE(list[i].result) << i << " " << list[i].text;
  }
  EXPECT_EQ(list[kLarge].result, ErrorCode::kData);
  EXPECT_THAT(list[kLarge].text, HasSubstr("message size"));
  EXPECT_EQ(server.stream_state(kCaptureStream)->messages, 99U);
}

TEST_F(NatsPublish, WhatTheServerCanNeverTakeIsData) {
  provision();
  open();
  const std::string large(2 * 1024 * 1024, 'x');
  const auto names = ids(1, "id-");
  auto list = items(names, "billing.events", large);
  slots->publish(list, kPatience);
  EXPECT_EQ(list[0].result, ErrorCode::kData) << list[0].text;
}

TEST_F(NatsPublish, WithoutAServerEachItemIsUnavailableAtOnce) {
  provision();
  open();
  server.stop();
  ASSERT_TRUE(eventually([&] { return !connection->connected(); }));
  const auto names = ids(100, "id-");
  auto list = items(names);
  slots->publish(list, kLongerThanThisTest);
  for (const PublishItem& item : list) EXPECT_EQ(item.result, ErrorCode::kUnavailable);
  EXPECT_EQ(connection->publish("billing.events", "x").error().code, ErrorCode::kUnavailable);
  server.start();
  ASSERT_TRUE(eventually([&] { return connection->connected(); }));
  slots->publish(list, kPatience);
  EXPECT_EQ(acked(list), 100U);
  EXPECT_EQ(server.stream_state(kCaptureStream)->messages, 100U);
}

TEST_F(NatsPublish, ADeniedSubjectIsNoAnswerAndIsCounted) {
  provision();
  open();
  const auto names = ids(1, "id-");
  auto list = items(names, "sms.dlr.inbound");
  slots->publish(list, 500ms);
  EXPECT_EQ(list[0].result, ErrorCode::kTransient);
  EXPECT_TRUE(eventually([&] { return connection->permission_errors() == 1; }));
}

// The server stands still; what was published gets its answers much later, when other messages are under way.
TEST_F(NatsPublish, ALateAnswerIsNeverTakenForANewerMessage) {
  provision();
  open();
  server.pause();
  const auto first_ids = ids(kMany, "first-");
  auto first = items(first_ids);
  slots->publish(first, 300ms);
  for (const PublishItem& item : first) ASSERT_EQ(item.result, ErrorCode::kTransient);
  // Another message finds no wrong answer.
  const auto other_ids = ids(1, "other-");
  auto other = items(other_ids, "webhook.dispatch");
  slots->publish(other, 300ms);
  EXPECT_EQ(other[0].result, ErrorCode::kTransient);
  server.resume();
  // Late answers free the slots, for the same messages and for others.
  EXPECT_TRUE(published(first));
  EXPECT_EQ(server.stream_state(kCaptureStream)->messages, kMany + 1);
  const auto next_ids = ids(500, "next-");
  auto next = items(next_ids);
  EXPECT_TRUE(published(next));
  EXPECT_EQ(server.stream_state(kCaptureStream)->messages, kMany + 501);
}

TEST_F(NatsPublish, ASilentSubjectTakesNoSlotAndNoTimeOfAnother) {
  provision();
  server.set_capture_subjects({"billing.events"});
  SilentSubject silent(server.admin_url(), "webhook.dispatch");
  open();
  const auto silent_ids = ids(512, "silent-");
  for (int round = 0; round < 5; ++round) {
    const auto billing_ids = ids(200, "billing-" + std::to_string(round) + "-");
    auto list = items(silent_ids, "webhook.dispatch");
    const auto billing = items(billing_ids);
    list.insert(list.end(), billing.begin(), billing.end());
    slots->publish(list, 30s);
    EXPECT_EQ(acked(list), 200U) << "round " << round;
    for (std::size_t i = 0; i < silent_ids.size(); ++i) EXPECT_EQ(list[i].result, ErrorCode::kTransient);
  }
  EXPECT_LT(silent.received(1), kSlots) << "it is probed, with one message at a time";
}

// The answers that come late are those of known messages: these are stored and are not sent again, the others are.
TEST_F(NatsPublish, ALateAnswerIsItsOwnMessages) {
  provision();
  server.set_capture_subjects({"billing.events"});
  SilentSubject silent(server.admin_url(), "webhook.dispatch");
  open();
  // A subject that never answered has one message in flight; afterwards it has more.
  const auto first_name = ids(1, "first-");
  auto first = items(first_name, "webhook.dispatch");
  slots->publish(first, 100ms);
  ASSERT_EQ(silent.received(1), 1U);
  silent.acknowledge(0);
  slots->publish(first, 3s);
  EXPECT_EQ(acked(first), 1U);

  const auto names = ids(8, "id-");
  auto list = items(names, "webhook.dispatch");
  slots->publish(list, 100ms);
  EXPECT_EQ(acked(list), 0U);
  ASSERT_EQ(silent.received(9), 9U);
  for (const std::size_t message : {2U, 5U, 7U}) silent.acknowledge(message);
  const std::vector<std::string> answered{silent.id(2), silent.id(5), silent.id(7)};
  slots->publish(list, 3s);
  for (const PublishItem& item : list)
    EXPECT_EQ(!item.result, std::ranges::count(answered, item.msg_id) == 1) << item.msg_id << " " << item.text;
}

// The server dies with every slot in flight: answers never come.
TEST_F(NatsPublish, AfterACrashWhatWasInFlightIsPublishedAgainAndTheRestFollows) {
  provision();
  open();
  const auto first_ids = ids(kSlots, "first-");
  auto first = items(first_ids);
  for (std::size_t i = 1; i < first.size(); i += 2) first[i].subject = "webhook.dispatch";
  crash_in_flight(first);
  slots->publish(first, kPatience);
  EXPECT_EQ(acked(first), kSlots) << first[0].text;
  const auto next_ids = ids(kMany, "next-");
  auto next = items(next_ids);
  slots->publish(next, kPatience);
  EXPECT_EQ(acked(next), kMany) << next[0].text;
  EXPECT_EQ(server.stream_state(kCaptureStream)->messages, kSlots + kMany);
}

TEST_F(NatsPublish, AfterACrashManyMessagesOfOneSubjectGo) {
  provision();
  open();
  const auto names = ids(kMany, "first-");
  auto list = items(names);
  crash_in_flight(list);
  slots->publish(list, kPatience);
  EXPECT_EQ(acked(list), kMany) << list[0].text;
}

TEST_F(NatsPublish, ProvisionIsIdempotentAndRepairs) {
  EXPECT_THAT(provision(), ElementsAre(HasSubstr("SMS_DLR created"), HasSubstr("dlr-processor created"),
                                       HasSubstr("DLR_EVENTS created")));
  EXPECT_THAT(provision(), Each(HasSubstr("is as it should be")));
  EXPECT_THAT(provision({.max_ack_pending = 30'000}),
              ElementsAre(HasSubstr("is as it should be"), HasSubstr("updated")));
}

TEST_F(NatsPublish, ProvisionNamesWhatItCanNotChange) {
  server.create_inbound(5s);
  EXPECT_THAT(provision({}), testing::Contains(HasSubstr("dlr-processor updated")));
  const auto processor = connect(server.url());
  const auto refused = host::provision(*processor, {});  // not an administrator
  EXPECT_FALSE(refused);
}

}  // namespace
}  // namespace dlrgw::test
