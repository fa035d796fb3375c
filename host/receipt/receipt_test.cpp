// SPDX-License-Identifier: Apache-2.0
#include "receipt/receipt.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

std::string_view text(dlrgw_str s) { return {s.len == 0 ? "" : s.ptr, s.len}; }

class ReceiptTest : public testing::Test {
 protected:
  static Delivery delivery() {
    Delivery d;
    d.stream_seq = 7;
    d.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    return d;
  }
  static Inbound inbound() {
    Inbound in;
    in.event_id = "00000000-0000-4000-8000-000000000001";
    in.operator_id = "op1";
    in.operator_message_id = "id-1";
    in.raw_stat = "DELIVRD";
    in.received_at_us = 1'000'000;
    return in;
  }
  Receipt receipt_{delivery(), inbound(), 42};
};

TEST_F(ReceiptTest, EditsAreSeenByTheEditorAtOnceAndByOthersAfterApply) {
  ASSERT_EQ(receipt_.set_int(DLRGW_EDIT_STATUS, DLRGW_STATUS_DELIVERED), DLRGW_OK);
  ASSERT_EQ(receipt_.set_text(DLRGW_EDIT_ERROR_CODE, "001"), DLRGW_OK);
  std::int64_t status = 0;
  ASSERT_EQ(receipt_.get_int(DLRGW_EDIT_STATUS, status), DLRGW_OK);
  EXPECT_EQ(status, DLRGW_STATUS_DELIVERED);
  EXPECT_EQ(receipt_.view().status, DLRGW_STATUS_NONE);
  receipt_.apply_edits();
  EXPECT_EQ(receipt_.view().status, DLRGW_STATUS_DELIVERED);
  EXPECT_EQ(text(receipt_.view().error_code), "001");
}

TEST_F(ReceiptTest, UndoneEditsLeaveNoTrace) {
  ASSERT_EQ(receipt_.set_text(DLRGW_EDIT_RAW_STATUS, "A"), DLRGW_OK);
  const std::size_t mark = receipt_.edit_mark();
  ASSERT_EQ(receipt_.set_text(DLRGW_EDIT_RAW_STATUS, "B"), DLRGW_OK);
  ASSERT_EQ(receipt_.add_flag("odd"), DLRGW_OK);
  receipt_.undo_edits_since(mark);
  receipt_.apply_edits();
  EXPECT_EQ(text(receipt_.view().raw_status), "A");
  EXPECT_EQ(text(receipt_.view().flags), "");
}

TEST_F(ReceiptTest, IdsAreReadOnlyOnceTheMessageIsKnown) {
  const dlrgw_candidate candidate{sizeof candidate, 0, {"id-1", 4}};
  ASSERT_EQ(receipt_.set_candidates(&candidate, 1, sizeof candidate), DLRGW_OK);
  ASSERT_EQ(receipt_.set_text(DLRGW_EDIT_MESSAGE_ID, "m"), DLRGW_OK);
  receipt_.apply_edits();
  ASSERT_EQ(receipt_.view().candidate_count, 1U);
  EXPECT_EQ(text(receipt_.view().candidates[0].id), "id-1");
  EXPECT_EQ(receipt_.set_text(DLRGW_EDIT_MESSAGE_ID, "n"), DLRGW_E_DENIED);
  EXPECT_EQ(receipt_.set_text(DLRGW_EDIT_OPERATOR_MESSAGE_ID, "n"), DLRGW_E_DENIED);
  EXPECT_EQ(receipt_.set_candidates(&candidate, 1, sizeof candidate), DLRGW_E_DENIED);
  EXPECT_EQ(receipt_.set_text(DLRGW_EDIT_ERROR_CODE, "n"), DLRGW_OK);
}

TEST_F(ReceiptTest, RefusesWhatIsOverABoundOrMalformed) {
  EXPECT_EQ(receipt_.set_text(99, "x"), DLRGW_E_INVALID);
  EXPECT_EQ(receipt_.set_text(DLRGW_EDIT_ERROR_CODE, std::string_view("a\0b", 3)), DLRGW_E_INVALID);
  EXPECT_EQ(receipt_.set_text(DLRGW_EDIT_ERROR_CODE, std::string(1021, 'x')), DLRGW_E_LIMIT);
  EXPECT_EQ(receipt_.set_int(DLRGW_EDIT_STATUS, 0), DLRGW_E_INVALID);
  EXPECT_EQ(receipt_.set_int(DLRGW_EDIT_STATUS, 7), DLRGW_E_INVALID);
  EXPECT_EQ(receipt_.set_int(DLRGW_EDIT_SEGMENT_INDEX, 256), DLRGW_E_INVALID);
  EXPECT_EQ(receipt_.add_flag("Not A Flag"), DLRGW_E_INVALID);
  for (int i = 0; i < 16; ++i) ASSERT_EQ(receipt_.add_flag("f" + std::to_string(i)), DLRGW_OK);
  EXPECT_EQ(receipt_.add_flag("f16"), DLRGW_E_LIMIT);
}

TEST_F(ReceiptTest, AttributesAreBoundedAndReplaced) {
  std::string_view out;
  EXPECT_EQ(receipt_.get_attribute("a", out), DLRGW_E_NOT_FOUND);
  ASSERT_EQ(receipt_.set_attribute("a", "1"), DLRGW_OK);
  ASSERT_EQ(receipt_.set_attribute("a", "2"), DLRGW_OK);
  ASSERT_EQ(receipt_.get_attribute("a", out), DLRGW_OK);
  EXPECT_EQ(out, "2");
  EXPECT_EQ(receipt_.set_attribute("b", std::string(257, 'x')), DLRGW_E_LIMIT);
  for (int i = 1; i < 16; ++i) ASSERT_EQ(receipt_.set_attribute("n" + std::to_string(i), ""), DLRGW_OK);
  EXPECT_EQ(receipt_.set_attribute("n16", ""), DLRGW_E_LIMIT);
}

TEST_F(ReceiptTest, CarriesTheTraceOnWithASpanOfItsOwn) {
  EXPECT_EQ(text(receipt_.view().trace_id), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(text(receipt_.view().span_id).size(), 16U);
  EXPECT_NE(text(receipt_.view().span_id), "b7ad6b7169203331");
  EXPECT_EQ(receipt_.traceparent().substr(0, 36), "00-0af7651916cd43dd8448eb211c80319c-");
  Delivery broken = delivery();
  broken.traceparent = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
  const Receipt without(std::move(broken), inbound(), 1);
  EXPECT_EQ(without.traceparent(), "");
}

}  // namespace
}  // namespace dlrgw::host
