// SPDX-License-Identifier: Apache-2.0
// The log: the events of the contract with their fields, one trace from the inbound header through every line of a
// receipt to its outbound events, and no phone number, text or payload anywhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/stories_support.hpp"
#include "support/port_lease.hpp"
#include "support/private_data.hpp"

namespace dlrgw::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kTraceparent = std::string("00-") + kTrace + "-00f067aa0ba902b7-01";
constexpr const char* kNumber = "491701234567";
constexpr const char* kImsi = "262011234567890";
constexpr const char* kText = "Your code is 4711, do not share it";

// Everything that must not come out again, in one receipt.
Receipt with_private_data(Receipt receipt) {
  receipt.raw_receipt = "id:" + receipt.operator_message_id +
                        " sub:001 dlvrd:001 submit date:2601010000 done date:"
                        "2601010001 stat:" +
                        receipt.raw_stat + " err:000 text:" + kText;
  receipt.more = {{"sourceAddr", json_quote(std::string("+") + kNumber)},
                  {"destAddr", json_quote(kNumber)},
                  {"tlvs", R"({"0x1403": "323632303131323334353637383930"})"}};
  return receipt;
}

void publish_traced(Scenario& s, const std::vector<std::string>& payloads) {
  std::vector<NatsMessage> messages;
  for (const std::string& payload : payloads)
    messages.push_back({kInboundSubject, payload, {}, {{"traceparent", kTraceparent}}, 0});
  s.nats().publish(messages);
}

std::set<std::string> events_in(const GatewayProcess& gateway) {
  std::set<std::string> events;
  for (const std::string& line : gateway.logs()) events.insert(json_field(line, "event"));
  return events;
}

ScenarioOptions at_level(const std::string& level) {
  ScenarioOptions options;
  options.gateway.env["LOG_LEVEL"] = level;
  return options;
}

TEST(Us011Logs, OneTraceFromTheInboundHeaderToEveryLineAndEventOfItsReceipts) {
  Scenario s(at_level("debug"));
  ASSERT_TRUE(started(s));
  const auto messages = s.add_messages(2);
  Message lost;
  lost.operator_id = "mno-test";
  lost.operator_message_id = "lost-1";
  const Receipt delivered = with_private_data(s.receipt_for(messages[0], "DELIVRD"));
  const Receipt orphan = with_private_data(s.receipt_for(lost, "DELIVRD"));
  publish_traced(s, {delivered.json(), orphan.json(),
                     R"({"operatorId": "mno-test", "destAddr": ")" + std::string(kNumber) + R"(", "rawStat": true})"});
  ASSERT_TRUE(reaches(s.gateway(), "dlr_processed_total", {{"outcome", "applied"}}, 1));
  const Receipt again = with_private_data(s.receipt_for(messages[0], "DELIVRD"));
  const Receipt conflict = with_private_data(s.receipt_for(messages[0], "UNDELIV"));
  publish_traced(s, {again.json(), conflict.json()});
  s.publish({s.receipt_for(messages[1], "DELIVRD")});  // without a trace
  ASSERT_TRUE(settles(s));

  EXPECT_THAT(events_in(s.gateway()),
              testing::IsSupersetOf({"dlr.consumer.started", "dlr.plugin.loaded", "dlr.received", "dlr.processed",
                                     "dlr.duplicate", "dlr.correlation_retry", "dlr.orphaned", "dlr.late",
                                     "dlr.invalid", "dlr.aggregated"}));
  std::set<std::string> spans;
  for (const char* event : {"dlr.received", "dlr.processed", "dlr.duplicate", "dlr.correlation_retry", "dlr.orphaned",
                            "dlr.late", "dlr.invalid", "dlr.aggregated"}) {
    for (const std::string& line : s.gateway().logs(event)) {
      if (line.find(messages[1].operator_message_id) != std::string::npos) continue;
      if (json_field(line, "messageId") == messages[1].message_id) continue;
      if (json_field(line, "event") == "dlr.received" && json_field(line, "streamSequence") == "6") continue;
      EXPECT_EQ(json_field(line, "traceId"), kTrace) << line;
      EXPECT_EQ(json_field(line, "spanId").size(), 16U) << line;
      EXPECT_NE(json_field(line, "spanId"), "00f067aa0ba902b7") << "the sender's span is not ours: " << line;
    }
  }
  const std::vector<NatsMessage> told = s.nats().read_stream(kCaptureStream);
  EXPECT_FALSE(told.empty());
  for (const NatsMessage& event : told) {
    const bool traced = event.data.find(messages[1].message_id) == std::string::npos;
    const auto header = event.headers.find("traceparent");
    ASSERT_EQ(header != event.headers.end(), traced) << event.subject;
    if (!traced) continue;
    EXPECT_EQ(header->second.substr(0, 36), std::string("00-") + kTrace + "-") << event.subject;
  }

  const std::string warned = s.gateway().logs("dlr.orphaned").at(0);
  EXPECT_EQ(json_field(warned, "level"), "warn");
  EXPECT_EQ(json_field(warned, "operatorMessageId"), "lost-1");
  EXPECT_EQ(json_field(warned, "operatorId"), "mno-test");
  EXPECT_EQ(json_field(warned, "reason"), "no_correlation");
  EXPECT_EQ(json_field(warned, "orphanId").size(), 36U);
  EXPECT_EQ(json_field(s.gateway().logs("dlr.received").at(0), "level"), "debug");
  for (const std::string& line : s.gateway().logs()) {
    EXPECT_FALSE(json_field(line, "ts").empty()) << line;
    EXPECT_FALSE(json_field(line, "instance").empty()) << line;
    for (const char* text : {kNumber, kImsi, kText}) EXPECT_EQ(line.find(text), std::string::npos) << line;
  }
}

