#include "intake/consumer_check.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

const ConsumerWanted kWanted{"dlr-processor", "sms.dlr.inbound", 30s, 20'000};

ConsumerInfo right() {
  ConsumerInfo info;
  info.stream = "SMS_DLR";
  info.name = info.durable = "dlr-processor";
  info.ack_policy = "explicit";
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
  expect_problem(info, "ack_wait is 10000 ms, must be 30000 ms");
  info = right();
  info.max_deliver = 5;
  expect_problem(info, "max_deliver");
  info = right();
  info.max_ack_pending = 1000;
  expect_problem(info, "max_ack_pending is 1000, must be at least 20000");
}

}  // namespace
}  // namespace dlrgw::host
