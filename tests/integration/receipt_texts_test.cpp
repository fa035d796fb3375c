// SPDX-License-Identifier: Apache-2.0
// Receipts as operators write them, through the running gateway: every golden case of the plugin normalise with its
// profile in the configuration, texts that try to spoof a status, and, where it is at hand, the corpus of receipts seen
// in the wild.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "http/testing/token_forge.hpp"
#include "integration/stories_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || !value->is_string() ? std::string() : std::string(value->as_string());
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

// One receipt of an operator of its own, so that equal ids do not meet.
struct TextCase {
  std::string name;
  std::string operator_id;
  std::string raw_receipt;
  json::object members;  // of the event, besides operatorId and rawReceipt
  std::string id;        // under which its message was submitted; empty: the receipt has none
  std::string status;
  std::string raw;  // "dlr.raw" decided by a text; not compared when it begins with "state:"
  std::string error_code;
  std::string profile;  // TOML

  [[nodiscard]] std::string payload() const {
    json::object event = members;
    event["operatorId"] = operator_id;
    if (!raw_receipt.empty()) event["rawReceipt"] = raw_receipt;
    return json::serialize(event);
  }
};

std::string toml(const json::object& profile, const std::string& operator_id) {
  std::string out = "\n[operators.\"" + operator_id + "\"]\n";
  for (const auto& [key, value] : profile) {
    out += std::string(key) + " = ";
    if (value.is_string()) {
      out += json::serialize(value) + "\n";
      continue;
    }
    out += "{ ";
    std::string separator;
    for (const auto& [name, entry] : value.as_object()) {
      out += separator + json::serialize(json::value(name)) + " = " + json::serialize(entry);
      separator = ", ";
    }
    out += " }\n";
  }
  return out;
}

std::string unescaped(std::string text) {
  const std::pair<const char*, char> escapes[] = {{"\\r", '\r'}, {"\\n", '\n'}, {"\\t", '\t'}, {"\\0", '\0'}};
  for (const auto& [escape, character] : escapes) {
    for (auto at = text.find(escape); at != std::string::npos; at = text.find(escape, at + 1))
      text.replace(at, 2, 1, character);
  }
  for (auto at = text.find("\\x"); at != std::string::npos; at = text.find("\\x", at + 1))
    text.replace(at, 4, 1, static_cast<char>(std::stoi(text.substr(at + 2, 2), nullptr, 16)));
  return text;
}

std::vector<TextCase> golden_cases() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(DLRGW_PLUGIN_SOURCES_DIR "/normalise/golden"))
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<TextCase> cases;
  for (const fs::path& path : paths) {
    const std::string all = read(path);
    const auto dashes = all.find("\n---\n");
    const json::object expected = json::parse(all.substr(dashes + 5)).as_object();
    TextCase c;
    c.name = path.stem().string();
    c.operator_id = "golden-" + std::to_string(cases.size());
    c.raw_receipt = unescaped(all.substr(0, dashes));
    c.members = expected.at("given").as_object();
    if (const json::value* profile = c.members.if_contains("profile"))
      c.profile = toml(profile->as_object(), c.operator_id);
    c.members.erase("profile");
    c.members.erase("receivedAt");  // of its day; the gateway would put today in its place
    const json::array& ids = expected.at("ids").as_array();
    if (!ids.empty()) c.id = ids.back().as_string();  // the last resort
    c.status = text_of(expected, "status");
    c.raw = text_of(expected, "raw");
    c.error_code = text_of(expected, "errorCode");
    cases.push_back(std::move(c));
  }
  return cases;
}

