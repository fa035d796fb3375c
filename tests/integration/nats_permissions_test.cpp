// SPDX-License-Identifier: Apache-2.0
// The shipped NATS configuration is a boundary: what user dlr-processor may not do is refused by the server, and an
// administrator who listens to everything hears nothing of it.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/nats_fixture.hpp"
#include "nats/connection.hpp"
#include "nats/native.hpp"
#include "nats/permissions.hpp"
#include "nats/provision.hpp"
#include "nats/publish_slots.hpp"
#include "nats/pull_subscription.hpp"
#include "nats/subjects.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/port_lease.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using host::NatsConnection;
namespace subjects = host::subjects;

void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

// nats-server with config/nats/nats-server.conf as it is shipped; only address and directory are the test's.
class NatsBoundary : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string config = read_file(DLRGW_NATS_CONFIG_DIR "/nats-server.conf");
    replace(config, "127.0.0.1:4222", "127.0.0.1:" + std::to_string(port.port()));
    replace(config, "/var/lib/nats/jetstream", dir.make_dir("jetstream"));
    config += "mappings: { \"sms.dlr.by_message.*\": \"sms.dlr.part.{{partition(2,1)}}\" }\n";
    (void)dir.write_file("dlr-processor.permissions.conf",
                         read_file(DLRGW_NATS_CONFIG_DIR "/dlr-processor.permissions.conf"));
    SpawnOptions options;
    options.argv = {"nats-server", "-c", dir.write_file("nats-server.conf", config)};
    options.env = {"PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", "NATS_ADMIN_PASSWORD=a-of-test",
                   "NATS_CONNECTOR_PASSWORD=c-of-test", "NATS_PROCESSOR_PASSWORD=p-of-test"};
    options.stdout_path = dir.path() + "/nats.log";
    server = ChildProcess(options);
    admin = connect("admin", "a-of-test");
    ASSERT_TRUE(eventually([&] { return admin->connected(); })) << read_file(dir.path() + "/nats.log");
    ASSERT_TRUE(eventually([&] { return bool(host::provision(*admin, {.outbound = kOutboundSubjects})); }));
    processor = connect("dlr-processor", "p-of-test");
    ASSERT_TRUE(eventually([&] { return processor->connected(); }));
  }
  std::unique_ptr<NatsConnection> connect(const std::string& user, const std::string& password) {
    host::NatsOptions options;
    options.urls = {"nats://127.0.0.1:" + std::to_string(port.port())};
    options.user = user;
    options.password = password;
    auto connection = std::make_unique<NatsConnection>(options, log);
    (void)connection->open();
    return connection;
  }
  // The server has refused exactly one more thing.
  bool refused(NatsConnection& connection, std::uint64_t before) {
    EXPECT_TRUE(connection.flush(5s));
    return eventually([&] { return connection.permission_errors() == before + 1; });
  }
  // Everything that an administrator hears until `last` comes along.
  std::vector<std::string> heard_until(natsSubscription* spy, const std::string& last) {
    std::vector<std::string> subjects_heard;
    host::native::Message message;
    while (host::native::next_message(spy, 5s, message) == host::native::Got::kMessage) {
      subjects_heard.emplace_back(natsMsg_GetSubject(message.get()));
      if (std::string_view(natsMsg_GetData(message.get())) == last) break;
    }
    return subjects_heard;
  }

  host::Logger log{"test", host::Level::kError};
  TempDir dir;
  PortLease port;
  ChildProcess server;
  std::unique_ptr<NatsConnection> admin, processor;
};

// docs/scaling.md: one stream, consumer and gateway for each part of the messages.
TEST_F(NatsBoundary, StreamsOfPartitionsTakeWhatTheServerMapsToThem) {
  for (const std::string part : {"0", "1"}) {
    const auto done = host::provision(
        *admin, {.stream = "SMS_DLR_" + part, .subject = "sms.dlr.part." + part, .consumer = "dlr-processor-" + part});
    ASSERT_TRUE(done) << done.error().text;
    EXPECT_THAT(*done, testing::ElementsAre("stream SMS_DLR_" + part + " created",
                                            "consumer SMS_DLR_" + part + "/dlr-processor-" + part + " created"));
  }
  auto spy = host::native::subscribe(admin->native().get(), "sms.dlr.part.*");
  ASSERT_TRUE(spy);
  ASSERT_TRUE(admin->flush(5s));
  constexpr int kMessages = 60;
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < kMessages; ++i)
      ASSERT_TRUE(admin->publish("sms.dlr.by_message.id-" + std::to_string(i), "id-" + std::to_string(i)));
  ASSERT_TRUE(admin->publish("sms.dlr.part.9", "end"));
  std::map<std::string, std::set<std::string>> part_of;
  std::set<std::string> parts;
  host::native::Message message;
  while (host::native::next_message(spy->get(), 5s, message) == host::native::Got::kMessage &&
         std::string_view(natsMsg_GetData(message.get())) != "end") {
    part_of[natsMsg_GetData(message.get())].insert(natsMsg_GetSubject(message.get()));
    parts.insert(natsMsg_GetSubject(message.get()));
  }
  EXPECT_EQ(part_of.size(), static_cast<std::size_t>(kMessages));
  for (const auto& [id, of] : part_of) EXPECT_EQ(of.size(), 1U) << id << " changed its partition";
  EXPECT_THAT(parts, testing::ElementsAre("sms.dlr.part.0", "sms.dlr.part.1"));
}

