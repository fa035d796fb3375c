// SPDX-License-Identifier: Apache-2.0
// Every golden case of the plugin normalise through the running gateway, with its profile in the configuration, texts
// that try to spoof a status, and spellings that nobody has mapped.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "http/testing/token_forge.hpp"
#include "integration/receipt_text_cases.hpp"
#include "integration/stories_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
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

}  // namespace
}  // namespace dlrgw::test