void expect_each(const std::vector<TextCase>& cases) {
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({});
  for (const TextCase& c : cases) options.gateway.config_text += c.profile;
  Scenario s(options);
  std::vector<Message> messages;
  std::vector<std::string> payloads;
  for (const TextCase& c : cases) {
    messages.push_back(random_message(s.rng(), c.operator_id));
    if (!c.id.empty()) messages.back().operator_message_id = c.id;
    payloads.push_back(c.payload());
  }
  insert_messages(s.postgres(), messages);
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const TextCase& c = cases[i];
    SCOPED_TRACE(c.name + ": " + payloads[i]);
    const auto rows = s.postgres().rows(
        "SELECT dlr_status, upper(raw_stat), coalesce(error_code, ''), operator_message_id <> '' FROM "
        "dlr.delivery_receipts WHERE message_id = " +
        s.postgres().quote(messages[i].message_id));
    const std::string rejected = lookup(s, "kind || ' ' || reason", "dlr.invalid_dlrs", "operator_id", c.operator_id);
    if (c.id.empty()) {
      EXPECT_EQ(rejected, "rejected no_message_id");
      EXPECT_TRUE(rows.empty());
      continue;
    }
    EXPECT_EQ(rejected, "(none)");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0][0], c.status);
    if (!c.raw.starts_with("state:")) {
      EXPECT_EQ(rows[0][1], c.raw);
    }
    EXPECT_EQ(rows[0][2], c.error_code);
    EXPECT_EQ(rows[0][3], "t");
  }
  EXPECT_EQ(s.gateway().metrics().sum("dlr_plugin_errors_total"), 0);
}

TEST(Us002ReceiptTexts, EveryGoldenCaseWithItsProfile) {
  const auto cases = golden_cases();
  EXPECT_GT(cases.size(), 40U);
  expect_each(cases);
}

TEST(Us002ReceiptTexts, AMessageTextCannotSpoofAStatus) {
  Scenario s;
  const auto messages = s.add_messages(6);
  const std::string before = "sub:001 dlvrd:000 submit date:2611230540 done date:2611230541 stat:UNDELIV err:034 ";
  const std::string spoofs[] = {
      before + "text:stat:DELIVRD err:000",
      before + "text: stat:DELIVRD err:000",
      before + "Text:hello\nstat:DELIVRD\nid:1 err:000",
      before + "text:x text:y stat:DELIVRD",
      before + std::string("text:a\0stat:DELIVRD", 19),
      "STAT:UNDELIV err:034 text:id:7 sub:001 dlvrd:001 stat:DELIVRD err:000 done date:2611230545 text:",
  };
  std::vector<std::string> payloads;
  for (std::size_t i = 0; i < std::size(spoofs); ++i) {
    payloads.push_back(json::serialize(json::object{
        {"operatorId", "mno-test"}, {"rawReceipt", "id:" + messages[i].operator_message_id + " " + spoofs[i]}}));
  }
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));
  EXPECT_EQ(s.count_by_status(), (std::map<std::string, std::int64_t>{{"UNDELIVERED", 6}}));
  for (const CapturedEvent& event : s.events("billing.events")) {
    EXPECT_EQ(json_field(event.data, "dlrStatus"), "UNDELIVERED");
    EXPECT_EQ(json_field(event.data, "errorCode"), "034");
  }
}

// PostgreSQL can store a NUL neither as text nor in jsonb.
TEST(Us002ReceiptTexts, ANulInTheTextGoesEndToEnd) {
  Scenario s;
  const auto messages = s.add_messages(2);
  const std::string receipt = "id:" + messages[0].operator_message_id +
                              " submit date:2611230540 done date:2611230541 " + "stat:DELIVRD err:000" +
                              std::string(1, '\0');
  const std::string payload = json::serialize(json::object{{"operatorId", "mno-test"}, {"rawReceipt", receipt}});
  std::string wide;
  for (const char c : "id:" + messages[1].operator_message_id + " stat:EXPIRED err:021") (wide += '\0') += c;
  ASSERT_TRUE(started(s));
  s.publish_raw({payload, json::serialize(json::object{{"operatorId", "mno-test"}, {"rawReceipt", wide}})});
  ASSERT_TRUE(settles(s));
  const auto row = [&](const std::string& column, std::size_t message) {
    return lookup(s, column, "dlr.delivery_receipts", "message_id", messages[message].message_id);
  };
  EXPECT_EQ(row("dlr_status", 0), "DELIVERED");
  EXPECT_EQ(row("error_code", 0), "000");
  EXPECT_NE(row("flags", 0).find("control_chars_replaced"), std::string::npos);
  EXPECT_EQ(row("convert_from(raw_payload, 'UTF8')", 0), payload) << "kept as it came";
  EXPECT_EQ(row("dlr_status", 1), "EXPIRED") << "UTF-16 read as Latin-1 is a text full of NULs";
  EXPECT_EQ(row("error_code", 1), "021");
  EXPECT_EQ(s.events("billing.events").size(), 2U);
  EXPECT_EQ(s.count_rows("dlr.invalid_dlrs"), 0);
}

