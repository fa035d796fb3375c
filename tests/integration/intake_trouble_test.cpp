// SPDX-License-Identifier: Apache-2.0
// The intake when the server, the stream or the consumer is missing, wrong, gone or another one.
#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/intake_fixture.hpp"
#include "support/nats_client.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(IntakeTest, AMissingStreamIsWaitedForAndNamed) {
  start_intake();
  ASSERT_TRUE(eventually([&] { return !intake->status().problem.empty() && intake->status().connected; }));
  EXPECT_TRUE(eventually([&] { return intake->status().problem.find("stream SMS_DLR") != std::string::npos; }))
      << intake->status().problem;
  EXPECT_FALSE(intake->status().active);
  provision();
  EXPECT_TRUE(active()) << intake->status().problem;
  EXPECT_EQ(intake->status().problem, "");
}

TEST_F(IntakeTest, AWrongConsumerIsRefusedWithASentence) {
  server.create_inbound(5s);
  publish_inbound(3);
  start_intake();
  EXPECT_TRUE(eventually([&] {
    return intake->status().problem.find("ack_wait is 5000 ms, must be at least 30000 ms") != std::string::npos;
  })) << intake->status().problem;
  EXPECT_TRUE(take(500ms).empty());
  provision();  // brings it up to date
  EXPECT_TRUE(active()) << intake->status().problem;
  EXPECT_FALSE(take().empty());
}

TEST_F(IntakeTest, StartsWithoutAServerAndBecomesActiveWhenItComes) {
  provision();
  publish_inbound(1);
  server.stop();
  connection = std::make_unique<host::NatsConnection>(options(server.url()), log);
  EXPECT_EQ(connection->open().error().code, host::ErrorCode::kUnavailable);
  start_intake();
  EXPECT_FALSE(intake->status().active);
  EXPECT_NE(intake->status().problem, "");
  server.start();
  EXPECT_TRUE(active()) << intake->status().problem;
  EXPECT_EQ(take().size(), 1U);
}

