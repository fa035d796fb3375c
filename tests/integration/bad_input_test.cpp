// SPDX-License-Identifier: Apache-2.0
// Bad input end to end: each payload that is no receipt ends as exactly one row of dlr.invalid_dlrs and is terminated;
// its neighbours are not delayed.
#include <algorithm>

#include <gtest/gtest.h>

#include <dlrgw/cpp/hex.hpp>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kMaxPayload = 256 * 1024;

struct BadPayload {
  std::string payload;
  std::string reason;
};

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string with(const std::string& members) {
  return R"({"operatorId":"mno-test","operatorMessageId":"id-1")" + (members.empty() ? "" : "," + members) + "}";
}

std::vector<BadPayload> bad_payloads() {
  std::string large = with(R"("padding":")");
  large.insert(large.size() - 1, std::string(kMaxPayload, 'x') + "\"");
  return {
      {"", "malformed_json"},
      {"not json", "malformed_json"},
      {R"({"operatorId":"mno-test")", "malformed_json"},
      {with("") + "{}", "malformed_json"},
      {with(R"("rawStat":NaN)"), "malformed_json"},
      {std::string("{\"operatorId\":\"mno-test\"\0}", 25), "malformed_json"},
      {"\xEF\xBB\xBF" + with(""), "malformed_json"},
      {"\x80\x81\xFF", "invalid_utf8"},
      {with("\"rawStat\":\"\xC3\x28\""), "invalid_utf8"},
      {with("\"rawStat\":\"\xED\xA0\x80\""), "invalid_utf8"},
      {"[]", "not_an_object"},
      {"null", "not_an_object"},
      {"42", "not_an_object"},
      {"\"text\"", "not_an_object"},
      {large, "too_large"},
      {with("\"deep\":" + repeated("[", 100'000)), "too_deep"},
      {with("\"deep\":" + repeated("{\"a\":", 9) + "1" + repeated("}", 9)), "too_deep"},
      {with(R"("operatorId":"mno-other")"), "duplicate_key"},
      {with(R"("unknown":{"a":1,"a":2})"), "duplicate_key"},
      {R"({"operatorMessageId":"id-1"})", "missing_field"},
      {R"({"operatorId":7,"operatorMessageId":"id-1"})", "wrong_type"},
      {R"({"operatorId":"mno-test","operatorMessageId":{}})", "wrong_type"},
      {R"({"operatorId":"mno-test","operatorMessageId":1.5})", "wrong_type"},
      {with(R"("rawStat":[])"), "wrong_type"},
      {with(R"("messageState":2.5)"), "wrong_type"},
      {with(R"("esmClass":true)"), "wrong_type"},
      {with(R"("esmClass":"")"), "out_of_bounds"},
      {with(R"("connectorId":"a b")"), "out_of_bounds"},
      {with(R"("tlvs":[])"), "wrong_type"},
      {with(R"("eventId":7)"), "wrong_type"},
      {with(R"("eventId":"no-uuid")"), "out_of_bounds"},
      {with(R"("messageState":256)"), "out_of_bounds"},
      {with("\"rawStat\":\"" + std::string(65, 'A') + "\""), "out_of_bounds"},
      {R"({"operatorId":"mno test","operatorMessageId":"id-1"})", "out_of_bounds"},
      {R"({"operatorId":"","operatorMessageId":"id-1"})", "out_of_bounds"},
      {R"({"operatorId":"mno-test","operatorMessageId":""})", "out_of_bounds"},
      {with(R"("segment":{"index":3,"total":2})"), "out_of_bounds"},
      {R"({"operatorId":"mno-test","operatorMessageId":"a\u0000b"})", "control_character"},
      {with(R"("rawStat":"DELIV\nRD")"), "control_character"},
      {with(R"("errorCode":"\u0000")"), "control_character"},
      {R"({"operatorId":"mno\u0007","operatorMessageId":"id-1"})", "control_character"},
  };
}

TEST(BadInput, EachIsStoredOnceTerminatedAndHoldsNobodyUp) {
  Scenario s;
  const auto bad = bad_payloads();
  const auto messages = s.add_messages(bad.size());
  std::vector<std::string> payloads;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    payloads.push_back(bad[i].payload);
    payloads.push_back(s.receipt_for(messages[i], "DELIVRD").json());
  }
  Terminations terminations(s.nats());
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));

  EXPECT_EQ(s.count_rows("dlr.delivery_receipts"), static_cast<std::int64_t>(bad.size()));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), static_cast<std::int64_t>(bad.size()));
  std::map<std::string, double> reasons;
  std::multiset<std::uint64_t> sequences;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const std::uint64_t seq = 2 * i + 1;
    SCOPED_TRACE(bad[i].payload.substr(0, 80) + " #" + std::to_string(seq));
    const auto rows = s.postgres().rows(
        "SELECT kind, reason, encode(payload, 'hex') = encode(" + s.postgres().quote("\\x" + to_hex(bad[i].payload)) +
        "::bytea, 'hex'), stage IS NULL, plugin IS NULL FROM dlr.invalid_dlrs WHERE stream_seq = " +
        std::to_string(seq));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0], (Row{"invalid", bad[i].reason, "t", "t", "t"}));
    ++reasons[bad[i].reason];
    sequences.insert(seq);
  }
  EXPECT_TRUE(eventually([&] { return terminations.so_far() == sequences; })) << "each terminated, once";
  const Metrics metrics = s.gateway().metrics();
  for (const auto& [reason, count] : reasons)
    EXPECT_EQ(metrics.sum("dlr_invalid_total", {{"reason", reason}}), count) << reason;
  EXPECT_EQ(metrics.sum("dlr_received_total"), 2.0 * static_cast<double>(bad.size()));
  EXPECT_EQ(s.count_by_outcome(),
            (std::map<std::string, std::int64_t>{{"applied", static_cast<std::int64_t>(bad.size())},
                                                 {"invalid", static_cast<std::int64_t>(bad.size())}}));
  const auto lines = s.gateway().logs("dlr.invalid");
  EXPECT_EQ(lines.size(), bad.size());
  for (const std::string& line : lines) EXPECT_EQ(json_field(line, "level"), "warn");
  EXPECT_EQ(metrics.sum("dlr_plugin_errors_total"), 0) << "no batch had to be split";
}