TEST(Us011Logs, ADebugLineOfEachBatchSaysWhereItsTimeWent) {
  Scenario s(at_level("debug"));
  ASSERT_TRUE(started(s));
  s.publish({s.receipt_for(s.add_messages(1)[0], "DELIVRD")});
  ASSERT_TRUE(settles(s));
  const auto batches = s.gateway().logs("dlr.batch");
  ASSERT_EQ(batches.size(), 1U);
  const std::string& line = batches[0];
  EXPECT_EQ(json_field(line, "level"), "debug");
  EXPECT_EQ(json_field(line, "receipts"), "1");
  const auto ms = [&line](const char* field) { return std::stod(json_field(line, field)); };
  EXPECT_GE(ms("waitedMs"), 0);
  EXPECT_GT(ms("commitMs"), 0);
  EXPECT_GE(ms("tookMs"), ms("sessionMs") + ms("commitMs") + ms("settleMs"));
  for (const char* stage : {"normalise ", "correlate ", "outbox "})
    EXPECT_NE(json_field(line, "stages").find(stage), std::string::npos) << line;
  EXPECT_NE(json_field(line, "statements").find("outbox.insert_receipt "), std::string::npos) << line;
}

TEST(Us011Logs, LogLevelDecidesWhatIsWritten) {
  const PortLease port;  // at this level no line says which port was taken
  ScenarioOptions options = at_level("warn");
  options.gateway.env["DLRGW_HTTP_LISTEN"] = "127.0.0.1:" + std::to_string(port.port());
  Scenario s(options);
  s.gateway().start();
  s.publish(s.receipts_for(s.add_messages(3), "DELIVRD"));
  s.publish_raw({"{"});
  ASSERT_TRUE(eventually([&] { return s.count_rows("dlr.delivery_receipts") == 3; }));
  ASSERT_TRUE(eventually([&] { return !s.gateway().logs("dlr.invalid").empty(); }));
  for (const std::string& line : s.gateway().logs()) EXPECT_EQ(json_field(line, "level"), "warn") << line;
  EXPECT_THAT(events_in(s.gateway()), Not(Contains("dlr.processed")));
}

TEST(Us011Logs, TheScannerOfTheSuiteFindsWhatItWasGiven) {
  note_private_payload(R"({"destAddr": "+44 20 79460123", "sourceAddr": "4479460999888",
                           "rawReceipt": "id:1 stat:DELIVRD text:a rather private message"})");
  EXPECT_EQ(private_data_in(R"({"to":"+4479460999888"})"), "4479460999888");
  EXPECT_EQ(private_data_in(R"({"x":"79460123"})"), "79460123");
  EXPECT_EQ(private_data_in("reason: a rather private message"), "a rather private message");
  EXPECT_THAT(private_data_in(R"({"id":"44794609998881","seq":79460124})"), IsEmpty());
}

}  // namespace
}  // namespace dlrgw::test
