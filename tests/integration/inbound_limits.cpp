// SPDX-License-Identifier: Apache-2.0
#include "integration/inbound_limits.hpp"

#include <algorithm>

#include "support/json.hpp"

namespace dlrgw::test {
namespace {

constexpr std::size_t kMaxPayloadBytes = 256 * 1024;
constexpr const char* kEAcute = "\xC3\xA9";  // one character, two bytes

std::string times(const std::string& what, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += what;
  return all;
}
std::string text(const std::string& what, std::size_t count) { return "\"" + times(what, count) + "\""; }

std::string tlvs(std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    all += std::string(all.empty() ? "" : ",") + "\"0x14" + kDigits[i / 16] + kDigits[i % 16] + "\":\"00\"";
  }
  return "{" + all + "}";
}

// In characters: the longest text that is accepted, and the shortest that is refused.
InboundLimit longest(const std::string& field, std::size_t characters, const std::string& of = "x") {
  return {field + " of " + std::to_string(characters) + " characters",
          {{field, text(of, characters)}},
          {{field, text(of, characters + 1)}},
          "out_of_bounds"};
}

InboundLimit value(const std::string& field, const std::string& inside, const std::string& outside,
                   const std::string& reason = "out_of_bounds") {
  return {field + " " + inside.substr(0, 40) + ", not " + outside.substr(0, 40),
          {{field, inside}},
          {{field, outside}},
          reason};
}

void lengths(std::vector<InboundLimit>& all) {
  all.push_back(longest("operatorId", 64, "o"));
  all.push_back(value("operatorId", "\"A.z_0-9\"", "\"\""));
  all.push_back(value("operatorId", "\"a-b\"", "\"a b\""));
  all.push_back(longest("operatorMessageId", 255, "7"));
  all.push_back(longest("operatorMessageId", 255, kEAcute));
  all.push_back(value("operatorMessageId", "\"i\"", "\"\""));
  all.push_back(value("operatorMessageId", times("8", 255), times("8", 256)));
  all.back().beyond_schemas = true;  // digits of an integer
  all.push_back(longest("rawStat", 64, "S"));
  all.push_back(longest("rawStat", 64, kEAcute));
  all.push_back(longest("errorCode", 32, "0"));
  all.push_back(longest("networkErrorCode", 16, "0"));
  all.push_back(longest("submitDate", 32, "2"));
  all.push_back(longest("doneDate", 32, "2"));
  all.push_back(longest("sourceAddr", 32, "4"));
  all.push_back(longest("destAddr", 32, "4"));
  all.push_back(longest("rawReceipt", 4096, "r"));
  all.push_back(longest("rawReceipt", 4096, kEAcute));
  all.push_back(longest("connectorId", 64, "c"));
  all.push_back(longest("schemaVersion", 16, "1"));
}

void values(std::vector<InboundLimit>& all) {
  all.push_back(
      value("eventId", "\"6BA7B810-9DAD-41D1-80B4-00C04FD430C8\"", "\"6ba7b810-9dad-41d1-80b4-00c04fd430c\""));
  all.push_back(value("eventId", "null", "7", "wrong_type"));
  all.push_back(value("messageState", "0", "-1"));
  all.push_back(value("messageState", "255", "256"));
  all.push_back(value("messageState", "\"2\"", "\"two\""));
  all.push_back(value("messageState", "null", "2.5", "wrong_type"));
  all.push_back(value("operatorMessageId", "12345", "12345.5", "wrong_type"));
  all.push_back(value("rawStat", "7", "[]", "wrong_type"));
  all.push_back(value("errorCode", "11", "1.5", "wrong_type"));
  all.push_back(value("esmClass", "255", "256"));
  all.push_back(value("esmClass", "\"0x20\"", "\"\""));
  all.push_back(value("tlvs", tlvs(64), tlvs(65)));
  all.push_back(value("tlvs", R"({"0xFfFf":"00"})", R"({"0xFFFFF":"00"})"));
  all.push_back(value("tlvs", R"({"0x1400":""})", R"({"0x1400":"0"})"));
  all.push_back(value("tlvs", "{\"0x1400\":" + text("aF", 0xFFFF) + "}", "{\"0x1400\":" + text("aF", 0x10000) + "}"));
  all.push_back(value("tlvs", "{}", "[]", "wrong_type"));
  all.push_back(value("segment", R"({"index":1,"total":1})", R"({"index":0,"total":1})"));
  all.push_back(value("segment", R"({"index":255,"total":255})", R"({"index":1,"total":256})"));
  all.push_back(value("segment", R"({"index":2,"total":2,"ref":65535})", R"({"index":2,"total":2,"ref":65536})"));
  all.push_back(value("segment", R"({"index":2,"total":3,"ref":"0x9A"})", R"({"index":3,"total":2})"));
  all.back().beyond_schemas = true;  // one number against another
  all.push_back(value("segment", R"({"index":1,"total":2})", R"({"index":1})", "missing_field"));
  all.push_back({"an operatorId", {}, {{"operatorId", ""}}, "missing_field"});
}

void characters(std::vector<InboundLimit>& all) {
  for (const char* field : {"operatorMessageId", "rawStat", "errorCode", "networkErrorCode"})
    all.push_back(value(field, "\"\xC2\xA0_\"", "\"_\\u0001\"", "control_character"));
  all.push_back(value("connectorId", "\"a.b_c-1\"", "\"a b\""));
  all.push_back(value("operatorId", "\"mno\"", "\"mno\\u0007\"", "control_character"));
  all.push_back(value("rawStat", "\"\xEF\xBF\xBD\"", "\"\\u0085\"", "control_character"));
}

void whole_payloads(std::vector<InboundLimit>& all) {
  InboundLimit bytes{"256 KiB", {}, {}, "too_large", true};
  const std::size_t plain = limit_payload(std::string(36, 'e'), std::string(36, 'm'), {}, ",\"f\":\"\"").size();
  bytes.inside_tail = ",\"f\":\"" + std::string(kMaxPayloadBytes - plain, 'x') + "\"";
  bytes.outside_tail = ",\"f\":\"" + std::string(kMaxPayloadBytes - plain + 1, 'x') + "\"";
  all.push_back(bytes);
  InboundLimit nesting{"8 levels", {}, {}, "too_deep", true};
  nesting.inside_tail = ",\"f\":" + times("[", 7) + times("]", 7);
  nesting.outside_tail = ",\"f\":" + times("[", 8) + times("]", 8);
  all.push_back(nesting);
  all.push_back(
      {"each key once", {}, {}, "duplicate_key", true, ",\"f\":{\"a\":1},\"g\":{\"a\":1}", ",\"f\":1,\"f\":1"});
  all.push_back({"UTF-8", {}, {}, "invalid_utf8", true, ",\"f\":\"\xF4\x8F\xBF\xBF\"", ",\"f\":\"\xF4\x90\x80\x80\""});
}

}  // namespace

