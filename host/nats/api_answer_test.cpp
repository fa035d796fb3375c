// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "nats/api_client.hpp"
#include "nats/pub_ack.hpp"

namespace dlrgw::host {
namespace {

TEST(ApiAnswer, StreamIdentityIsNameAndCreationTime) {
  const auto info = parse_stream_info(
      R"({"type":"io.nats.jetstream.api.v1.stream_info_response","config":{"name":"SMS_DLR","subjects":["sms.dlr.inbound"]},)"
      R"("created":"2026-01-02T03:04:05.123456789Z","state":{"messages":12,"bytes":1}})");
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_EQ(info->identity(), "SMS_DLR@2026-01-02T03:04:05.123456789Z");
  EXPECT_EQ(info->messages, 12U);
}

TEST(ApiAnswer, ConsumerInfo) {
  const auto info = parse_consumer_info(
      R"({"type":"io.nats.jetstream.api.v1.consumer_info_response","stream_name":"SMS_DLR","name":"dlr-processor",)"
      R"("created":"2026-01-02T03:04:05Z","config":{"durable_name":"dlr-processor","ack_policy":"explicit",)"
      R"("ack_wait":30000000000,"max_deliver":-1,"filter_subject":"sms.dlr.inbound","max_ack_pending":20000},)"
      R"("ack_floor":{"consumer_seq":9,"stream_seq":41},"num_ack_pending":3,"num_redelivered":1,"num_pending":7})");
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_EQ(info->pending, 7U);
  EXPECT_EQ(info->ack_pending, 3U);
  EXPECT_EQ(info->ack_floor, 41U);
  EXPECT_EQ(info->redelivered, 1U);
  EXPECT_EQ(info->ack_wait_ns, 30'000'000'000);
  EXPECT_EQ(info->max_deliver, -1);
  EXPECT_EQ(info->max_ack_pending, 20'000);
  EXPECT_EQ(info->ack_policy, "explicit");
  EXPECT_EQ(info->filter_subject, "sms.dlr.inbound");
}

// All of them are past, so that the latest says most about the server's clock.
TEST(ApiAnswer, TheLatestTimeOfAConsumerInfo) {
  const auto told = [](const std::string& more) {
    const auto info = parse_consumer_info(
        R"({"type":"io.nats.jetstream.api.v1.consumer_info_response","name":"c","created":"1970-01-01T00:00:01Z")" +
        more + "}");
    return info ? info->told_us : -1;
  };
  EXPECT_EQ(told(""), 1'000'000);
  EXPECT_EQ(told(R"(,"delivered":{"last_active":"1970-01-01T00:00:02.5Z"})"), 2'500'000);
  EXPECT_EQ(told(R"(,"ack_floor":{"last_active":"1970-01-01T00:00:03.123456789Z"})"), 3'123'456);
  EXPECT_EQ(told(R"(,"ts":"1970-01-01T01:00:04+01:00","delivered":{"last_active":"never"})"), 4'000'000);
}

TEST(ApiAnswer, WhatChangesTheMeaningOfADeliveryIsRead) {
  const auto info = parse_consumer_info(
      R"({"type":"io.nats.jetstream.api.v1.consumer_info_response","stream_name":"SMS_DLR","name":"dlr-processor",)"
      R"("created":"2026-01-02T03:04:05Z","config":{"deliver_policy":"all","replay_policy":"instant","headers_only":true,)"
      R"("mem_storage":true,"backoff":[1,2],"filter_subjects":["a"],"max_batch":5,"max_expires":6,)"
      R"("inactive_threshold":7}})");
  ASSERT_TRUE(info) << info.error().text;
  EXPECT_EQ(info->deliver_policy, "all");
  EXPECT_EQ(info->replay_policy, "instant");
  EXPECT_TRUE(info->headers_only);
  EXPECT_TRUE(info->mem_storage);
  EXPECT_EQ(info->backoff, 2U);
  EXPECT_EQ(info->filter_subjects, 1U);
  EXPECT_EQ(info->max_batch, 5);
  EXPECT_EQ(info->max_expires_ns, 6);
  EXPECT_EQ(info->inactive_threshold_ns, 7);
}

TEST(ApiAnswer, MissingObjectsAreNotFoundAndOtherErrorsAreNot) {
  const auto missing = parse_consumer_info(
      R"({"type":"io.nats.jetstream.api.v1.consumer_info_response","error":{"code":404,"err_code":10014,"description":"consumer not found"}})");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  const auto away =
      parse_stream_info(R"({"error":{"code":503,"description":"JetStream system temporarily unavailable"}})");
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
}

TEST(ApiAnswer, AnAnswerToAnotherQuestionIsNotTaken) {
  EXPECT_FALSE(parse_stream_info(R"({"type":"io.nats.jetstream.api.v1.consumer_info_response","name":"x"})"));
  EXPECT_FALSE(parse_stream_info("[]"));
  EXPECT_FALSE(parse_stream_info("not json"));
  EXPECT_FALSE(parse_stream_info(R"({"type":"io.nats.jetstream.api.v1.stream_info_response","config":[]})"));
}

TEST(PubAck, StoredAndDuplicateAreAcknowledged) {
  EXPECT_FALSE(parse_pub_ack(R"({"stream":"DLR_EVENTS","seq":7})").error);
  EXPECT_FALSE(parse_pub_ack(R"({"stream":"DLR_EVENTS","seq":7,"duplicate":true})").error);
}

TEST(PubAck, ServerSideErrorsMayPassAndOthersDoNot) {
  EXPECT_EQ(parse_pub_ack(R"({"error":{"code":503,"description":"insufficient resources"}})").error,
            ErrorCode::kTransient);
  EXPECT_EQ(
      parse_pub_ack(R"({"error":{"code":400,"err_code":10054,"description":"message size exceeds maximum allowed"}})")
          .error,
      ErrorCode::kData);
}

TEST(PubAck, AnythingElseIsNotAnAcknowledgement) {
  for (const std::string_view body : {"", "+OK", "{}", "[]", R"({"stream":1})", "{\"stream\":"})
    EXPECT_EQ(parse_pub_ack(body).error, ErrorCode::kTransient) << body;
}

}  // namespace
}  // namespace dlrgw::host
