// SPDX-License-Identifier: Apache-2.0
// Brings the gateway to produce every kind of event, and writes down what it published, for the checks beside this
// file. The states have the names that the consumers' pacts use.
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "integration/inbound_limits.hpp"
#include "integration/stories_support.hpp"
#include "support/event_file.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kOperators = R"(
[operators."mno-single"]
segment_dlr = "single"
[operators."mno-hex"]
receipt_id = { base = "decimal" }
submit_id = { base = "hex" }
)";

std::string out_path(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr) throw std::runtime_error(std::string(variable) + " is not set");
  return path;
}

class States {
 public:
  explicit States(Scenario& scenario) : s_(scenario) {}

  // One message of as many segments, each with its own id at the operator.
  struct Sent {
    Message message;
    std::vector<std::string> ids;
  };
  Sent send(const std::string& state, int segments = 1, const std::string& operator_id = "mno-test") {
    Sent sent{random_message(s_.rng(), operator_id), {}};
    sent.message.segment_count = segments;
    sent.message.operator_message_id.clear();
    insert_messages(s_.postgres(), {sent.message});
    for (int i = 1; i <= segments; ++i) {
      sent.ids.push_back(random_uuid(s_.rng()));
      insert_correlations(s_.postgres(), {{operator_id, sent.ids.back(), sent.message.message_id, i, segments}});
    }
    state_of_[sent.message.message_id] = state;
    return sent;
  }
  void receipt(const Sent& sent, std::size_t segment, const std::string& raw_stat, const std::string& error_code = {}) {
    Receipt receipt;
    receipt.event_id = random_uuid(s_.rng());
    receipt.operator_id = sent.message.operator_id;
    receipt.operator_message_id = sent.ids.at(segment - 1);
    receipt.raw_stat = raw_stat;
    receipt.error_code = error_code;
    receipt.received_at = rfc3339_now();
    pending_.push_back(receipt);
  }
  void unmatched(const std::string& state, const std::string& operator_id, const std::string& id,
                 const std::string& raw_stat = "DELIVRD") {
    state_of_[id] = state;
    Receipt receipt;
    receipt.event_id = random_uuid(s_.rng());
    receipt.operator_id = operator_id;
    receipt.operator_message_id = id;
    receipt.received_at = rfc3339_now();
    receipt.raw_stat = raw_stat;
    pending_.push_back(receipt);
  }

  void publish() {
    s_.publish(pending_);
    pending_.clear();
  }
  std::map<std::string, std::int64_t> write(const std::string& path) {
    return write_event_file(s_.nats(), path, [this](const std::string& data) {
      std::string key = json_field(data, "messageId");
      if (key.empty()) key = json_field(data, "operatorMessageId");
      return state_of_.contains(key) ? state_of_[key] : std::string();
    });
  }

 private:
  Scenario& s_;
  std::vector<Receipt> pending_;
  std::map<std::string, std::string> state_of_;  // by message id, or by the operator's id of a receipt without message
};