TEST_F(IntakeTest, ARestartedServerDeliversAgainWhatWasNotAcked) {
  server.create_inbound(2s);
  publish_inbound(10);
  IntakeOptions impatient;
  impatient.ack_wait = 2s;
  start_intake(impatient);
  auto batch = take_count(*intake, 10);
  for (std::size_t i = 0; i < 5; ++i) intake->ack(std::move(batch[i]));
  ASSERT_TRUE(connection->flush(5s));
  ASSERT_TRUE(intake->park(std::move(batch[5]), 9'000));
  server.kill9();
  EXPECT_TRUE(eventually([&] { return !intake->status().active && intake->status().parked == 0; }));
  server.start();
  ASSERT_TRUE(active()) << intake->status().problem;
  EXPECT_TRUE(eventually([&] { return disconnected == 1; }));
  EXPECT_TRUE(eventually([&] { return reconnected == 1; }));
  for (std::size_t i = 6; i < 10; ++i) intake->ack(std::move(batch[i]));  // void: their connection is gone
  EXPECT_EQ(intake->status().void_answers, 4U);
  std::set<std::uint64_t> again;
  // The server writes down acknowledgements now and then: killed, it may have forgotten some of the five.
  EXPECT_TRUE(eventually([&] {
    for (Delivery& delivery : take(200ms)) {
      again.insert(delivery.stream_seq);
      intake->ack(std::move(delivery));
    }
    return is_settled(10);
  }));
  EXPECT_TRUE(std::ranges::includes(again, std::set<std::uint64_t>{6, 7, 8, 9, 10}));
  EXPECT_EQ(connection->permission_errors(), 0U);
}

TEST_F(IntakeTest, ASilentServerIsNoticed) {
  provision();
  start_intake();
  ASSERT_TRUE(active());
  server.pause();
  EXPECT_TRUE(eventually([&] { return !connection->connected(); }));
  EXPECT_FALSE(intake->status().active);
  server.resume();
  EXPECT_TRUE(active()) << intake->status().problem;
}

TEST_F(IntakeTest, AConsumerThatWouldDeliverWithoutPayloadIsNotPulledFrom) {
  provision();
  publish_inbound(3);
  server.set_headers_only(true);
  start_intake();
  EXPECT_TRUE(eventually([&] { return intake->status().problem.find("headers_only is true") != std::string::npos; }))
      << intake->status().problem;
  EXPECT_FALSE(intake->status().active);
  EXPECT_EQ(intake->status().fetched, 0U);
  provision();  // brings it up to date
  for (Delivery& delivery : take_count(*intake, 3)) EXPECT_FALSE(delivery.payload.empty());
}

TEST_F(IntakeTest, ARecreatedConsumerIsFound) {
  provision();
  publish_inbound(3);
  start_intake();
  for (Delivery& delivery : take_count(*intake, 3)) intake->ack(std::move(delivery));
  ASSERT_TRUE(settled(3));
  const std::string before = intake->stream_identity();
  server.delete_consumer(kInboundStream, kInboundConsumer);
  EXPECT_TRUE(eventually([&] { return !intake->status().active; }));
  EXPECT_THAT(intake->status().problem, HasSubstr("consumer SMS_DLR/dlr-processor"));
  provision();
  ASSERT_TRUE(active()) << intake->status().problem;
  EXPECT_EQ(intake->stream_identity(), before);
  for (Delivery& delivery : take_count(*intake, 3)) {
    EXPECT_EQ(*delivery.stream_identity, before);
    intake->ack(std::move(delivery));
  }
}

// As docs/operating.md says to do after PostgreSQL was restored to an earlier moment.
TEST_F(IntakeTest, AConsumerThatWasSetBackToAMomentIsProvisionedAndStaysThere) {
  provision();
  publish_inbound(3);
  const std::int64_t moment_us = clock.now_us();
  publish_inbound(2);
  start_intake();
  for (Delivery& delivery : take_count(*intake, 5)) intake->ack(std::move(delivery));
  ASSERT_TRUE(settled(5));
  {
    const NatsClient admin(server.admin_url());
    jsConsumerInfo* raw = nullptr;
    nats_check(js_GetConsumerInfo(&raw, admin.js(), kInboundStream, kInboundConsumer, nullptr, nullptr), "info");
    const JsConsumerInfoPtr info(raw);
    const jsConsumerConfig* before = info->Config;
    server.delete_consumer(kInboundStream, kInboundConsumer);
    jsConsumerConfig config;
    jsConsumerConfig_Init(&config);
    config.Durable = kInboundConsumer;
    config.AckPolicy = js_AckExplicit;
    config.FilterSubject = kInboundSubject;
    config.DeliverPolicy = js_DeliverByStartTime;
    config.OptStartTime = moment_us * 1000;
    config.AckWait = before->AckWait;
    config.MaxDeliver = before->MaxDeliver;
    config.MaxAckPending = before->MaxAckPending;
    nats_check(js_AddConsumer(nullptr, admin.js(), kInboundStream, &config, nullptr, nullptr), "consumer by hand");
  }
  EXPECT_THAT(provision(), Contains("consumer SMS_DLR/dlr-processor is as it should be"));
  ASSERT_TRUE(active()) << intake->status().problem;
  std::vector<std::string> again;
  for (Delivery& delivery : take_count(*intake, 2)) {
    again.emplace_back(delivery.payload.begin(), delivery.payload.end());
    intake->ack(std::move(delivery));
  }
  EXPECT_THAT(again, ElementsAre("1", "2")) << "what came since that moment, and nothing before it";
  EXPECT_TRUE(eventually([&] {
    const auto state = server.consumer_state(kInboundStream, kInboundConsumer);
    return state && state->ack_floor == 5 && state->ack_pending == 0;
  }));
}

// Sequences start again: not one receipt of the new stream may carry the old identity, however fast it came.
TEST_F(IntakeTest, ARecreatedStreamIsAnotherOne) {
  provision();
  publish_inbound(300);
  start_intake();
  for (Delivery& delivery : take_count(*intake, 300)) intake->ack(std::move(delivery));
  ASSERT_TRUE(settled(300));
  const std::string before = intake->stream_identity();
  {
    const NatsClient admin(server.admin_url());
    nats_check(js_DeleteStream(admin.js(), kInboundStream, nullptr, nullptr), "delete stream");
  }
  provision();
  publish_inbound(300);
  std::set<std::uint64_t> seen;
  while (seen.size() < 300) {
    auto batch = take();
    ASSERT_FALSE(batch.empty()) << intake->status().problem;
    for (Delivery& delivery : batch) {
      EXPECT_NE(*delivery.stream_identity, before);
      seen.insert(delivery.stream_seq);
      intake->ack(std::move(delivery));
    }
  }
  EXPECT_NE(intake->stream_identity(), before);
}

}  // namespace
}  // namespace dlrgw::test
