// SPDX-License-Identifier: Apache-2.0
#include "intake/consumer_check.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

const ConsumerWanted kWanted{"dlr-processor", "sms.dlr.inbound", 30s, 20'000, 256, 2s};

ConsumerInfo right() {
  ConsumerInfo info;
  info.stream = "SMS_DLR";
  info.name = info.durable = "dlr-processor";
  info.ack_policy = "explicit";
  info.deliver_policy = "all";
  info.replay_policy = "instant";
  info.filter_subject = "sms.dlr.inbound";
  info.ack_wait_ns = 30'000'000'000;
  info.max_deliver = -1;
  info.max_ack_pending = 20'000;
  return info;
}
void expect_problem(const ConsumerInfo& info, std::string_view field) {
  const std::string problem = consumer_problem(info, kWanted);
  EXPECT_NE(problem.find(field), std::string::npos) << "'" << problem << "'";
}

TEST(ConsumerCheck, WhatProvisionCreatesIsRight) { EXPECT_EQ(consumer_problem(right(), kWanted), ""); }

TEST(ConsumerCheck, MoreRoomIsRightToo) {
  ConsumerInfo info = right();
  info.max_ack_pending = 50'000;
  EXPECT_EQ(consumer_problem(info, kWanted), "");
  info.max_ack_pending = -1;
  EXPECT_EQ(consumer_problem(info, kWanted), "");
  info.ack_wait_ns = 600'000'000'000;
  EXPECT_EQ(consumer_problem(info, kWanted), "") << "a longer AckWait changes no meaning";
  info.max_batch = 256;
  info.max_expires_ns = 2'000'000'000;
  EXPECT_EQ(consumer_problem(info, kWanted), "");
}

TEST(ConsumerCheck, WhatWouldChangeTheMeaningOfADeliveryMustNotBe) {
  const auto with = [](auto change) {
    ConsumerInfo info = right();
    change(info);
    return info;
  };
  expect_problem(with([](ConsumerInfo& c) { c.headers_only = true; }), "headers_only is true, must be not set");
  expect_problem(with([](ConsumerInfo& c) { c.mem_storage = true; }), "mem_storage");
  expect_problem(with([](ConsumerInfo& c) { c.backoff = 2; }), "backoff");
  expect_problem(with([](ConsumerInfo& c) { c.inactive_threshold_ns = 5'000'000'000; }),
                 "inactive_threshold is 5000 ms");
  expect_problem(with([](ConsumerInfo& c) { c.deliver_policy = "new"; }), "deliver_policy is new, must be all");
  expect_problem(with([](ConsumerInfo& c) { c.replay_policy = "original"; }), "replay_policy");
  expect_problem(with([](ConsumerInfo& c) { c.filter_subjects = 2; }), "filter_subjects");
  expect_problem(with([](ConsumerInfo& c) { c.max_batch = 100; }), "max_batch is 100, must be at least 256");
  expect_problem(with([](ConsumerInfo& c) { c.max_expires_ns = 1'000'000'000; }),
                 "max_expires is 1000 ms, must be at least 2000 ms");
}

TEST(ConsumerCheck, MayBeginAtAMoment) {
  for (const char* policy : {"by_start_time", "by_start_sequence"}) {
    ConsumerInfo info = right();
    info.deliver_policy = policy;
    EXPECT_EQ(consumer_problem(info, kWanted), "") << policy;
  }
  ConsumerInfo info = right();
  info.deliver_policy = "last_per_subject";
  expect_problem(info, "deliver_policy is last_per_subject, must be all");
}

TEST(ConsumerCheck, EveryDifferenceIsNamed) {
  ConsumerInfo info = right();
  info.durable = "";
  expect_problem(info, "durable_name");
  info = right();
  info.deliver_subject = "push";
  expect_problem(info, "deliver_subject");
  info = right();
  info.ack_policy = "none";
  expect_problem(info, "ack_policy is none, must be explicit");
  info = right();
  info.filter_subject = "sms.dlr.other";
  expect_problem(info, "filter_subject");
  info = right();
  info.ack_wait_ns = 10'000'000'000;
  expect_problem(info, "ack_wait is 10000 ms, must be at least 30000 ms");
  info = right();
  info.max_deliver = 5;
  expect_problem(info, "max_deliver");
  info = right();
  info.max_ack_pending = 1000;
  expect_problem(info, "max_ack_pending is 1000, must be at least 20000");
}

}  // namespace
}  // namespace dlrgw::host