TEST(BadInput, ACommitOfOnlyInvalidOnesSurvivesACrashWithoutSecondRows) {
  Scenario s;
  s.publish_raw({"one", "two", "three"});
#ifdef DLRGW_FAIL_POINTS
  s.gateway().start("host.after_commit");  // stored, not terminated
  ASSERT_EQ(s.gateway().wait_exit(), 128 + 9);
  EXPECT_GE(s.count_rows("dlr.invalid_dlrs"), 1);  // all three when they came in one batch
  expire_ack_wait(s.nats());
#endif
  Terminations terminations(s.nats());
  ASSERT_TRUE(started(s));
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 3);
  EXPECT_TRUE(eventually([&] { return terminations.so_far() == std::multiset<std::uint64_t>{1, 2, 3}; }));
}

// Allowed in the free text and the addresses, where PostgreSQL could not store it as text.
TEST(BadInput, ControlCharactersInReceiptTextAndAddressesAreFlaggedNotRefused) {
  Scenario s;
  const auto messages = s.add_messages(1);
  Receipt receipt = s.receipt_for(messages[0], "DELIVRD");
  receipt.more = {{"rawReceipt", R"("id:1 stat:DELIVRD text:a\u0000b\u0001")"}, {"destAddr", R"("+1555\u0000")"}};
  ASSERT_TRUE(started(s));
  s.publish({receipt});
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(lookup(s, "dlr_status", "dlr.delivery_receipts", "event_id", receipt.event_id), "DELIVERED");
  EXPECT_NE(lookup(s, "flags", "dlr.delivery_receipts", "event_id", receipt.event_id), "");
  EXPECT_EQ(lookup(s, "convert_from(raw_payload, 'UTF8')", "dlr.delivery_receipts", "event_id", receipt.event_id),
            receipt.json());
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
}

}  // namespace
}  // namespace dlrgw::test
