// SPDX-License-Identifier: Apache-2.0
// Receipts after public reports, each with its operator's profile and what the people who reported it needed: one line
// of JSON each, {"name", "profile": TOML or null, "event": an object or its text, "expect": {dlrStatus, idCandidates,
// errorCode, networkErrorCode, dlrTimestamp, rejected}}; what is not named is not compared. Each goes through `try`.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "cli/try_receipts.hpp"
#include "config/load_config.hpp"

namespace dlrgw::host {
namespace {

namespace json = boost::json;

std::string shipped_config() {
  std::ifstream in(DLRGW_SHIPPED_CONFIG);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::optional<std::string> env(const std::string& name) {
  return name == "DLRGW_PLUGIN_DIR" ? std::optional<std::string>(DLRGW_PLUGINS_DIR) : std::nullopt;
}

// An event is given as an object, or as text where it is about the JSON itself. The library cannot hold half a
// surrogate pair, so the line is cut instead of being parsed and written again.
std::string event_of(const std::string& line, const json::object& parsed) {
  if (const auto* text = parsed.at("event").if_string()) return std::string(*text);
  const std::size_t begin = line.find("\"event\": ") + 9;
  return line.substr(begin, line.find(", \"expect\": ", begin) - begin);
}

json::object parse_line(std::string line) {
  for (auto at = line.find("\\ud83d\""); at != std::string::npos; at = line.find("\\ud83d\"")) line.replace(at, 6, "?");
  return json::parse(line).as_object();
}

void check(const std::string& line, const std::string& shipped) {
  const json::object parsed = parse_line(line);
  SCOPED_TRACE(std::string(parsed.at("name").as_string()));
  const std::string event = event_of(line, parsed);
  std::string config = shipped;
  if (const auto* profile = parsed.at("profile").if_string()) {
    const auto* object = parsed.at("event").if_object();
    ASSERT_NE(object, nullptr) << "a profile needs the operator of an event that is an object";
    config += "\n[operators.\"" + std::string(object->at("operatorId").as_string()) + "\"]\n" + std::string(*profile);
  }
  const LoadedConfig loaded = parse_config(config, "field.toml", env);
  ASSERT_TRUE(loaded) << to_string(loaded.errors.front());
  std::ostringstream out;
  std::vector<std::string> errors;
  const bool ok = try_receipts({*loaded.config, {}, true}, {event}, out, errors);
  ASSERT_TRUE(errors.empty()) << errors.front();
  const json::object result = json::parse(out.str()).as_object();
  ASSERT_TRUE(ok) << out.str();
  const json::object& expected = parsed.at("expect").as_object();
  std::string verdict;
  for (const json::value& step : result.at("steps").as_array())
    if (step.at("step").as_string() == "normalise") verdict = step.at("result").as_string();
  if (const json::value* reason = expected.if_contains("rejected")) {
    EXPECT_EQ(verdict, "reject: " + std::string(reason->as_string())) << out.str();
    return;
  }
  EXPECT_EQ(verdict, "continue") << out.str();
  for (const auto& [name, value] : expected)
    EXPECT_EQ(result.at("receipt").at(name), value) << name << " of " << out.str();
}

TEST(FieldCases, EachGivesWhatItsReportersNeeded) {
  const std::string shipped = shipped_config();
  std::ifstream file(DLRGW_FIELD_CASES);
  int count = 0;
  for (std::string line; std::getline(file, line); ++count) check(line, shipped);
  EXPECT_GE(count, 39);
}

}  // namespace
}  // namespace dlrgw::host
