// POST /v1/admin/dlr/parse: says what the chain would do, and leaves no trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

class AdminParse : public testing::Test {
 protected:
  HttpReply parse(Scenario& s, const std::string& event) {
    return admin(s.gateway(), keys_, "POST", "/v1/admin/dlr/parse", event);
  }
  AdminKeys keys_;
};

TEST_F(AdminParse, SaysWhatTheChainWouldDo) {
  Scenario s(with_keys(keys_));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(1);
  Receipt receipt = s.receipt_for(messages[0], "UNDELIV");
  const HttpReply reply = parse(s, receipt.json());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json_field(reply.body, "outcome"), "applied");
  const std::string seen = json_field(reply.body, "receipt");
  EXPECT_EQ(json_field(seen, "dlrStatus"), "UNDELIVERED");
  EXPECT_EQ(json_field(seen, "messageId"), messages[0].message_id);
  EXPECT_EQ(json_field(seen, "fingerprint").size(), 64U);
  EXPECT_THAT(json_field(seen, "idCandidates"), HasSubstr(messages[0].operator_message_id));
}

}  // namespace
}  // namespace dlrgw::test
