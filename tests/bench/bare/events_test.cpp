// SPDX-License-Identifier: Apache-2.0
#include "bench/bare/events.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "bench/load.hpp"
#include "support/json.hpp"

namespace dlrgw::bench {
namespace {

TEST(BareEvents, ReceiptIsFoundByItsNumber) {
  EXPECT_EQ(receipt_number(receipt_json(4711)), 4711);
  EXPECT_THROW(static_cast<void>(receipt_number(R"({"operatorMessageId":"4711"})")), std::runtime_error);
  EXPECT_THROW(static_cast<void>(receipt_number("{}")), std::runtime_error);
}

TEST(BareEvents, EachEventHasItsMessageAndAnIdOfItsOwn) {
  const std::string message = message_uuid(3);  // md5('dlr-bench message 3')
  for (std::size_t subject = 0; subject < kEventSubjects.size(); ++subject) {
    const BareEvent event = event_of(3, subject, message);
    EXPECT_EQ(event.id, "be7c000" + std::to_string(subject + 1) + "-0000-4000-8000-000000000003");
    EXPECT_EQ(test::json_field(event.json, "eventId"), event.id);
    EXPECT_EQ(test::json_field(event.json, "messageId"), "294289fc-9af3-e375-6a23-00ad6c75b068");
  }
}

}  // namespace
}  // namespace dlrgw::bench
