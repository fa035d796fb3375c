// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <gtest/gtest.h>

#include "parse_route.hpp"
#include "resubmit_route.hpp"

namespace dlrgw::admin_http {
namespace {

TEST(AdminAnswer, ARefusalHasTheStatusOfItsCode) {
  EXPECT_EQ(refusal(Error(DLRGW_E_NOT_FOUND, "no job"), 409).status, 404U);
  EXPECT_EQ(refusal(Error(DLRGW_E_UNAVAILABLE, "away"), 409).status, 503U);
  for (const std::int32_t code : {DLRGW_E_INVALID, DLRGW_E_TRANSIENT, DLRGW_E_DENIED, DLRGW_E_INTERNAL})
    EXPECT_EQ(refusal(Error(code, "no"), 422).status, 422U) << code;
  EXPECT_EQ(refusal(Error(DLRGW_E_NOT_FOUND, "no job \"x\""), 409).body, "no job \"x\"");
  EXPECT_EQ(submission_refusal(Error(DLRGW_E_DATA, "no receipt"), 400).status, 400U);
  EXPECT_EQ(submission_refusal(Error(DLRGW_E_TRANSIENT, "conflict"), 400).status, 503U);
  EXPECT_EQ(submission_refusal(Error(DLRGW_E_UNAVAILABLE, "away"), 400).status, 503U);
  EXPECT_EQ(submission_refusal(Error(DLRGW_E_INTERNAL, "a stage failed"), 400).status, 500U);
}

TEST(AdminAnswer, AuditDetailsTellResultAndReason) {
  EXPECT_EQ(audit_details({200, "{}"}, "gw-1"), R"({"result":"ok","status":200,"instance":"gw-1"})");
  EXPECT_EQ(audit_details({409, "stage \"outbox\" is essential"}, "gw-1"),
            R"({"result":"refused","status":409,"reason":"stage \"outbox\" is essential","instance":"gw-1"})");
}

TEST(AdminAnswer, SequencesAreDigitsOnly) {
  EXPECT_EQ(parse_sequence("1"), 1);
  EXPECT_EQ(parse_sequence("9223372036854775807"), 9223372036854775807);
  for (const char* wrong : {"", "0", "-1", "+1", " 1", "1 ", "1a", "0x1", "9223372036854775808"})
    EXPECT_EQ(parse_sequence(wrong), std::nullopt) << wrong;
}

TEST(AdminAnswer, ADryRunTellsHowTheChainEnded) {
  EXPECT_EQ(
      describe(SubmissionResult{"retry", "awaiting_correlation", "correlate", R"({"rawStat":"DELIVRD"})"}),
      R"({"outcome":"retry","reason":"awaiting_correlation","stage":"correlate","receipt":{"rawStat":"DELIVRD"}})");
  EXPECT_EQ(describe(SubmissionResult{"applied", "", "", ""}),
            R"({"outcome":"applied","reason":null,"stage":null,"receipt":null})");
}

TEST(Resubmission, RejectedAndInvalidOnesAndOnlyOnce) {
  StoredReceipt stored;
  stored.kind = "rejected";
  EXPECT_FALSE(refuse_resubmission(stored));
  stored.first_outcome = "applied";
  stored.first_actor = "ops";
  const auto twice = refuse_resubmission(stored);
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->status, 409U);
  EXPECT_NE(twice->body.find("\"applied\""), std::string::npos);
  JsonWriter json;
  json.begin_object();
  twice->more(json);
  json.end_object();
  EXPECT_EQ(json.text(), R"({"outcome":"applied","actor":"ops"})");
  stored = {};
  stored.kind = "invalid";
  EXPECT_FALSE(refuse_resubmission(stored)) << "another version may read it";
  stored.kind = "held";
  EXPECT_EQ(refuse_resubmission(stored)->status, 409U);
}

}  // namespace
}  // namespace dlrgw::admin_http
