// SPDX-License-Identifier: Apache-2.0
// Receipts seen in the field, through the running gateway, where they are at hand.
#include <fstream>

#include <gtest/gtest.h>

#include <dlrgw/cpp/hex.hpp>

#include "integration/receipt_text_cases.hpp"
#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

namespace json = boost::json;

#ifdef DLRGW_RECEIPT_CORPUS

json::object tlvs_of(const json::object& named) {
  json::object out;
  if (named.contains("receipted_message_id")) out["0x001E"] = to_hex(text_of(named, "receipted_message_id")) + "00";
  if (const json::value* state = named.if_contains("message_state"))
    out["0x0427"] = to_hex(std::string(1, static_cast<char>(state->as_int64())));
  if (named.contains("network_error_code_hex")) out["0x0423"] = text_of(named, "network_error_code_hex");
  return out;
}

TEST(Us002ReceiptTexts, EveryReceiptOfTheCorpus) {
  std::vector<TextCase> cases;
  std::ifstream file(DLRGW_RECEIPT_CORPUS);
  std::size_t odd = 0;
  for (std::string line; std::getline(file, line);) {
    const json::object receipt = json::parse(line).as_object();
    const json::object& expected = receipt.at("expect").as_object();
    TextCase c;
    c.name = "receipt " + std::to_string(receipt.at("n").as_int64());
    c.operator_id = "corpus-" + std::to_string(receipt.at("n").as_int64());
    c.raw_receipt = text_of(receipt, "raw");
    bool state_decides = false;
    if (const json::value* named = receipt.if_contains("tlvs")) {
      c.members["tlvs"] = tlvs_of(named->as_object());
      state_decides = named->as_object().contains("message_state");
    }
    c.id = text_of(expected, "id");
    const std::string with_tlv = text_of(receipt, "canonical_tlv");
    c.status = with_tlv.empty() ? text_of(receipt, "canonical_core") : with_tlv;
    c.raw = text_of(expected, "stat");
    std::ranges::transform(c.raw, c.raw.begin(), [](char ch) { return ch >= 'a' && ch <= 'z' ? ch - 'a' + 'A' : ch; });
    if (state_decides) c.raw = "state:";
    c.error_code = text_of(expected, "err");
    if (receipt.at("oddness").as_int64() == 2) ++odd;
    cases.push_back(std::move(c));
  }
  EXPECT_GE(cases.size(), 110U);
  EXPECT_GE(odd, 59U);
  expect_each(cases);
}

#endif

#ifdef DLRGW_FIELD_CASES

// {"name", "profile": TOML or null, "event": an object or its text, "expect"}, as tests/profiles reads it.
struct FieldCase {
  std::string name;
  std::string operator_id;
  std::string payload;
  std::string profile;
  std::string id;
  json::object expected;
};

// The id under which the message was submitted.
std::string submitted_id(const json::object& event, const json::object& expected) {
  if (const json::value* ids = expected.if_contains("idCandidates"))
    return std::string(ids->as_array().back().as_string());
  if (const std::string id = text_of(event, "operatorMessageId"); !id.empty()) return id;
  std::string text = text_of(event, "rawReceipt");
  const auto at = text.find("id:");
  if (at != std::string::npos) return text.substr(at + 3, text.find_first_of(" ,", at) - at - 3);
  std::string out;
  const json::value* tlvs = event.if_contains("tlvs");
  const std::string hex = tlvs == nullptr ? std::string() : text_of(tlvs->as_object(), "0x001E");
  for (std::size_t i = 0; i + 1 < hex.size() && hex.compare(i, 2, "00") != 0; i += 2)
    out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

FieldCase field_case(const std::string& line, std::size_t number) {
  std::string parseable = line;  // the library does not hold half a surrogate pair
  for (auto at = parseable.find("\\ud83d\""); at != std::string::npos; at = parseable.find("\\ud83d\""))
    parseable.replace(at, 6, "?");
  const json::object parsed = json::parse(parseable).as_object();
  FieldCase out{text_of(parsed, "name"),        "field-" + std::to_string(number), {}, {}, {},
                parsed.at("expect").as_object()};
  const json::value& event = parsed.at("event");
  if (event.is_string()) {
    out.payload = event.as_string();
  } else {
    const std::size_t begin = line.find("\"event\": ") + 9;
    out.payload = line.substr(begin, line.find(", \"expect\": ", begin) - begin);
  }
  const json::object object = event.is_string() ? json::parse(out.payload).as_object() : event.as_object();
  const std::string theirs = text_of(object, "operatorId");
  out.payload.replace(out.payload.find(theirs), theirs.size(), out.operator_id);
  if (const std::string profile = text_of(parsed, "profile"); !profile.empty())
    out.profile = "\n[operators.\"" + out.operator_id + "\"]\n" + profile + "\n";
  out.id = submitted_id(object, out.expected);
  return out;
}

TEST(Us002ReceiptTexts, EveryFieldCaseGivesWhatItsReportersNeeded) {
  std::vector<FieldCase> cases;
  std::ifstream file(DLRGW_FIELD_CASES);
  for (std::string line; std::getline(file, line);) cases.push_back(field_case(line, cases.size()));
  ASSERT_GE(cases.size(), 39U);
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({});
  for (const FieldCase& c : cases) options.gateway.config_text += c.profile;
  Scenario s(options);
  std::vector<Message> messages;
  std::vector<std::string> payloads;
  for (const FieldCase& c : cases) {
    messages.push_back(random_message(s.rng(), c.operator_id));
    if (!c.expected.contains("rejected")) messages.back().operator_message_id = c.id;
    messages.back().age = std::chrono::hours(80);  // before each receivedAt that is taken as it is
    payloads.push_back(c.payload);
  }
  insert_messages(s.postgres(), messages);
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));
  std::size_t final_ones = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const FieldCase& c = cases[i];
    SCOPED_TRACE(c.name + ": " + c.payload);
    if (c.expected.contains("rejected")) {
      EXPECT_EQ(lookup(s, "kind || ' ' || reason", "dlr.invalid_dlrs", "operator_id", c.operator_id),
                "rejected " + text_of(c.expected, "rejected"));
      continue;
    }
    const auto row = [&](const std::string& column) {
      return lookup(s, column, "dlr.delivery_receipts", "message_id", messages[i].message_id);
    };
    if (const std::string status = text_of(c.expected, "dlrStatus"); !status.empty()) {
      EXPECT_EQ(row("dlr_status"), status);
    }
    if (const std::string code = text_of(c.expected, "errorCode"); !code.empty()) {
      EXPECT_EQ(row("error_code"), code);
    }
    const std::string time = text_of(c.expected, "dlrTimestamp");
    // On another day receivedAt is replaced, and dates are judged by that day.
    if (!time.empty() && row("flags").find("received_at_replaced") == std::string::npos) {
      EXPECT_EQ(row("date_trunc('milliseconds', dlr_timestamp) = '" + time + "'"), "t");
    }
    if (row("dlr_status") != "UNKNOWN") ++final_ones;
  }
  EXPECT_EQ(s.events("billing.events").size(), final_ones);
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
}

#endif

}  // namespace
}  // namespace dlrgw::test
