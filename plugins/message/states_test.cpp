// SPDX-License-Identifier: Apache-2.0
#include "message/states.hpp"

#include <gtest/gtest.h>

namespace dlrgw::message {
namespace {

TEST(States, a_message_ends_with_a_final_status_of_receipts_or_with_a_part) {
  for (const DlrStatus status : kAllDlrStatuses)
    EXPECT_EQ(is_terminal_message_status(to_string(status)), is_terminal(status)) << to_string(status);
  EXPECT_TRUE(is_terminal_message_status("PARTIAL"));
  for (const std::string_view other : {"", "SENT", "PENDING", "delivered", "T"})
    EXPECT_FALSE(is_terminal_message_status(other)) << other;
}

TEST(States, the_list_for_sql_names_the_same_set) {
  EXPECT_EQ(terminal_status_list(), "'DELIVERED', 'FAILED', 'UNDELIVERED', 'EXPIRED', 'REJECTED', 'PARTIAL'");
}

TEST(States, a_failure_is_final_and_not_delivered) {
  for (const DlrStatus status : kAllDlrStatuses)
    EXPECT_EQ(is_failure(status), is_terminal(status) && status != DlrStatus::kDelivered) << to_string(status);
}

TEST(StateKey, one_final_row_and_one_per_intermediate_raw) {
  for (const DlrStatus status : kAllDlrStatuses)
    EXPECT_EQ(state_key(status, "RAW"), status == DlrStatus::kUnknown ? "~RAW" : "T") << to_string(status);
  EXPECT_EQ(state_key(DlrStatus::kUnknown, ""), "~");
}

TEST(StateKey, gives_back_the_raw_status_of_an_intermediate_row) {
  for (const std::string_view raw : {"ACCEPTD", "", "T", "~A"})
    EXPECT_EQ(raw_of(state_key(DlrStatus::kUnknown, raw)), raw);
  EXPECT_EQ(raw_of(state_key(DlrStatus::kDelivered, "DELIVRD")), "");
}

}  // namespace
}  // namespace dlrgw::message
