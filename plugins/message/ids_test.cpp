// SPDX-License-Identifier: Apache-2.0
#include "message/ids.hpp"

#include <gtest/gtest.h>

#include <dlrgw/testing/digests.hpp>
#include <dlrgw/testing/fake_host.hpp>

namespace dlrgw::message {
namespace {

constexpr std::string_view kMessage = "11111111-1111-4111-8111-111111111111";

// Consumers know a repeat by these ids: what was published once must never get another.
TEST(Ids, names_are_what_they_were) {
  EXPECT_EQ(kUuidSpace, "6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13");
  EXPECT_EQ(event_name(kMessage, "webhook.dispatch", 2), std::string(kMessage) + "webhook.dispatch2");
  EXPECT_EQ(orphan_name(kMessage), kMessage);
  EXPECT_EQ(row_name("late", {"event", "print"}), "lateeventprint");
}

TEST(Ids, an_operators_id_is_as_received_else_the_first_candidate) {
  testing::FakeHost fake;
  dlrgw_receipt receipt = fake.receipt({.operator_message_id = "as-received"}).view();
  const dlrgw_candidate candidate{sizeof(dlrgw_candidate), 0, str("in-the-text")};
  receipt.candidates = &candidate;
  receipt.candidate_count = 1;
  receipt.candidate_stride = sizeof candidate;
  EXPECT_EQ(operator_message_id(ReceiptView(&receipt)), "as-received");
  receipt.operator_message_id = {};
  EXPECT_EQ(operator_message_id(ReceiptView(&receipt)), "in-the-text");
  receipt.candidate_count = 0;
  EXPECT_EQ(operator_message_id(ReceiptView(&receipt)), "");
}

}  // namespace
}  // namespace dlrgw::message