TEST_F(NatsBoundary, ForeignPublishesAreRefusedAndNobodyHearsThem) {
  auto spy = host::native::subscribe(admin->native().get(), ">");
  ASSERT_TRUE(spy);
  ASSERT_TRUE(admin->flush(5s));
  const std::vector<std::string> foreign = {
      "sms.dlr.inbound",
      "sms.dlr.inbound.x",
      "sms.dlr",
      "sms.dlr.aggregated.v2",
      "sms.mt.submit",
      "billing",
      "billing.events.x",
      "webhook.other",
      "dlr.in.0.2",
      "dlr.in.1.0",
      "smpp.in.x",
      "_INBOX.abc",
      "$JS.API.INFO",
      "$JS.API.STREAM.LIST",
      "$JS.API.STREAM.NAMES",
      "$JS.API.STREAM.INFO.DLR_EVENTS",
      "$JS.API.STREAM.CREATE.OTHER",
      "$JS.API.STREAM.UPDATE.SMS_DLR",
      "$JS.API.STREAM.DELETE.SMS_DLR",
      "$JS.API.STREAM.PURGE.SMS_DLR",
      "$JS.API.STREAM.MSG.GET.SMS_DLR",
      "$JS.API.STREAM.MSG.DELETE.SMS_DLR",
      "$JS.API.CONSUMER.CREATE.SMS_DLR",
      "$JS.API.CONSUMER.DURABLE.CREATE.SMS_DLR.other",
      "$JS.API.CONSUMER.DELETE.SMS_DLR.dlr-processor",
      "$JS.API.CONSUMER.INFO.SMS_DLR.other",
      "$JS.API.CONSUMER.MSG.NEXT.SMS_DLR.other",
      "$JS.API.CONSUMER.MSG.NEXT.DLR_EVENTS.dlr-processor",
      "$JS.ACK.SMS_DLR.dlr-processor.1.1.1.1700000000000000000.0",
      "$JS.SNAPSHOT.RESTORE.SMS_DLR.x",
      "$SYS.REQ.SERVER.PING",
  };
  ASSERT_GE(foreign.size(), 17U);
  for (const std::string& subject : foreign) {
    const std::uint64_t before = processor->permission_errors();
    ASSERT_TRUE(processor->publish(subject, "forged"));
    EXPECT_TRUE(refused(*processor, before)) << subject;
  }
  // The same ears hear what is allowed, and nothing came before it.
  ASSERT_TRUE(processor->publish("webhook.dispatch", "allowed"));
  EXPECT_THAT(heard_until(spy->get(), "allowed"), testing::ElementsAre("webhook.dispatch"));
}

TEST_F(NatsBoundary, ForeignSubscriptionsAreRefused) {
  const std::vector<std::string> foreign = {
      ">",         "*.*.*",      "sms.dlr.inbound", "sms.>",      "billing.events", "webhook.dispatch",
      "dlr.in.>",  "dlr.in.0.*", "dlr.in.0.64",     "dlr.in.1.0", "_INBOX.>",       "smpp.in.>",
      "$JS.API.>", "$JS.ACK.>",  "$JS.EVENT.>",     "$SYS.>"};
  ASSERT_GE(foreign.size(), 7U);
  for (const std::string& subject : foreign) {
    const std::uint64_t before = processor->permission_errors();
    auto subscription = host::native::subscribe(processor->native().get(), subject);
    ASSERT_TRUE(subscription);
    EXPECT_TRUE(refused(*processor, before)) << subject;
    ASSERT_TRUE(admin->publish(subject == "dlr.in.1.0" ? subject : "sms.dlr.test", "secret"));
    ASSERT_TRUE(admin->flush(5s));
    host::native::Message message;
    EXPECT_NE(host::native::next_message(subscription->get(), 20ms, message), host::native::Got::kMessage) << subject;
  }
}

