// SPDX-License-Identifier: Apache-2.0
#include "receipt/describe_receipt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/attributes.h>

namespace dlrgw::host {
namespace {

using testing::HasSubstr;
using testing::Not;

class DescribeReceipt : public testing::Test {
 protected:
  static Inbound inbound() {
    Inbound in;
    in.event_id = "00000000-0000-4000-8000-000000000001";
    in.operator_id = "op1";
    in.source_addr = "4915112345678";
    in.raw_receipt = "id:1 stat:DELIVRD text:hello";
    return in;
  }
  Receipt receipt_{Delivery{}, inbound(), 1};
};

TEST_F(DescribeReceipt, ShowsTheAttributesThatAreForPeopleAndNoOthers) {
  ASSERT_EQ(receipt_.set_attribute("dlr.colour", "BLUE"), DLRGW_OK);
  ASSERT_EQ(receipt_.set_attribute("dlr.digest", std::string("\x00\xff", 2)), DLRGW_OK);
  ASSERT_EQ(receipt_.set_attribute("acme.number", "4915112345678"), DLRGW_OK);
  const std::string text = describe_receipt(receipt_);
  EXPECT_THAT(text, HasSubstr(R"("dlr.colour":"BLUE")"));
  EXPECT_THAT(text, HasSubstr(R"("dlr.digest":"00ff")"));
  EXPECT_THAT(text, Not(HasSubstr("49151")));
  EXPECT_THAT(text, Not(HasSubstr("hello")));
}

TEST_F(DescribeReceipt, FitsIntoTheReportOfASubmissionHoweverMuchStagesLeave) {
  for (std::uint32_t i = 0; i < DLRGW_MAX_ATTRIBUTES; ++i) {
    std::string name = "dlr.";
    name.resize(DLRGW_MAX_ATTRIBUTE_NAME, static_cast<char>('a' + i));
    ASSERT_EQ(receipt_.set_attribute(name, std::string(DLRGW_MAX_ATTRIBUTE_BYTES, '\xff')), DLRGW_OK);
  }
  const std::string text = describe_receipt(receipt_);
  EXPECT_LE(text.size(), 4000U);
  EXPECT_TRUE(text.ends_with("}")) << text;
}

TEST_F(DescribeReceipt, NamesTheStatusAndNullWhereThereIsNone) {
  EXPECT_THAT(describe_receipt(receipt_), HasSubstr(R"("dlrStatus":null)"));
  ASSERT_EQ(receipt_.set_int(DLRGW_EDIT_STATUS, DLRGW_STATUS_EXPIRED), DLRGW_OK);
  receipt_.apply_edits();
  EXPECT_THAT(describe_receipt(receipt_), HasSubstr(R"("dlrStatus":"EXPIRED")"));
}

}  // namespace
}  // namespace dlrgw::host