TEST(Us002Unmapped, EachNewSpellingIsToldOnceAndShownToAdministrators) {
  const TempDir dir;
  const SigningKey key = SigningKey::rsa("2026-01");
  ScenarioOptions options;
  options.gateway.config_text = shipped_config({}) +
                                "\n[operators.\"mno-test\"]\nstatus_aliases = { DONE = \"DELIVERED\" }\n"
                                "error_codes = { \"0A5\" = \"11\" }\n";
  options.gateway.env = {{"DLRGW_JWKS_FILE", dir.write_file("jwks.json", key_set({key.jwk()}))},
                         {"DLRGW_JWT_ISSUER", "https://issuer.test"},
                         {"DLRGW_JWT_AUDIENCE", "dlr-gateway"}};
  Scenario s(options);
  const auto messages = s.add_messages(5);
  const std::pair<const char*, const char*> spelled[] = {
      {"EXP-QUEUE", "0B7"}, {"exp-queue", "0B7"}, {"DONE", "0A5"}, {"DELIVRD", "000"}, {"TO 15550100001", ""}};
  std::vector<Receipt> receipts;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    receipts.push_back(s.receipt_for(messages[i], spelled[i].first));
    receipts.back().error_code = spelled[i].second;
  }
  ASSERT_TRUE(started(s));
  s.publish(receipts);
  ASSERT_TRUE(settles(s));

  std::multiset<std::string> told;
  for (const std::string& line : s.gateway().logs("dlr.unmapped"))
    told.insert(json_field(line, "operatorId") + " " + json_field(line, "kind") + " " + json_field(line, "spelling"));
  EXPECT_EQ(told, (std::multiset<std::string>{"mno-test errorCode 0B7", "mno-test status EXP-QUEUE",
                                              "mno-test status TO #"}));
  EXPECT_EQ(s.gateway().metrics().sum("dlr_unknown_stat_total", {{"operatorId", "mno-test"}}), 3);

  const auto ask = [&](const std::string& scope) {
    const std::string claims =
        R"({"iss":"https://issuer.test","aud":"dlr-gateway","sub":"ops","exp":4000000000,"scope":")";
    HttpRequest request{"GET", "/v1/admin/dlr/unmapped", {}, {}};
    request.headers["Authorization"] = "Bearer " + key.token(claims + scope + "\"}");
    return http_send(s.gateway().admin_address(), request);
  };
  EXPECT_EQ(ask("dlr:metrics").status, 403);
  const HttpReply reply = ask("dlr:admin");
  ASSERT_EQ(reply.status, 200);
  const json::object op = json::parse(reply.body).at("operators").as_array().at(0).as_object();
  EXPECT_EQ(op.at("operatorId").as_string(), "mno-test");
  EXPECT_EQ(op.at("statuses").as_array().size(), 2U);
  EXPECT_EQ(op.at("statuses").as_array().at(0).at("spelling").as_string(), "EXP-QUEUE");
  EXPECT_EQ(op.at("statuses").as_array().at(0).at("count").as_int64(), 2);
  EXPECT_EQ(op.at("errorCodes").as_array().size(), 1U);
}