std::vector<InboundLimit> inbound_limits() {
  std::vector<InboundLimit> all;
  lengths(all);
  values(all);
  characters(all);
  whole_payloads(all);
  return all;
}

std::string limit_payload(const std::string& event_id, const std::string& operator_message_id, const Members& members,
                          const std::string& tail) {
  Members all = {{"eventId", json_quote(event_id)},
                 {"operatorId", "\"mno-test\""},
                 {"operatorMessageId", json_quote(operator_message_id)},
                 {"rawStat", "\"DELIVRD\""}};
  for (const auto& [name, json] : members) {
    const auto found = std::ranges::find(all, name, [](const auto& member) { return member.first; });
    if (found == all.end()) {
      all.emplace_back(name, json);
    } else {
      found->second = json;
    }
  }
  JsonObject object;
  for (const auto& [name, json] : all)
    if (!json.empty()) object.raw(name, json);
  std::string payload = object.str();
  payload.insert(payload.size() - 1, tail);
  return payload;
}

std::string member_text(const Members& members, const std::string& name, const std::string& fallback) {
  const auto found = std::ranges::find(members, name, [](const auto& member) { return member.first; });
  if (found == members.end() || found->second.empty()) return fallback;
  std::string json = found->second;
  if (json.front() == '"') json = json.substr(1, json.size() - 2);
  return json;
}

}  // namespace dlrgw::test
