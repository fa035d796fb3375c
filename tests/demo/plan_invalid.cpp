// SPDX-License-Identifier: Apache-2.0
// Payloads that no receipt can be read from: each becomes one row of dlr.invalid_dlrs and nothing else.
#include <functional>

#include "demo/planner.hpp"
#include "support/json.hpp"

namespace dlrgw::demo {
namespace {

using test::json_quote;

// A receipt that would be valid, to be broken at one place.
test::Receipt sound(Planner& planner) {
  auto receipt = planner.receipt(planner.message());
  receipt.raw_stat = "DELIVRD";
  return receipt;
}

std::string with(Planner& planner, const std::string& name, const std::string& json) {
  auto receipt = sound(planner);
  if (name == "operatorId") receipt.operator_id.clear();
  if (name == "operatorMessageId") receipt.operator_message_id.clear();
  if (name == "rawStat") receipt.raw_stat.clear();
  if (name == "eventId") receipt.event_id.clear();
  std::erase_if(receipt.more, [&](const auto& member) { return member.first == name; });
  receipt.more.emplace_back(name, json);
  return receipt.json();
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

std::string tlv_entries(int count) {
  test::JsonObject tlvs;
  for (int i = 0; i < count; ++i) {
    char tag[8];
    std::snprintf(tag, sizeof tag, "0x%04X", 0x1400 + i);
    tlvs.text(tag, "00");
  }
  return tlvs.str();
}

using Make = std::function<std::string(Planner&)>;
struct Group {
  const char* name;
  std::vector<Make> variants;
};

std::vector<Group> groups() {
  const auto quoted = [](std::size_t length) { return json_quote(std::string(length, 'x')); };
  return {
      {"invalid: not JSON",
       {[](Planner&) { return std::string(); }, [](Planner&) { return std::string("id:1 stat:DELIVRD"); },
        [](Planner& p) {
          const auto json = sound(p).json();
          return json.substr(0, json.size() / 2);
        },
        [](Planner& p) { return sound(p).json() + "}"; }, [](Planner& p) { return "[" + sound(p).json() + "]"; },
        [](Planner&) { return std::string("null"); }, [](Planner&) { return std::string("\x00\x01\x02\xff", 4); },
        [](Planner& p) { return with(p, "errorCode", "\"\xc3\x28\""); },
        [](Planner& p) {
          auto r = sound(p);
          r.more.emplace_back("operatorId", "\"again\"");
          return r.json();
        }}},
      {"invalid: wrong type",
       {[](Planner& p) { return with(p, "operatorId", "17"); },
        [](Planner& p) { return with(p, "operatorMessageId", "true"); },
        [](Planner& p) { return with(p, "operatorMessageId", "[\"a\"]"); },
        [](Planner& p) { return with(p, "rawStat", "true"); },
        [](Planner& p) { return with(p, "messageState", "\"two\""); },
        [](Planner& p) { return with(p, "tlvs", "[1]"); }, [](Planner& p) { return with(p, "rawReceipt", "{}"); },
        [](Planner& p) { return with(p, "destAddr", "[15550001]"); },
        [](Planner& p) { return with(p, "eventId", "\"nobody\""); }}},
      {"invalid: out of bounds",
       {[=](Planner& p) { return with(p, "operatorId", quoted(65)); },
        [](Planner& p) { return with(p, "operatorId", "\"a b\""); },
        [=](Planner& p) { return with(p, "operatorMessageId", quoted(256)); },
        [=](Planner& p) { return with(p, "rawStat", quoted(65)); },
        [](Planner& p) { return with(p, "messageState", "256"); },
        [](Planner& p) { return with(p, "messageState", "-1"); },
        [=](Planner& p) { return with(p, "errorCode", quoted(33)); },
        [=](Planner& p) { return with(p, "rawReceipt", quoted(4097)); },
        [](Planner& p) { return with(p, "tlvs", tlv_entries(65)); },
        [](Planner& p) { return with(p, "deep", nested(20)); },
        [=](Planner& p) { return with(p, "huge", quoted(262'145)); }}},
      {"invalid: no operator",
       {[](Planner& p) {
          auto r = sound(p);
          r.operator_id.clear();
          return r.json();
        },
        [](Planner&) { return std::string("{}"); }}},
      {"invalid: control characters",
       {[](Planner& p) { return with(p, "operatorMessageId", R"("12\u000034")"); },
        [](Planner& p) { return with(p, "operatorId", R"("north\u0007")"); },
        [](Planner& p) { return with(p, "rawStat", R"("DELI\u0001VRD")"); },
        [](Planner& p) { return with(p, "errorCode", R"("0\u001b0")"); }}},
  };
}

}  // namespace

void plan_invalid(Planner& planner) {
  for (const auto& group : groups()) {
    const auto kind = planner.kind(group.name);
    const int count = std::max(planner.some(15), static_cast<int>(group.variants.size()));
    for (int i = 0; i < count; ++i) {
      planner.send_payload(kind, group.variants[static_cast<std::size_t>(i) % group.variants.size()](planner));
      planner.expect(kind, Outcome::kInvalid);
    }
  }
}

}  // namespace dlrgw::demo