TEST(ContractEvents, TheGatewayProducesEveryKind) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({{"retry_delay = \"3s\"", "retry_delay = \"100ms\""},
                                                {"grace = \"24h\"", "grace = \"4s\""},
                                                {"sweep_every = \"5m\"", "sweep_every = \"1s\""}}) +
                                kOperators;
  Scenario s(options);
  ASSERT_TRUE(started(s));
  States states(s);

  states.receipt(states.send("a message of one segment was delivered"), 1, "DELIVRD", "000");
  for (const char* stat : {"DELETED", "EXPIRED", "REJECTD", "UNDELIV"})
    states.receipt(states.send("a message of one segment was not delivered"), 1, stat, "011");
  states.receipt(states.send("a message of one segment is on its way"), 1, "ACCEPTD");
  const auto both = states.send("a message of one segment was on its way and then delivered");
  states.receipt(both, 1, "ENROUTE");
  states.publish();
  ASSERT_TRUE(settles(s));
  states.receipt(both, 1, "DELIVRD");

  const auto all = states.send("all three segments of a message were delivered", 3);
  for (std::size_t i = 1; i <= 3; ++i) states.receipt(all, i, "DELIVRD");
  const auto some = states.send("two of three segments of a message were delivered and one was not", 3);
  states.receipt(some, 1, "DELIVRD");
  states.receipt(some, 2, "UNDELIV", "011");
  states.receipt(some, 3, "DELIVRD");
  const auto none = states.send("no segment of a message was delivered, for different reasons", 2);
  states.receipt(none, 1, "EXPIRED", "021");
  states.receipt(none, 2, "UNDELIV", "011");
  const auto given_up = states.send("one of three segments of a message never got its receipt", 3);
  states.receipt(given_up, 1, "DELIVRD");
  states.receipt(given_up, 2, "DELIVRD");
  const auto undecided = states.send("one of two segments of a message stayed on its way", 2);
  states.receipt(undecided, 1, "DELIVRD");
  states.receipt(undecided, 2, "ACCEPTD");
  states.receipt(states.send("one receipt stands for all segments of a message", 3, "mno-single"), 1, "DELIVRD");

  states.unmatched("no message has that id", "mno-test", "unknown-1");
  states.unmatched("no message has that id, and no status is given", "mno-test", "unknown-2", "");
  insert_correlations(s.postgres(), {{"mno-test", "missing-1", random_uuid(s.rng())}});
  states.unmatched("the message is missing", "mno-test", "missing-1");
  const auto lower = states.send("one of two messages with that id", 1, "mno-hex");
  const auto upper = states.send("one of two messages with that id", 1, "mno-hex");
  insert_correlations(s.postgres(), {{"mno-hex", "666c7cec79", lower.message.message_id}});
  insert_correlations(s.postgres(), {{"mno-hex", "666C7CEC79", upper.message.message_id}});
  states.unmatched("two messages have that id", "mno-hex", "439906790521");
  states.publish();
  ASSERT_TRUE(settles(s));

  constexpr std::int64_t kAggregates = 6 + 6;  // messages of one segment but the one on its way, and longer ones
  ASSERT_TRUE(eventually([&] { return std::ssize(s.events("sms.dlr.aggregated.v1")) == kAggregates; }))
      << "the sweep gives up " << s.events("sms.dlr.aggregated.v1").size();
  ASSERT_TRUE(settles(s));
  const auto by_state = states.write(out_path("DLRGW_EVENTS_FILE"));
  EXPECT_EQ(by_state.size(), 14U);
  EXPECT_FALSE(by_state.contains("")) << "an event of nobody's";
  EXPECT_EQ(s.count_rows("dlr.orphan_dlrs"), 4);
}

// What the gateway takes and refuses of a receipt, for the schema of receipts; tests/integration proves that it does.
TEST(ContractEvents, WriteDownTheInboundLimits) {
  const auto path = out_path("DLRGW_INBOUND_FILE");
  std::ofstream out(path);
  std::size_t written = 0;
  for (const InboundLimit& limit : inbound_limits()) {
    if (limit.beyond_schemas) continue;
    const std::string event_id = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
    for (const bool valid : {true, false}) {
      JsonObject line;
      line.text("name", limit.name + (valid ? ", inside" : ", outside"));
      line.text("payload", limit_payload(event_id, "id-1", valid ? limit.inside : limit.outside, ""));
      out << line.boolean("valid", valid).str() << "\n";
      ++written;
    }
  }
  out.close();
  EXPECT_TRUE(out) << "a full disk";
  EXPECT_GE(written, 20U) << "the limits that schemas can tell";
  std::ifstream in(path);
  std::size_t read = 0;
  for (std::string line; std::getline(in, line); ++read) EXPECT_NE(line.find(R"("valid":)"), std::string::npos) << line;
  EXPECT_EQ(read, written);
}

}  // namespace
}  // namespace dlrgw::test
