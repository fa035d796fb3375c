// SPDX-License-Identifier: Apache-2.0
// /openapi.json and /asyncapi.json: every route of the gateway is in the one, and answers as it says; every schema is
// in the other, as it is in config/schemas. The commands of docs/api.md are typed.
#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

namespace json = boost::json;

// The host's own; the others are told with their plugins.
const std::set<std::string> kHostRoutes = {"GET /live",  "GET /ready",  "GET /metrics",
                                           "GET /login", "POST /login", "POST /logout"};

// Parts of a page, for its own script: no interface.
bool part_of_page(const std::string& route) {
  return route.starts_with("GET /console/") || route.ends_with(".css") || route.ends_with(".js");
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// A schema as a part of a larger document: what it refers to in itself stands deeper there.
json::value below(const json::value& schema, const std::string& place) {
  if (const json::array* list = schema.if_array()) {
    json::array out;
    for (const json::value& item : *list) out.push_back(below(item, place));
    return out;
  }
  const json::object* object = schema.if_object();
  if (object == nullptr) return schema;
  json::object out;
  for (const auto& [key, value] : *object) {
    const bool inside = key == "$ref" && value.is_string() && value.as_string().starts_with("#/");
    out[key] = inside ? json::value(place + std::string(value.as_string()).substr(1)) : below(value, place);
  }
  return out;
}

// The lines between "```sh" and "```" of a page, in their order.
std::vector<std::string> commands_of(const std::string& page) {
  std::istringstream in(page);
  std::vector<std::string> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```"))
      inside = line == "```sh";
    else if (inside)
      out.push_back(line);
  }
  return out;
}

class AdminDocuments : public testing::Test {
 protected:
  json::value document(const std::string& path) {
    const HttpReply reply = s_.gateway().admin_get(path);
    EXPECT_EQ(reply.status, 200) << path << " is open to all";
    return json::parse(reply.body);
  }
  AdminKeys keys_;
  Scenario s_{with_keys(keys_)};
};

TEST_F(AdminDocuments, EveryRouteOfThePluginsIsDescribedAndNoOther) {
  ASSERT_TRUE(started(s_));
  std::set<std::string> routes = kHostRoutes;
  const json::value plugins = json::parse(admin(s_.gateway(), keys_, "GET", "/v1/admin/plugins").body);
  for (const json::value& plugin : plugins.at("plugins").as_array())
    for (const json::value& route : plugin.at("routes").as_array()) routes.insert(std::string(route.as_string()));
  std::erase_if(routes, part_of_page);
  ASSERT_GT(routes.size(), 25U);
  std::set<std::string> described;
  const json::value openapi = document("/openapi.json");
  for (const auto& [path, methods] : openapi.at("paths").as_object())
    for (const auto& [method, operation] : methods.as_object())
      described.insert(upper(method) + " " + std::string(path));
  EXPECT_EQ(described, routes);
}

// Without parameters, and so without an effect.
TEST_F(AdminDocuments, WhatIsAskedForWithoutParametersAnswersAsDescribed) {
  ASSERT_TRUE(started(s_));
  const json::value openapi = document("/openapi.json");
  std::size_t asked = 0;
  for (const auto& [path, methods] : openapi.at("paths").as_object()) {
    const json::value* get = methods.as_object().if_contains("get");
    if (get == nullptr || path.find('{') != std::string_view::npos) continue;
    ++asked;
    const HttpReply reply = admin(s_.gateway(), keys_, "GET", std::string(path));
    const json::value* described = get->at("responses").as_object().if_contains(std::to_string(reply.status));
    ASSERT_NE(described, nullptr) << path << " answers " << reply.status << ": " << reply.body;
    const std::string type = reply.headers.at("content-type");
    EXPECT_TRUE(described->at("content").as_object().contains(type.substr(0, type.find(';')))) << path << " " << type;
    const json::array* security = get->at("security").if_array();
    ASSERT_NE(security, nullptr) << path;
    const int without = s_.gateway().admin_get(std::string(path)).status;
    EXPECT_EQ(without == 401, !security->empty()) << path << " answers " << without << " without a token";
  }
  EXPECT_GE(asked, 10U);
}

TEST_F(AdminDocuments, TheEventsHaveTheSchemasOfTheRepository) {
  ASSERT_TRUE(started(s_));
  const json::value asyncapi = document("/asyncapi.json");
  EXPECT_EQ(asyncapi.at("asyncapi").as_string(), "3.0.0");
  const json::object& channels = asyncapi.at("channels").as_object();
  EXPECT_EQ(channels.size(), 5U);
  for (const auto& [name, channel] : channels) {
    const std::string subject(channel.at("address").as_string());
    json::object schema = json::parse(read_file(DLRGW_SCHEMAS_DIR "/" + subject + ".schema.json")).as_object();
    schema.erase("$schema");
    EXPECT_EQ(asyncapi.at("components").at("schemas").at(name),
              below(schema, "#/components/schemas/" + std::string(name)))
        << subject;
  }
}

// As they stand, but for the address and where the token comes from.
TEST_F(AdminDocuments, TheCommandsOfThePageAreAnswered) {
  ASSERT_TRUE(started(s_));
  std::string script = "curl() { command curl --fail-with-body -w '%{stderr}%{http_code}\\n' \"$@\" && echo; }\n";
  std::size_t asked = 0, replaced = 0;
  for (const std::string& line : commands_of(read_file(DLRGW_DOCS_DIR "/api.md"))) {
    asked += line.starts_with("curl ") ? 1 : 0;
    replaced += line.starts_with("admin=") || line.starts_with("token=") ? 1 : 0;
    if (line.starts_with("admin="))
      script += "admin=http://" + s_.gateway().admin_address() + "\n";
    else if (line.starts_with("token="))
      script += "token=" + keys_.token() + "\n";
    else
      script += line + "\n";
  }
  EXPECT_EQ(replaced, 2U);
  EXPECT_GE(asked, 4U);
  const TempDir dir;
  SpawnOptions options;
  options.argv = {"bash", "-c", "cd " + dir.path() + " && set -e\n" + script};
  options.stdout_path = dir.path() + "/out";
  options.stderr_path = dir.path() + "/err";
  EXPECT_EQ(run_to_end(options), 0) << read_file(options.stdout_path) << read_file(options.stderr_path);
  std::string all_well;
  for (std::size_t i = 0; i < asked; ++i) all_well += "200\n";
  EXPECT_EQ(read_file(options.stderr_path), all_well) << read_file(options.stdout_path);
  std::istringstream answers(read_file(options.stdout_path));
  std::size_t documents = 0;
  for (std::string line; std::getline(answers, line);)
    if (!line.empty()) documents += json::parse(line).is_object() ? 1U : 0U;
  EXPECT_EQ(documents, asked - 1) << "the last one goes to a file";
  EXPECT_THAT(read_file(dir.path() + "/day.csv"), testing::HasSubstr("operatorMessageId"));
}

}  // namespace
}  // namespace dlrgw::test