// A part that is dropped or replaced does not cost the receipt: it is flagged, counted and shown. A connector has a
// profile of its own.
TEST(Us002Unmapped, FieldsThatCouldNotBeReadAreCountedAndConnectorsReadTheirOwnWay) {
  const TempDir dir;
  const SigningKey key = SigningKey::rsa("2026-01");
  ScenarioOptions options;
  options.gateway.config_text =
      shipped_config({}) +
      "\n[operators.\"mno-test\".connectors.\"bind-2\"]\nlabels = { id = \"Ref\", stat = \"State\" }\n";
  options.gateway.env = {{"DLRGW_JWKS_FILE", dir.write_file("jwks.json", key_set({key.jwk()}))},
                         {"DLRGW_JWT_ISSUER", "https://issuer.test"},
                         {"DLRGW_JWT_AUDIENCE", "dlr-gateway"}};
  Scenario s(options);
  const auto messages = s.add_messages(4);
  const auto id = [&](std::size_t i) { return messages[i].operator_message_id; };
  const std::vector<std::string> payloads = {
      R"({"operatorId":"mno-test","rawReceipt":"id:)" + id(0) +
          R"( stat:DELIVRD done date:23/11/2026","dlrTimestamp":"soon"})",
      R"({"operatorId":"mno-test","operatorMessageId":")" + id(1) +
          R"(\u0000","rawStat":"UNDELIV","rawReceipt":"Hi \ud83d"})",
      R"({"operatorId":"mno-test","connectorId":"bind-2","rawReceipt":"Ref:)" + id(2) +
          R"( State:EXPIRED id:1 stat:DELIVRD"})",
      R"({"operatorId":"mno-test","connectorId":"bind-3","rawReceipt":"Ref:1 State:EXPIRED id:)" + id(3) +
          R"( stat:DELIVRD"})",
      R"({"operatorId":"mno-test","rawStat":"DELIVRD"})"};
  ASSERT_TRUE(started(s));
  s.publish_raw(payloads);
  ASSERT_TRUE(settles(s));
  const char* statuses[] = {"DELIVERED", "UNDELIVERED", "EXPIRED", "DELIVERED"};
  for (std::size_t i = 0; i < messages.size(); ++i)
    EXPECT_EQ(lookup(s, "status", "orch.sms_messages", "message_id", messages[i].message_id), statuses[i]) << i;
  EXPECT_EQ(s.count_by_outcome(), (std::map<std::string, std::int64_t>{{"applied", 4}, {"rejected", 1}}));
  EXPECT_EQ(lookup(s, "reason", "dlr.invalid_dlrs", "kind", "rejected"), "no_message_id");
  for (const char* flag : {"dlr_timestamp_dropped", "implausible_date", "id_nul_cut", "surrogate_replaced"}) {
    EXPECT_EQ(s.gateway().metrics().sum("dlr_flagged_fields_total", {{"operatorId", "mno-test"}, {"flag", flag}}), 1)
        << flag;
    EXPECT_EQ(
        s.postgres().count(std::string("SELECT count(*) FROM dlr.delivery_receipts WHERE flags LIKE '%") + flag + "%'"),
        1)
        << flag;
  }
  HttpRequest request{"GET", "/v1/admin/dlr/unmapped", {}, {}};
  request.headers["Authorization"] =
      "Bearer " +
      key.token(
          R"({"iss":"https://issuer.test","aud":"dlr-gateway","sub":"ops","exp":4000000000,"scope":"dlr:admin"})");
  const HttpReply reply = http_send(s.gateway().admin_address(), request);
  ASSERT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find(R"("spelling":"implausible_date nn/nn/nnnn")"), std::string::npos) << reply.body;
  EXPECT_NE(reply.body.find(R"("spelling":"id_nul_cut")"), std::string::npos) << reply.body;
}

#ifdef DLRGW_RECEIPT_CORPUS

std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

json::object tlvs_of(const json::object& named) {
  json::object out;
  if (named.contains("receipted_message_id")) out["0x001E"] = hex(text_of(named, "receipted_message_id")) + "00";
  if (const json::value* state = named.if_contains("message_state"))
    out["0x0427"] = hex(std::string(1, static_cast<char>(state->as_int64())));
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
