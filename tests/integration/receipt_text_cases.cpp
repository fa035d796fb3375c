// SPDX-License-Identifier: Apache-2.0
#include "integration/receipt_text_cases.hpp"

#include <gtest/gtest.h>

#include "integration/stories_support.hpp"

namespace dlrgw::test {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || !value->is_string() ? std::string() : std::string(value->as_string());
}

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

}  // namespace dlrgw::test