TEST_F(NatsBoundary, EveryListedInboxMayBeSubscribed) {
  std::vector<host::native::Subscription> inboxes;
  for (unsigned slot = 0; slot < subjects::kInboxSlots; ++slot) {
    auto inbox = host::native::subscribe(processor->native().get(), subjects::inbox(0, slot));
    ASSERT_TRUE(inbox);
    inboxes.push_back(std::move(*inbox));
  }
  ASSERT_TRUE(processor->flush(5s));
  EXPECT_EQ(processor->permission_errors(), 0U);
}

TEST_F(NatsBoundary, ADeliveryMayBeAnsweredOnce) {
  auto connector = connect("smpp-connector", "c-of-test");
  ASSERT_TRUE(connector->publish("sms.dlr.inbound", "{}"));
  ASSERT_TRUE(connector->flush(5s));
  auto pull = host::PullSubscription::open(*processor, std::string(subjects::kStream), std::string(subjects::kConsumer),
                                           subjects::inbox(0, subjects::kPullSlot));
  ASSERT_TRUE(pull);
  ASSERT_TRUE((*pull)->request(1, 2s));
  auto pulled = (*pull)->next(5s);
  const auto* message = std::get_if<host::PulledMessage>(&pulled);
  ASSERT_NE(message, nullptr);
  ASSERT_TRUE(processor->publish(message->reply, "+ACK"));
  ASSERT_TRUE(processor->flush(5s));
  EXPECT_EQ(processor->permission_errors(), 0U);
  ASSERT_TRUE(processor->publish(message->reply, "+ACK"));
  EXPECT_TRUE(refused(*processor, 0));
}

TEST_F(NatsBoundary, ASubscriptionMayEndWhileMessagesArriveForIt) {
  std::jthread flood([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) EXPECT_TRUE(admin->publish("flood", "x"));
  });
  const std::unique_ptr<NatsConnection> reader = connect("admin", "a-of-test");
  ASSERT_TRUE(eventually([&] { return reader->connected(); }));
  for (int i = 0; i < 400; ++i) {
    auto subscription = host::native::subscribe(reader->native().get(), "flood");
    ASSERT_TRUE(subscription);
    host::native::Message message;
    ASSERT_EQ(host::native::next_message(subscription->get(), 5s, message), host::native::Got::kMessage);
  }
}

TEST_F(NatsBoundary, AnEmptyPullEndsByItself) {
  auto pull = host::PullSubscription::open(*processor, std::string(subjects::kStream), std::string(subjects::kConsumer),
                                           subjects::inbox(0, subjects::kPullSlot));
  ASSERT_TRUE(pull);
  ASSERT_TRUE((*pull)->request(10, 300ms));
  auto pulled = (*pull)->next(5s);
  const auto* end = std::get_if<host::EndOfRequest>(&pulled);
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->code, 408);
  EXPECT_TRUE(std::holds_alternative<host::PullTimeout>((*pull)->next(0ms)));
}

TEST_F(NatsBoundary, TheFourOutboundSubjectsAreAcknowledged) {
  host::PublishSlots slots(*processor, 0, subjects::kFirstPublishSlot, subjects::kInboxSlots - 1);
  std::vector<host::PublishItem> items;
  for (const std::string_view subject : kOutboundSubjects) items.push_back({subject, subject, "s/1", {}, "{}", {}, {}});
  slots.publish(items, 5s);
  for (const host::PublishItem& item : items) EXPECT_FALSE(item.result) << item.subject << ": " << item.text;
}

TEST_F(NatsBoundary, TheConnectorMayPublishReceiptsAndNothingElse) {
  auto connector = connect("smpp-connector", "c-of-test");
  ASSERT_TRUE(connector->publish("sms.dlr.inbound", "{}"));
  ASSERT_TRUE(connector->flush(5s));
  EXPECT_EQ(connector->permission_errors(), 0U);
  for (const std::string subject : {"billing.events", "$JS.API.STREAM.PURGE.SMS_DLR", "dlr.in.0.0"}) {
    const std::uint64_t before = connector->permission_errors();
    ASSERT_TRUE(connector->publish(subject, "forged"));
    EXPECT_TRUE(refused(*connector, before)) << subject;
  }
  const std::uint64_t before = connector->permission_errors();
  auto subscription = host::native::subscribe(connector->native().get(), "sms.dlr.inbound");
  ASSERT_TRUE(subscription);
  EXPECT_TRUE(refused(*connector, before));
}

}  // namespace
}  // namespace dlrgw::test
